"""A filter as JSON, with the same meaning as its text."""

from collections.abc import Mapping
from typing import Any, Final, cast

from indexer.calendar.written_times import read_day
from indexer.did_you_mean import did_you_mean, near_names
from indexer.people.attribute_value import Scalar, day_number
from indexer.people.filters.filter_errors import FilterError, Misfit, below
from indexer.people.filters.filter_scope import FilterScope
from indexer.people.filters.filter_size import MOST_DEPTH, refuse_large
from indexer.people.filters.filter_text import day_text
from indexer.people.filters.filter_tree import OPERATORS, SOURCES, Condition, Filter, Group, Operator, Source, Subject
from indexer.people.filters.filter_values import checked

_DAYS: Final = frozenset({"after", "on", "before"})
_KEYS: Final = ("subject", "name", "measure", "operator", "values")
_NAMED: Final = frozenset({"attribute", "company_attribute", "event"})


def filter_as_json(found: Filter) -> dict[str, Any]:
    """A filter as an object for JSON (`docs/filters.md` has its schema)."""
    if isinstance(found, Group):
        return {found.joined_by: [filter_as_json(one) for one in found.members]}
    subject, operator = found.subject, found.operator
    written: dict[str, Any] = {"subject": subject.source}
    if subject.name:
        written["name"] = subject.name
    if subject.measure:
        written["measure"] = subject.measure
    written["operator"] = operator
    if found.values:
        written["values"] = [day_text(int(one)) if operator in _DAYS else one for one in found.values]
    return written


def filter_from_json(written: Any, scope: FilterScope) -> Filter:
    """The filter that an object of JSON is; raises `FilterError` with the path of the mistake."""
    found = _filter(written, scope, "", 0)
    refuse_large(found, scope)
    return found


def _filter(written: Any, scope: FilterScope, path: str, depth: int) -> Filter:
    if not isinstance(written, Mapping):
        raise FilterError(None, "a filter is an object", path=path)
    if depth > MOST_DEPTH:
        raise FilterError(None, f"groups are nested more than {MOST_DEPTH} deep", path=path)
    for joined_by in ("and", "or"):
        if joined_by in written:
            return _group(written, joined_by, scope, path, depth)
    return _condition(written, scope, path)


def _group(written: Mapping[str, Any], joined_by: Any, scope: FilterScope, path: str, depth: int) -> Filter:
    members = written[joined_by]
    place = below(path, joined_by)
    if len(written) > 1:
        other = next(one for one in written if one != joined_by)
        raise FilterError(None, f"{other} cannot stand beside {joined_by}", path=path)
    if not isinstance(members, list) or not members:
        raise FilterError(None, "is a list of at least one filter", path=place)
    found = tuple(_filter(one, scope, f"{place}[{ordinal}]", depth + 1) for ordinal, one in enumerate(members))
    return found[0] if len(found) == 1 else Group(joined_by, found)


def _condition(written: Mapping[str, Any], scope: FilterScope, path: str) -> Condition:
    for key in written:
        if key not in _KEYS:
            raise FilterError(None, f"a condition has no {key}", f"it has {', '.join(_KEYS)}", path=path)
    source = cast("Source", _one_of(written, "subject", SOURCES, path))
    operator = cast("Operator", _one_of(written, "operator", OPERATORS, path))
    name = _text(written, "name", path, needed=source in _NAMED)
    subject = Subject(source, name, _text(written, "measure", path, needed=source == "event"))
    values = written.get("values", [])
    if not isinstance(values, list):
        raise FilterError(None, "is a list", path=below(path, "values"))
    read = tuple(_value(one, operator, f"{below(path, 'values')}[{ordinal}]") for ordinal, one in enumerate(values))
    try:
        return checked(Condition(subject, operator, read), scope)
    except Misfit as misfit:
        place = f"values[{misfit.ordinal}]" if misfit.part == "value" else misfit.part
        raise FilterError(None, misfit.message, misfit.remedy, path=below(path, place)) from None


def _one_of(written: Mapping[str, Any], key: str, known: tuple[str, ...], path: str) -> str:
    value = written.get(key)
    if value in known:
        return cast("str", value)
    reason = f"{value!r} is not one" if key in written else "is missing"
    near = did_you_mean(near_names(value, known)) if isinstance(value, str) else ""
    raise FilterError(None, reason, near or f"use {', '.join(known)}", path=below(path, key))


def _text(written: Mapping[str, Any], key: str, path: str, *, needed: bool) -> str:
    value = written.get(key, "")
    if not isinstance(value, str) or bool(value) != needed:
        reason = "is a text" if needed else "only attributes and events have it"
        raise FilterError(None, reason, path=below(path, key))
    return value


def _value(value: Any, operator: Operator, path: str) -> Scalar:
    if operator in _DAYS:
        try:
            return day_number(read_day(value))
        except ValueError as error:
            raise FilterError(None, str(error), path=path) from None
    if not isinstance(value, str | bool | int | float):
        raise FilterError(None, "is a text, a number, true or false", path=path)
    return value
