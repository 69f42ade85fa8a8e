"""A person in one object for readers: attributes, companies and summaries of events, with times as ISO 8601."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from indexer.people.attribute_value import Value
from indexer.people.list_columns import written_value
from indexer.people.person import Company, Person
from indexer.people.person_event import EventSummary
from indexer.people.person_facts import PersonFacts
from indexer.people.standard import standard_values


def described_person(facts: PersonFacts, zone: ZoneInfo) -> dict[str, Any]:
    """The standard attributes by name, the custom ones under `custom`, flags, then lists, companies and events."""
    person = facts.person
    known = {company.id for company in facts.companies}
    return {
        **_described(person, zone),
        "tags": list(person.tags),
        "segments": list(person.segments),
        "companies": [
            *(_described(company, zone) for company in facts.companies),
            *({"id": id_} for id_ in person.companies if id_ not in known),
        ],
        "events": {name: _event(summary, zone) for name, summary in sorted(facts.events.items())},
    }


def _described(record: Person | Company, zone: ZoneInfo) -> dict[str, Any]:
    found: dict[str, Any] = _values(standard_values(record), zone)
    if record.custom:
        found["custom"] = _values(record.custom, zone)
    if record.flags:
        found["data_quality"] = list(record.flags)
    return found


def _event(summary: EventSummary, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "count": summary.count,
        "first": written_value(Value("datetime", summary.first), zone),
        "last": written_value(Value("datetime", summary.last), zone),
        "metadata": _values(summary.metadata, zone),
    }


def _values(values: Mapping[str, Value], zone: ZoneInfo) -> dict[str, Any]:
    return {name: written_value(value, zone) for name, value in values.items()}
