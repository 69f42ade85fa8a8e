"""The columns of a list of people: standard and custom attributes, those of companies, and summaries of events."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from indexer.errors import Refused
from indexer.people.attribute import Catalogue, Model
from indexer.people.attribute_model import ValueKey
from indexer.people.attribute_value import DataType, Scalar, Value, date_of
from indexer.people.person import Company
from indexer.people.person_event import METADATA
from indexer.people.person_facts import PersonFacts
from indexer.people.standard import STANDARD, standard_value

DEFAULT_COLUMNS: Final = ("id", "name", "email", "last_seen_at")
"""What a list shows if nothing else is asked for."""

_MEASURES: Final[Mapping[str, DataType]] = {"first": "datetime", "last": "datetime", "count": "integer"}
_LISTS: Final = ("tags", "segments", "companies")
_EVENT = "event."
_CUSTOM = "custom."
_COMPANY = "company."


class ListColumn(NamedTuple):
    """A column: its name as it was asked for, the value that it shows, and the value's type if it is known.

    Lists (`tags`, `segments`, `companies`) have no key. A column of companies has the values of all of them.
    """

    name: str
    key: ValueKey | None
    type: DataType | None


def read_columns(names: Iterable[str], catalogue: Catalogue) -> tuple[ListColumn, ...]:
    """The columns of these names; raises `Refused` for one that there is not.

    `email` is a standard attribute, `custom.plan` (or `plan`) a custom one, `company.name` and `company.custom.size`
    are those of the person's companies, `event.export.count` is the number of events, `.first` and `.last` their times,
    `event.export.metadata.format` a value of the last one.
    """
    return tuple(_column(name.strip(), catalogue) for name in names)


def _column(name: str, catalogue: Catalogue) -> ListColumn:
    if name in _LISTS:
        return ListColumn(name, None, None)
    if name.startswith(_EVENT):
        return _event_column(name)
    if name.startswith(_COMPANY):
        return _attribute_column(name, name.removeprefix(_COMPANY), catalogue, of_company=True)
    return _attribute_column(name, name, catalogue, of_company=False)


def _attribute_column(name: str, attribute: str, catalogue: Catalogue, *, of_company: bool) -> ListColumn:
    model: Model = "company" if of_company else "contact"
    if (standard := STANDARD[model].get(attribute)) is not None:
        return ListColumn(name, ValueKey("company" if of_company else "standard", attribute), standard.type)
    custom = attribute.removeprefix(_CUSTOM)
    found = catalogue.get(model, custom)
    if found is None:
        raise Refused(name, "is not a column: there is no such attribute")
    return ListColumn(name, ValueKey("company_custom" if of_company else "custom", custom), found.type)


def _event_column(name: str) -> ListColumn:
    said = name.removeprefix(_EVENT)
    event, dot, measure = said.rpartition(".")
    if event and measure in _MEASURES:
        return ListColumn(name, ValueKey("event", event, measure), _MEASURES[measure])
    named, dot, key = said.rpartition(f".{METADATA}")
    if dot and named and key:
        return ListColumn(name, ValueKey("event", named, METADATA + key.lower()), None)
    raise Refused(name, "is not a column: an event has the columns event.NAME.count, .first, .last and .metadata.KEY")


def value_in(column: ListColumn, facts: PersonFacts, zone: ZoneInfo) -> Any:
    """The value as text, number, boolean or list of these; None without a value. Times are in the zone, ISO 8601."""
    key = column.key
    if key is None:
        return list(getattr(facts.person, column.name))
    match key.source:
        case "standard":
            return written_value(standard_value(facts.person, key.name), zone)
        case "custom":
            return written_value(facts.person.custom.get(key.name), zone)
        case "event":
            summary = facts.events.get(key.name)
            return None if summary is None else written_value(summary.measured(key.measure), zone)
        case "company" | "company_custom":
            found = (_of_company(key, company, zone) for company in facts.companies)
            values = [value for value in found if value is not None]
            return values[0] if len(values) == 1 else values or None


def _of_company(key: ValueKey, company: Company, zone: ZoneInfo) -> Any:
    if key.source == "company_custom":
        return written_value(company.custom.get(key.name), zone)
    return written_value(standard_value(company, key.name), zone)


def written_value(value: Value | None, zone: ZoneInfo) -> Scalar | None:
    """A value for readers: days and times as ISO 8601, times in the zone."""
    return None if value is None else _written(value.value, value.type, zone)


def _written(value: Scalar, type_: DataType, zone: ZoneInfo) -> Scalar:
    if isinstance(value, bool | str):
        return value
    if type_ == "datetime":
        try:
            return datetime.fromtimestamp(value, UTC).astimezone(zone).isoformat()
        except (OverflowError, ValueError, OSError):
            return value
    if type_ == "date":
        try:
            return date_of(int(value)).isoformat()
        except OverflowError:
            return value
    return value
