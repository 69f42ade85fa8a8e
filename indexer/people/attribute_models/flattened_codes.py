"""All values in one flattened field, as codes that stand in the order of the values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from indexer.people.attribute_model import Query, TextMatch, ValueKey
from indexer.people.attribute_models.coded_values import coded_values
from indexer.people.attribute_models.keyed_values import key_text
from indexer.people.attribute_models.standard_fields import (
    field_between,
    field_equals,
    field_exists,
    field_sort,
    given,
)
from indexer.people.attribute_models.text_terms import TEXT_PROPERTIES, TEXTS, text_query
from indexer.people.attribute_models.value_code import code, letter
from indexer.people.attribute_value import DataType, Scalar
from indexer.people.person_facts import PersonFacts

VALUES: Final = "values"
"""The field of the codes."""


@dataclass(frozen=True, slots=True)
class FlattenedCodes:
    """Each value is a code under its key, in a field of the type `flattened`."""

    @property
    def properties(self) -> Mapping[str, Any]:
        """The mapping of the fields that `fields` gives."""
        return {VALUES: {"type": "flattened", "ignore_above": 8191}, **TEXT_PROPERTIES}

    def fields(self, facts: PersonFacts) -> dict[str, Any]:
        """The part of a person's document that has the values."""
        codes, terms = coded_values(facts)
        return {VALUES: codes, TEXTS: terms} if codes else {TEXTS: terms}

    def exists(self, key: ValueKey) -> Query:
        """The person has a value."""
        if key.source == "standard":
            return field_exists(key.name)
        return {"prefix": {_field(key): {"value": ""}}}

    def equals(self, key: ValueKey, type_: DataType, values: Sequence[Scalar]) -> Query:
        """The value is one of these; texts tell capitals apart."""
        if key.source == "standard":
            return field_equals(key.name, type_, values)
        return {"terms": {_field(key): [code(type_, value) for value in values]}}

    def between(
        self,
        key: ValueKey,
        type_: DataType,
        *,
        gt: Scalar | None = None,
        gte: Scalar | None = None,
        lt: Scalar | None = None,
        lte: Scalar | None = None,
    ) -> Query:
        """The value is within the bounds."""
        bounds = given({"gt": gt, "gte": gte, "lt": lt, "lte": lte})
        if key.source == "standard":
            return field_between(key.name, type_, bounds)
        coded = {name: code(type_, bound) for name, bound in bounds.items()}
        kind = letter(type_)
        if not coded.keys() & {"gt", "gte"}:
            coded["gte"] = kind
        if not coded.keys() & {"lt", "lte"}:
            coded["lt"] = chr(ord(kind) + 1)
        return {"range": {_field(key): coded}}

    def text(self, key: ValueKey, match: TextMatch, text: str) -> Query:
        """The text matches regardless of capitals."""
        return text_query(key, match, text)

    def sort(self, key: ValueKey, type_: DataType, order: Literal["asc", "desc"]) -> dict[str, Any]:
        """A clause of `sort`; people without a value come last."""
        return field_sort(key.name if key.source == "standard" else _field(key), order)


def _field(key: ValueKey) -> str:
    return f"{VALUES}.{key_text(key)}"
