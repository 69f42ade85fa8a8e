"""Which statistic a file of messages has, by its name and the names of its columns."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from indexer.messages.flat_row import FIRST_EVENTS
from indexer.messages.statistics import (
    CHECKPOINT,
    CHECKPOINT_COLUMNS,
    EVENTS,
    FLAT,
    FURTHER_COLUMNS,
    FURTHER_DETAILS,
    FURTHER_OF_RECEIPTS,
    OTHER_COLUMNS,
    OTHER_EVENTS,
    RECEIPT,
    RECEIPT_COLUMNS,
)

_OF_OTHER_EVENTS: Final = ("type", "receipt_id", "at")

_WORD_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_IN_WORDS = re.compile(r"[^a-z]+")


def shape_of(file_name: str, columns: Collection[str]) -> str | None:
    """The shape of the rows of a file, None if its name and its columns do not tell.

    The columns decide alone if the name does not fit them.
    """
    if "receipt_id" in columns and any(name in columns for name in FIRST_EVENTS):
        return FLAT
    if all(name in columns for name in _OF_OTHER_EVENTS):
        return OTHER_EVENTS
    named = statistic_named(file_name)
    return named if named and not missing_columns(named, columns) else _by_columns(columns)


def statistic_named(file_name: str) -> str | None:
    """The statistic whose kind or title is in the name of the file, None if none or several are.

    Upper case, plurals, other signs between words, and further words do not matter: `Button taps 2026-01.csv`.
    """
    found = set(_statistics_in(_words_of(file_name)))
    return found.pop() if len(found) == 1 else None


def missing_columns(shape: str, columns: Collection[str]) -> list[str]:
    """Those of the columns that are not there, without which no row of the shape can be used."""
    if shape == CHECKPOINT:
        needed = ["user_id", "ruleset_id", "created_at"]
    else:
        needed = ["receipt_id", EVENTS[shape].at if shape in EVENTS else "received_at"]
    return [name for name in needed if name not in columns]


def known_columns(shape: str) -> tuple[str, ...]:
    """The columns that are read from rows of that shape."""
    if shape == CHECKPOINT:
        return CHECKPOINT_COLUMNS
    if shape in EVENTS:
        return (*EVENTS[shape].columns, *FURTHER_COLUMNS)
    if shape == OTHER_EVENTS:
        details = dict.fromkeys(name for statistic in EVENTS.values() for name in statistic.details)
        return (*OTHER_COLUMNS, *details, *FURTHER_DETAILS)
    return (*RECEIPT_COLUMNS, *FURTHER_OF_RECEIPTS, *(FIRST_EVENTS if shape == FLAT else ()))


def _words_of(name: str) -> list[str]:
    said = _WORD_BOUNDARY.sub(" ", name).lower()
    return [_singular(word) for word in _NOT_IN_WORDS.split(said) if word]


def _singular(word: str) -> str:
    if word == "series" or word.endswith("ss"):
        return word
    for ending, one in (("sses", "ss"), ("ies", "y"), ("s", "")):
        if word.endswith(ending):
            return word.removesuffix(ending) + one
    return word


_BY_WORDS: Final = {tuple(_words_of(kind)): kind for kind in (RECEIPT, CHECKPOINT, *EVENTS)}
_MOST_WORDS: Final = max(map(len, _BY_WORDS))


def _statistics_in(words: list[str]) -> Iterator[str]:
    at = 0
    while at < len(words):
        # The longest first: a series completion is not a completion.
        lengths = (n for n in range(_MOST_WORDS, 0, -1) if tuple(words[at : at + n]) in _BY_WORDS)
        length = next(lengths, 0)
        if length:
            yield _BY_WORDS[tuple(words[at : at + length])]
        at += length or 1


def _by_columns(columns: Collection[str]) -> str | None:
    """The statistic with the most columns of those whose columns are all there; None if there are several."""
    own = {RECEIPT: ("receipt_id", "received_at"), CHECKPOINT: CHECKPOINT_COLUMNS}
    own |= {kind: statistic.columns for kind, statistic in EVENTS.items()}
    whole = {kind: len(names) for kind, names in own.items() if all(name in columns for name in names)}
    longest = [kind for kind, length in whole.items() if length == max(whole.values())]
    return longest[0] if len(longest) == 1 else None
