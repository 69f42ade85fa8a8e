"""All values of a person with their keys, which every way of laying them out starts from."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from indexer.people.attribute_model import ValueKey
from indexer.people.attribute_value import Value
from indexer.people.person_event import METADATA, EventSummary
from indexer.people.person_facts import PersonFacts
from indexer.people.standard import standard_values

_LETTERS: Final = {"standard": "a", "custom": "c", "company": "o", "company_custom": "p", "event": "e"}


class KeyedValue(NamedTuple):
    """A value of a person, under its key; companies give several values for one key."""

    key: ValueKey
    value: Value


def key_text(key: ValueKey) -> str:
    """A key as text; different keys have different texts."""
    return f"{_LETTERS[key.source]}{key.measure}\x1f{key.name}"


def keyed_values(facts: PersonFacts) -> Iterator[KeyedValue]:
    """All values of the person but the standard ones, which are fields of the document; an empty text is no value."""
    return (one for one in _all_values(facts) if one.value.value != "")


def _all_values(facts: PersonFacts) -> Iterator[KeyedValue]:
    for name, value in facts.person.custom.items():
        yield KeyedValue(ValueKey("custom", name), value)
    for company in facts.companies:
        for name, value in standard_values(company).items():
            yield KeyedValue(ValueKey("company", name), value)
        for name, value in company.custom.items():
            yield KeyedValue(ValueKey("company_custom", name), value)
    for summary in facts.events.values():
        yield from _of_event(summary)


def texts(facts: PersonFacts) -> Iterator[tuple[ValueKey, str]]:
    """All texts of the person, standard ones too; only these can be searched regardless of capitals."""
    for name, value in standard_values(facts.person).items():
        if isinstance(value.value, str):
            yield ValueKey("standard", name), value.value
    for key, value in keyed_values(facts):
        if isinstance(value.value, str):
            yield key, value.value


def _of_event(summary: EventSummary) -> Iterator[KeyedValue]:
    name = summary.name
    yield KeyedValue(ValueKey("event", name, "first"), Value("datetime", summary.first))
    yield KeyedValue(ValueKey("event", name, "last"), Value("datetime", summary.last))
    yield KeyedValue(ValueKey("event", name, "count"), Value("integer", summary.count))
    for key, value in summary.metadata.items():
        yield KeyedValue(ValueKey("event", name, f"{METADATA}{key}"), value)
