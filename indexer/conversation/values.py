"""Single values as the vendor and its older API versions write them."""

from datetime import UTC, datetime
from typing import Final

from indexer.errors import Refused
from indexer.keys import MOST_BYTES, is_too_long

LATEST: Final = 4_102_444_800
"""The beginning of 2100: a later second is a mistake."""

_MILLISECONDS = 1_000_000_000_000
"""The smallest number of 13 digits: from here on a number is milliseconds."""

_EXACT = 1 << 53
"""From here on a number with a fraction no longer tells two neighbouring ids apart."""

_MOST_DIGITS: Final[int] = 10 ** (MOST_BYTES - 1)
"""From here on a whole number with its sign is longer than an id may be."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def epoch_seconds(value: object, path: str) -> int:
    """A time as whole epoch seconds, from any of the forms in which times are written (decision 36).

    Seconds as a number, whole or with a fraction; the same as text of 9 to 11 digits; milliseconds, 13 digits;
    ISO 8601 with an offset. Raises `Refused` with `path` for anything else, for a missing time (null, an empty
    text, 0), and for times before 1970 or from 2100 on.
    """
    if value is None or (type(value) is str and not value):
        raise Refused(path, "is missing")
    seconds = _seconds(value, path)
    if 1 <= seconds < LATEST:
        return int(seconds)
    if 0 <= seconds < 1:
        raise Refused(path, f"{shortened(value)} is not a time")
    raise Refused(path, f"{shortened(value)} is not a time between 1970 and 2100")


def optional_seconds(value: object, path: str) -> int | None:
    """Like `epoch_seconds`, but None for null, an empty text and 0."""
    if value is None or (type(value) is str and not value):
        return None
    if 0 <= _seconds(value, path) < 1:
        return None
    return epoch_seconds(value, path)


def part_version(value: object) -> int:
    """A part's `updated_at`, which only tells two deliveries of it apart: 0 if it is not a time."""
    try:
        return optional_seconds(value, "") or 0
    except Refused:
        return 0


def _seconds(value: object, path: str) -> float:
    """The seconds that a value states, in any year."""
    if isinstance(value, int) and not -_EXACT < value < _EXACT:
        raise Refused(path, f"{shortened(value)} is not a time between 1970 and 2100")  # it may not fit a float
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        in_milliseconds = _MILLISECONDS <= value < LATEST * 1000 and value == int(value)
        return value / 1000 if in_milliseconds else value
    if isinstance(value, str):
        return _from_text(value, path)
    raise Refused(path, f"is {kind(value)}, not a time in epoch seconds")


def _from_text(said: str, path: str) -> float:
    whole, _, fraction = said.partition(".")
    if said.isascii() and whole.isdigit() and (fraction.isdigit() or said == whole):
        if 9 <= len(whole) <= 11:
            return float(said)
        if len(whole) == 13 and said == whole:
            return int(said) / 1000
        if not said.strip("0."):
            return 0.0
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise Refused(path, f"{said[:40]!r} is neither epoch seconds nor an ISO 8601 time") from None
    if moment.tzinfo is None:
        raise Refused(path, f"{said[:40]!r} has no time zone")
    return (moment - _EPOCH).total_seconds()


def identifier(value: object) -> str | None:
    """An id as text, from a text, a whole number, or a number with a fraction of 0 (decision 37).

    None for null, an empty text, 0, and any value that cannot be an id (`is_unreadable_id`).
    """
    if type(value) is str:
        return value if value and not is_too_long(value) else None
    if type(value) is int:
        return str(value) if value and abs(value) < _MOST_DIGITS else None
    if type(value) is float and value and value.is_integer() and -_EXACT < value < _EXACT:
        return str(int(value))
    return None


def is_unreadable_id(value: object) -> bool:
    """Whether a value is given that cannot be an id: one of another kind, or one that no index takes."""
    if type(value) is str:
        return is_too_long(value)
    if type(value) is int:
        return abs(value) >= _MOST_DIGITS
    if value is None:
        return False
    return identifier(value) is None and not (type(value) is float and value == 0)


def required_id(value: object, path: str) -> str:
    """A required id, as text; raises `Refused` with `path`."""
    found = identifier(value)
    if found is not None and "\0" in found:
        raise Refused(path, "holds a NUL character")
    if found is not None:
        return found
    if type(value) is float and value:
        raise Refused(path, f"is {value}, not a whole number of up to 15 digits")
    if (type(value) is str or type(value) is int) and value:
        raise Refused(path, f"{shortened(value)} is longer than {MOST_BYTES} bytes")
    if value is None or type(value) is str or type(value) is int or type(value) is float:
        raise Refused(path, "is missing")
    raise Refused(path, f"is {kind(value)}, not an id")


def assignee_id(value: object) -> str | None:
    """Like `identifier`, for an assignee: 0 means nobody, even as a text."""
    return identifier(value) if value != "0" else None


def is_operators_email(email: str) -> bool:
    """Whether this is the address of the vendor's Operator, an admin that is a bot; its name does not decide."""
    return email.startswith("operator+") and email.endswith("@intercom.io")


def text(value: object) -> str | None:
    """A text that is not empty, otherwise None."""
    return value if isinstance(value, str) and value else None


def whole_number(value: object) -> int | None:
    """A whole number, also one written as a text or with a decimal point, otherwise None."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def score(value: object) -> int | None:
    """A rating as a whole number; 0, which is not from 1 to 5, for a value that cannot be read as one."""
    if value is None or (isinstance(value, str) and not value):
        return None
    return whole_number(value) or 0


def flag(value: object) -> bool | None:
    """True or false, otherwise None."""
    return value if isinstance(value, bool) else None


def shortened(value: object) -> str:
    """A value for a sentence, with at most 40 of its characters."""
    said = repr(value) if isinstance(value, str) else str(value)
    return said if len(said) <= 40 else f"{said[:37]}..."


def kind(value: object) -> str:
    """The kind of a JSON value, in the words of JSON."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"
