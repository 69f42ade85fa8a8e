"""The ways of laying out values that documents do not have, to be measured beside the one that they do have."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from indexer.people.attribute_model import AttributeModel, Query, TextMatch, ValueKey
from indexer.people.attribute_models.flattened_codes import FlattenedCodes
from indexer.people.attribute_models.keyed_values import key_text, keyed_values, standard_texts
from indexer.people.attribute_models.standard_fields import (
    field_between,
    field_equals,
    field_exists,
    field_sort,
    given,
)
from indexer.people.attribute_models.text_terms import TEXT_PROPERTIES, TEXTS, literal, text_query, text_terms
from indexer.people.attribute_models.value_code import letter
from indexer.people.attribute_value import DataType, Scalar
from indexer.people.folding import fold, words
from indexer.people.person_facts import PersonFacts

Typed = tuple[str, DataType]
"""The text of a value's key, and its type."""

_KEYWORD = {"type": "keyword", "ignore_above": 8191}
_FIELD_TYPES: Mapping[str, Any] = {
    "s": _KEYWORD,
    "n": {"type": "double"},
    "b": {"type": "boolean"},
    "d": {"type": "long"},
    "t": {"type": "long"},
}


class NestedValues:
    """Each value is a nested object of its key, its value in the field of its type, and its folded text and words."""

    properties: Mapping[str, Any] = {
        "values": {
            "type": "nested",
            "properties": {
                "key": {"type": "keyword"},
                **_FIELD_TYPES,
                "folded": {"type": "keyword", "doc_values": False},
                "words": {"type": "keyword", "doc_values": False},
            },
        }
    }

    def fields(self, facts: PersonFacts) -> dict[str, Any]:
        """The part of a person's document that has the values."""
        found = [
            {"key": key, letter(type_): value, **(_texts(value) if isinstance(value, str) else {})}
            for key, type_, value in keyed_values(facts)
        ]
        standard = [{"key": key, **_texts(text)} for key, text in standard_texts(facts)]
        return {"values": [*found, *standard]}

    def exists(self, key: ValueKey) -> Query:
        """The person has a value."""
        return field_exists(key.name) if key.source == "standard" else _nested(key, [])

    def equals(self, key: ValueKey, type_: DataType, values: Sequence[Scalar]) -> Query:
        """The value is one of these."""
        if key.source == "standard":
            return field_equals(key.name, type_, values)
        return _nested(key, [{"terms": {f"values.{letter(type_)}": list(values)}}])

    def between(self, key: ValueKey, type_: DataType, **bounds: Scalar | None) -> Query:
        """The value is within the bounds."""
        if key.source == "standard":
            return field_between(key.name, type_, bounds)
        return _nested(key, [{"range": {f"values.{letter(type_)}": given(bounds)}}])

    def text(self, key: ValueKey, match: TextMatch, text: str) -> Query:
        """The text matches regardless of capitals."""
        folded = literal(fold(text))
        match match:
            case "starts_with":
                return _nested(key, [{"prefix": {"values.folded": {"value": fold(text)}}}])
            case "ends_with":
                return _nested(key, [{"wildcard": {"values.folded": {"value": f"*{folded}"}}}])
            case "contains":
                return _nested(key, [{"wildcard": {"values.folded": {"value": f"*{folded}*"}}}])
            case "contains_word":
                return _nested(key, [{"wildcard": {"values.words": {"value": f"*{literal(words(text))}*"}}}])

    def sort(self, key: ValueKey, type_: DataType, order: Literal["asc", "desc"]) -> dict[str, Any]:
        """A clause of `sort`."""
        if key.source == "standard":
            return field_sort(key.name, order)
        nested = {"path": "values", "filter": {"term": {"values.key": key_text(key)}}}
        return {f"values.{letter(type_)}": {"order": order, "missing": "_last", "nested": nested}}


def _texts(value: str) -> dict[str, str]:
    return {"folded": fold(value), "words": words(value)}


def _nested(key: ValueKey, queries: list[Query]) -> Query:
    inner = [{"term": {"values.key": key_text(key)}}, *queries]
    return {"nested": {"path": "values", "query": {"bool": {"filter": inner}}}}


class TypedFields:
    """Each value is in a field of its own type; `name` gives the field of a key, None if it has none."""

    def __init__(self, keys: Sequence[Typed], name: Callable[[int, str, str], str]) -> None:
        """`keys` are all there are; `name` is given the place among those of the same type, the key and the letter."""
        self._fields: dict[tuple[str, str], str] = {}
        places: dict[str, int] = {}
        for key, type_ in keys:
            kind = letter(type_)
            if (key, kind) not in self._fields:
                places[kind] = places.get(kind, 0) + 1
                self._fields[key, kind] = name(places[kind], key, kind)
        mapped = {field: _FIELD_TYPES[kind] for (_, kind), field in self._fields.items()}
        self.properties: Mapping[str, Any] = {**mapped, **TEXT_PROPERTIES}

    def fields(self, facts: PersonFacts) -> dict[str, Any]:
        """The part of a person's document that has the values."""
        found: dict[str, Any] = {}
        values = keyed_values(facts)
        for key, type_, value in values:
            found.setdefault(self._fields[key, letter(type_)], []).append(value)
        return {**found, TEXTS: text_terms(facts, values)}

    def exists(self, key: ValueKey) -> Query:
        """The person has a value."""
        if key.source == "standard":
            return field_exists(key.name)
        return {"bool": {"should": [field_exists(field) for field in self._of(key)], "minimum_should_match": 1}}

    def equals(self, key: ValueKey, type_: DataType, values: Sequence[Scalar]) -> Query:
        """The value is one of these."""
        if key.source == "standard":
            return field_equals(key.name, type_, values)
        field = self._field(key, type_)
        return {"match_none": {}} if field is None else {"terms": {field: list(values)}}

    def between(self, key: ValueKey, type_: DataType, **bounds: Scalar | None) -> Query:
        """The value is within the bounds."""
        if key.source == "standard":
            return field_between(key.name, type_, bounds)
        field = self._field(key, type_)
        return {"match_none": {}} if field is None else {"range": {field: given(bounds)}}

    def text(self, key: ValueKey, match: TextMatch, text: str) -> Query:
        """The text matches regardless of capitals."""
        return text_query(key, match, text)

    def sort(self, key: ValueKey, type_: DataType, order: Literal["asc", "desc"]) -> dict[str, Any]:
        """A clause of `sort`."""
        return field_sort(self._field(key, type_) or "_doc", order)

    def _field(self, key: ValueKey, type_: DataType) -> str | None:
        return key.name if key.source == "standard" else self._fields.get((key_text(key), letter(type_)))

    def _of(self, key: ValueKey) -> Iterator[str]:
        return (field for (other, _), field in self._fields.items() if other == key_text(key))


def slots(keys: Sequence[Typed]) -> TypedFields:
    """Numbered fields of each type; which attribute has which one would have to be kept by workspace."""
    return TypedFields(keys, lambda place, _key, kind: f"{kind}{place:03}")


def field_each(keys: Sequence[Typed]) -> TypedFields:
    """A field for each key, named by it."""
    return TypedFields(keys, lambda _place, key, kind: f"{kind}_{key.encode().hex()}")


def models(keys: Sequence[Typed]) -> dict[str, AttributeModel]:
    """The four ways by name."""
    return {
        "flattened codes": FlattenedCodes(),
        "nested values": NestedValues(),
        "typed slots": slots(keys),
        "field each": field_each(keys),
    }
