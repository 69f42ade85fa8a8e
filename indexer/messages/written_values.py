"""Values of messages as the vendor writes them in its files and in its API, and the bytes in which they are stored."""

from collections.abc import Callable
from typing import Final, TypeVar

from indexer.conversation.values import identifier, optional_seconds, whole_number
from indexer.errors import Refused

_Facts = TypeVar("_Facts")

NOTHING: Final = "-1"
"""What the vendor's REST export writes for a company, a series or a time that there is not."""

_LARGEST: Final = (1 << 63) - 1


def optional_moment(value: object, path: str) -> int | None:
    """A time in epoch seconds as `epoch_seconds` reads it; None for null, an empty text, 0 and -1."""
    return None if is_nothing(value) else optional_seconds(value, path)


def is_nothing(value: object) -> bool:
    """Whether the value stands for something that there is not."""
    return identifier(value) == NOTHING


def unless_nothing(value: object) -> str | None:
    """An id as text, None for -1."""
    return None if is_nothing(value) else identifier(value)


def integer(value: object) -> int | None:
    """A whole number of at most 64 bits, also a negative one or one written as a text; otherwise None."""
    negative = isinstance(value, str) and value.startswith("-")
    found = whole_number(value[1:] if isinstance(value, str) and negative else value)
    if found is None or abs(found) > _LARGEST:
        return None
    return -found if negative else found


def stored_form(encode: Callable[[_Facts], bytes], facts: _Facts) -> bytes:
    """The bytes in which facts are stored; raises `Refused` for a text that UTF-8 cannot hold."""
    try:
        return encode(facts)
    except UnicodeEncodeError as error:
        raise Refused("", f"has half of a surrogate pair: {error.object[error.start]!r}") from None
