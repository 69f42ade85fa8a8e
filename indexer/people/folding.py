"""How texts are compared regardless of capitals, and what a word is: one definition for filters and documents."""

import re

_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """The text without the difference between capitals and small letters."""
    return text.casefold()


def words(text: str) -> str:
    """The words of the folded text, each with a space before and after it: letters, digits and `_` make words.

    A text contains the words of another one, one after the other, if its words contain those of the other one.
    Without words it is a space.
    """
    return f" {' '.join(_WORD.findall(fold(text)))} " if text else " "


def is_word(folded: str) -> bool:
    """Whether the folded text is one word and nothing else."""
    return folded.isalnum() or _WORD.fullmatch(folded) is not None  # what is alphanumeric is always a word
