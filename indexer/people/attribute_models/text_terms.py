"""Texts that are found regardless of capitals: terms of one field, each a key, a sign, and the folded text or words."""

from collections.abc import Iterable
from typing import Any, Final

from indexer.people.attribute_model import Query, TextMatch, ValueKey
from indexer.people.attribute_models.keyed_values import KeyedValue, key_text, standard_texts
from indexer.people.folding import fold, is_word, words
from indexer.people.person_facts import PersonFacts

TEXTS: Final = "texts"
"""The field of these terms."""

TEXT_PROPERTIES: Final[dict[str, Any]] = {TEXTS: {"type": "keyword", "doc_values": False}}

_FOLDED: Final = "\x01"
_WORDS: Final = "\x02"


def text_terms(facts: PersonFacts, values: Iterable[KeyedValue]) -> list[str]:
    """The terms of all texts of a person, standard ones too; `values` are the person's `keyed_values`."""
    terms: list[str] = []
    for key, text in standard_texts(facts):
        add_terms(terms, key, text)
    for key, _, value in values:
        if isinstance(value, str):
            add_terms(terms, key, value)
    return list(dict.fromkeys(terms))


def add_terms(terms: list[str], key: str, text: str) -> None:
    """Add the terms of a text that has this key."""
    folded = fold(text)
    terms.append(key + _FOLDED + folded)
    if not is_word(folded):  # a single word is found by its text
        terms.append(key + _WORDS + words(text))


def text_query(key: ValueKey, match: TextMatch, text: str) -> Query:
    """A text of that key matches."""
    folded = f"{key_text(key)}{_FOLDED}"
    match match:
        case "starts_with":
            return {"prefix": {TEXTS: {"value": folded + fold(text)}}}
        case "ends_with":
            return _matching(f"{literal(folded)}*{literal(fold(text))}")
        case "contains":
            return _matching(f"{literal(folded)}*{literal(fold(text))}*")
        case "contains_word":
            asked = words(text)
            several = _matching(f"{literal(key_text(key) + _WORDS)}*{literal(asked)}*")
            alone = {"term": {TEXTS: {"value": folded + asked.strip()}}}
            return {"bool": {"should": [alone, several], "minimum_should_match": 1}}


def literal(text: str) -> str:
    """The text as a pattern of a wildcard query that matches only it."""
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")


def _matching(pattern: str) -> Query:
    return {"wildcard": {TEXTS: {"value": pattern}}}
