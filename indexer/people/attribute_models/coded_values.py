"""The codes and the terms of all values of a person, found in one walk, since this runs for every document."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from indexer.people.attribute_models.keyed_values import standard_texts
from indexer.people.attribute_models.text_terms import add_terms
from indexer.people.attribute_models.value_code import code, time_code
from indexer.people.attribute_value import Value
from indexer.people.person_event import METADATA
from indexer.people.person_facts import PersonFacts
from indexer.people.standard import standard_values

Codes = dict[str, str | list[str]]
"""The code of the value by the text of its key; a list, if several companies have different values."""

_METADATA: Final = "e" + METADATA


class CodedValues(NamedTuple):
    """The codes of the person's `keyed_values`, and the same terms as `text_terms`."""

    codes: Codes
    terms: list[str]


def coded_values(facts: PersonFacts) -> CodedValues:
    """All codes and terms of a person."""
    codes: Codes = {}
    terms: list[str] = []
    for key, text in standard_texts(facts):
        add_terms(terms, key, text)
    _add(codes, terms, facts.person.custom, "c\x1f")
    for company in facts.companies:
        _add(codes, terms, standard_values(company), "o\x1f")
        _add(codes, terms, company.custom, "p\x1f")
    for summary in facts.events.values():
        name = "\x1f" + summary.name
        codes["efirst" + name] = time_code(summary.first)
        codes["elast" + name] = time_code(summary.last)
        codes["ecount" + name] = code("integer", summary.count)
        _add(codes, terms, summary.metadata, _METADATA, name)
    return CodedValues(codes, list(dict.fromkeys(terms)) if len(facts.companies) > 1 else terms)


def _add(codes: Codes, terms: list[str], values: Mapping[str, Value], before: str, after: str = "") -> None:
    """Add values whose keys are their names between these texts; an empty text is not a value."""
    for name, (type_, value) in values.items():
        if value == "":
            continue
        key = before + name + after
        coded = code(type_, value)
        others = codes.get(key)
        if others is None:
            codes[key] = coded
        elif isinstance(others, list):
            if coded not in others:
                others.append(coded)
        elif others != coded:
            codes[key] = [others, coded]
        if isinstance(value, str):
            add_terms(terms, key, value)
