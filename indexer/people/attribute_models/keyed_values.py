"""All values of a person with their keys, which every way of laying them out starts from."""

from collections.abc import Iterator, Mapping
from typing import Final

from indexer.people.attribute_model import Source, ValueKey
from indexer.people.attribute_value import DataType, Scalar
from indexer.people.person_event import METADATA
from indexer.people.person_facts import PersonFacts
from indexer.people.standard import standard_scalars, standard_values

KeyedValue = tuple[str, DataType, Scalar]
"""The text of a key, a value under it, and the value's type; a plain tuple, since a person has a hundred of them."""

_LETTERS: Final[Mapping[Source, str]] = {
    "standard": "a",
    "custom": "c",
    "company": "o",
    "company_custom": "p",
    "event": "e",
}
_END: Final = "\x1f"


def _beginning(source: Source, measure: str = "") -> str:
    """The text of a key up to its name."""
    return f"{_LETTERS[source]}{measure}{_END}"


# Made once, since a person has a hundred keys.
_STANDARD: Final = _beginning("standard")
_CUSTOM: Final = _beginning("custom")
_COMPANY: Final = _beginning("company")
_COMPANY_CUSTOM: Final = _beginning("company_custom")
_FIRST: Final = _beginning("event", "first")
_LAST: Final = _beginning("event", "last")
_COUNT: Final = _beginning("event", "count")
_METADATA: Final = f"{_LETTERS['event']}{METADATA}"


def key_text(key: ValueKey) -> str:
    """A key as text; different keys have different texts."""
    return f"{_beginning(key.source, key.measure)}{key.name}"


def keyed_values(facts: PersonFacts) -> list[KeyedValue]:
    """All values of the person but the standard ones, which are fields of the document; an empty text is not a value.

    Companies give several values for one key. The keys are written as by `key_text`.
    """
    found: list[KeyedValue] = [
        (f"{_CUSTOM}{name}", type_, value) for name, (type_, value) in facts.person.custom.items() if value != ""
    ]
    for company in facts.companies:
        found += [(f"{_COMPANY}{name}", type_, value) for name, (type_, value) in standard_values(company).items()]
        found += [
            (f"{_COMPANY_CUSTOM}{name}", type_, value) for name, (type_, value) in company.custom.items() if value != ""
        ]
    for summary in facts.events.values():
        name = summary.name
        found.append((f"{_FIRST}{name}", "datetime", summary.first))
        found.append((f"{_LAST}{name}", "datetime", summary.last))
        found.append((f"{_COUNT}{name}", "integer", summary.count))
        for key, (type_, value) in summary.metadata.items():
            if value != "":
                found.append((f"{_METADATA}{key}{_END}{name}", type_, value))
    return found


def standard_texts(facts: PersonFacts) -> Iterator[tuple[str, str]]:
    """The texts among the standard values of the person, by the texts of their keys."""
    for name, value in standard_scalars(facts.person).items():
        if isinstance(value, str):
            yield f"{_STANDARD}{name}", value
