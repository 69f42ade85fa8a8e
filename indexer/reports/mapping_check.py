"""Checking the fields of a definition against the mapping."""

from collections.abc import Iterator, Mapping

from indexer.reports.definition import Definition
from indexer.reports.definition_conditions import Condition, Scalar
from indexer.reports.numbers.base import OOO

_TEXTS = frozenset({"keyword"})
_NUMBERS = frozenset({"integer", "long"})
_EXACT = _TEXTS | _NUMBERS | {"boolean"}
_ORDERED = _NUMBERS | {"date"}
_NO_FIELD = "is not a field of the mapping"


def faults_of(definition: Definition, fields: Mapping[str, str]) -> list[str]:
    """One `key: reason` for each field that the mapping lacks, or has with an unsuitable type.

    `fields` has the path of every field with its type, those inside nested objects too.
    """
    return [
        *_axis(definition, fields),
        *_conditions("where", definition.where, "", fields),
        *_conditions("action", definition.action, f"{definition.nested_path}.", fields),
        *_unknown_values(definition),
        *_value(definition, fields),
        *_group_by(definition, fields),
        *_columns(definition, fields),
    ]


def has_twins(definition: Definition, fields: Mapping[str, str]) -> bool:
    """Whether the measured field, or every field that the rate tests, also exists within office hours."""
    durations = definition.value.durations
    return bool(durations) and all(f"{definition.path(field)}{OOO}" in fields for field in durations)


def _axis(definition: Definition, fields: Mapping[str, str]) -> Iterator[str]:
    if definition.value.at_ends or definition.is_board:
        return
    axis = definition.axis
    if fields.get(axis) != "date" or (_nested_in(axis, fields) is not None) != definition.by_day_of_action:
        yield f"axis: {axis} {_is(axis, fields)}; it has to be a date"


def _conditions(key: str, conditions: Mapping[str, Condition], prefix: str, fields: Mapping[str, str]) -> Iterator[str]:
    for name, condition in conditions.items():
        field = prefix + name
        found = fields.get(field)
        where = f"{key}.{name}: {field}"
        if found is None or found == "nested":
            yield f"{where} {_is(field, fields)}"
        elif not prefix and _nested_in(field, fields):
            yield f"{where} lies inside nested objects, where a condition on the document finds nothing"
        else:
            yield from _tests(where, condition, found)


def _tests(where: str, condition: Condition, found: str) -> Iterator[str]:
    if condition.values and found not in _EXACT:
        yield f"{where} is of type {found}; it has to be one of {', '.join(sorted(_EXACT))}"
    yield from (
        f"{where} is of type {found}, and {value!r} is not" for value in condition.values if not _fits(value, found)
    )
    if condition.bounds and found not in _ORDERED:
        yield f"{where} is of type {found}, which has no order"
    if condition.older_than and found != "date":
        yield f"{where} is of type {found}; it has to be a date"


def _unknown_values(definition: Definition) -> Iterator[str]:
    """Values that a field of a closed set never has."""
    closed = definition.vocabulary.closed
    places = (
        ("where", "", definition.where),
        ("action", f"{definition.nested_path}.", definition.action),
        *((f"value.{key}", definition.path(""), tested) for key, tested in definition.value.tested.items()),
    )
    for key, prefix, conditions in places:
        for name, condition in conditions.items():
            allowed = closed.get(prefix + name, frozenset())
            for value in condition.values if allowed else ():
                if value not in allowed:
                    yield f"{key}.{name}: {value!r} is not one of {', '.join(sorted(allowed))}"


def _fits(value: Scalar, found: str) -> bool:
    match value:
        case bool():
            return found not in _TEXTS | _NUMBERS
        case int():
            return found not in _TEXTS | {"boolean"}
        case str():
            return found not in _NUMBERS | {"boolean"}


def _value(definition: Definition, fields: Mapping[str, str]) -> Iterator[str]:
    value, field = definition.value, definition.measured_field
    for key, tested in value.tested.items():
        yield from _conditions(f"value.{key}", tested, definition.path(""), fields)
    if value.spell is not None and value.spell not in definition.vocabulary.spells:
        yield f"value.{value.key()}: {value.spell} is not one of {', '.join(definition.vocabulary.spells)}"
        return
    for key, needed, types in value.needed:
        if fields.get(needed) not in types:
            wanted = f"a {types[0]}" if len(types) == 1 else f"one of {', '.join(sorted(types))}"
            yield f"value.{key}: {needed} {_is(needed, fields)}; it has to be {wanted}"
    if field is None:
        return
    if fields.get(field) not in _NUMBERS or (_nested_in(field, fields) is not None) != definition.counts_actions:
        yield f"value: {field} {_is(field, fields)}; it has to be one of {', '.join(sorted(_NUMBERS))}"


def _group_by(definition: Definition, fields: Mapping[str, str]) -> Iterator[str]:
    for position, name in enumerate(definition.group_by):
        dimension = definition.dimension(name)
        if dimension is None:
            yield f"group_by.{position}: {name} is not one of {', '.join(definition.words)}"
        elif dimension.mapped_field not in fields:
            yield f"group_by.{position}: {name} stands for {dimension.mapped_field}, which {_NO_FIELD}"


def _columns(definition: Definition, fields: Mapping[str, str]) -> Iterator[str]:
    for position, field in enumerate(definition.columns):
        if fields.get(field, "nested") == "nested" or _nested_in(field, fields):
            yield f"columns.{position}: {field} {_NO_FIELD} that a document has once"


def _nested_in(field: str, fields: Mapping[str, str]) -> str | None:
    """The nested object that contains a field."""
    outer = field.partition(".")[0]
    return outer if fields.get(outer) == "nested" else None


def _is(field: str, fields: Mapping[str, str]) -> str:
    found = fields.get(field)
    return _NO_FIELD if found is None else f"is of type {found}"
