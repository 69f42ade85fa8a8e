"""All values of a person with their keys, which every way of laying them out starts from."""

from collections.abc import Iterator
from typing import Final

from indexer.people.attribute_model import ValueKey
from indexer.people.attribute_value import DataType, Scalar
from indexer.people.person_event import METADATA
from indexer.people.person_facts import PersonFacts
from indexer.people.standard import standard_values

KeyedValue = tuple[str, DataType, Scalar]
"""The text of a key, a value under it, and the value's type; a plain tuple, since a person has a hundred of them."""

_LETTERS: Final = {"standard": "a", "custom": "c", "company": "o", "company_custom": "p", "event": "e"}


def key_text(key: ValueKey) -> str:
    """A key as text; different keys have different texts."""
    return f"{_LETTERS[key.source]}{key.measure}\x1f{key.name}"


def keyed_values(facts: PersonFacts) -> list[KeyedValue]:
    """All values of the person but the standard ones, which are fields of the document; an empty text is not a value.

    Companies give several values for one key. The keys are written as by `key_text`.
    """
    found: list[KeyedValue] = [
        (f"c\x1f{name}", type_, value) for name, (type_, value) in facts.person.custom.items() if value != ""
    ]
    for company in facts.companies:
        found += [(f"o\x1f{name}", type_, value) for name, (type_, value) in standard_values(company).items()]
        found += [(f"p\x1f{name}", type_, value) for name, (type_, value) in company.custom.items() if value != ""]
    for summary in facts.events.values():
        name = summary.name
        found.append((f"efirst\x1f{name}", "datetime", summary.first))
        found.append((f"elast\x1f{name}", "datetime", summary.last))
        found.append((f"ecount\x1f{name}", "integer", summary.count))
        for key, (type_, value) in summary.metadata.items():
            if value != "":
                found.append((f"e{METADATA}{key}\x1f{name}", type_, value))
    return found


def standard_texts(facts: PersonFacts) -> Iterator[tuple[str, str]]:
    """The texts among the standard values of the person, by the texts of their keys."""
    for name, (_, value) in standard_values(facts.person).items():
        if isinstance(value, str):
            yield f"a\x1f{name}", value
