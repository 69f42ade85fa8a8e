"""Single values as the vendor and its older API versions write them."""

from datetime import datetime

from indexer.errors import Refused

LATEST = 4_102_444_800
"""The year 2100: a later second is a mistake, most often milliseconds."""


def epoch_seconds(value: object, path: str) -> int:
    """A time as whole epoch seconds, from a number, its text, or ISO 8601 with a zone.

    Raises `Refused` with `path` for anything else, and for times before 1970 or after 2100.
    """
    seconds: float
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = value
    elif isinstance(value, str):
        seconds = _from_text(value, path)
    else:
        raise Refused(path, "is missing" if value is None else f"is {kind(value)}, not a time in epoch seconds")
    if 0 <= seconds < LATEST:
        return int(seconds)
    hint = " (milliseconds? divide by 1000)" if LATEST <= seconds < LATEST * 1000 else ""
    raise Refused(path, f"{value} is not a time between 1970 and 2100{hint}")


def _from_text(text: str, path: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(path, f"{text[:40]!r} is neither epoch seconds nor an ISO 8601 time") from None
    if moment.tzinfo is None:
        raise Refused(path, f"{text[:40]!r} has no time zone")
    return moment.timestamp()


def optional_seconds(value: object, path: str) -> int | None:
    """Like `epoch_seconds`, where the time may be null, absent or 0 (the vendor's older 'never')."""
    return epoch_seconds(value, path) if value else None


def identifier(value: object) -> str | None:
    """An id as text, whether it came as text or as a number; None where there is none (0 included)."""
    if type(value) is str:
        return value or None
    return str(value) if type(value) is int and value else None


def assignee_id(value: object) -> str | None:
    """Like `identifier`, of somebody assigned to: 0 is nobody also as a text."""
    return identifier(value) if value != "0" else None


def is_operators_email(email: str) -> bool:
    """Whether this is the vendor's Operator, an admin that is a bot; its name decides nothing."""
    return email.startswith("operator+") and email.endswith("@intercom.io")


def text(value: object) -> str | None:
    """A text that is not empty, else None."""
    return value if isinstance(value, str) and value else None


def whole_number(value: object) -> int | None:
    """A whole number, also one written as a text or with a decimal point, else None."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def flag(value: object) -> bool | None:
    """True or false, else None."""
    return value if isinstance(value, bool) else None


def kind(value: object) -> str:
    """What a JSON value is, in the words of JSON."""
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
