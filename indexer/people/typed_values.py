"""Values of attributes as sources write them, read by a type, and the type that a value suggests without one."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from indexer.conversation.values import epoch_seconds, kind, shortened, whole_number
from indexer.errors import Refused
from indexer.people.attribute_value import DataType, Scalar, day_number

LONGEST_TEXT: Final = 255
"""The most characters of a text of a custom attribute."""

LARGEST: Final = (1 << 53) - 1
"""The largest number that is kept; numbers of JSON beyond it are not exact everywhere."""

_DAY: Final = 86_400
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def read_value(
    value: object, type_: DataType, options: Sequence[str] = (), longest: int = LONGEST_TEXT
) -> Scalar | None:
    """The value by its type, None for one that stands for nothing (null, an empty text).

    Numbers, booleans and times may be written as texts. `longest` is the most characters of a text. Raises `Refused`
    with the reason, without a path.
    """
    if value is None or (isinstance(value, str) and not value):
        return None
    match type_:
        case "string":
            return _text(value, longest)
        case "list":
            return _option(value, options, longest)
        case _:
            return _READERS[type_](value)


def suggested_type(name: str, value: object) -> DataType:
    """The type of an attribute that nobody declared, by its first value.

    A number is a float: whether all later ones are whole is not known. If the name ends in `_at`, a number is a time.
    A text is a date or a time if it is written in the manner of ISO 8601, a time with its offset. Raises `Refused` for
    a list or an object.
    """
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "datetime" if name.endswith("_at") else "float"
        case str():
            return _suggested_by_text(name, value)
        case _:
            raise Refused("", f"is {kind(value)}, not a text, a number or a boolean")


def _suggested_by_text(name: str, value: str) -> DataType:
    if _DATE.fullmatch(value) and _is_read(value, "date"):
        return "date"
    if (_MOMENT.match(value) or (name.endswith("_at") and value.isdecimal())) and _is_read(value, "datetime"):
        return "datetime"
    return "string"


def _is_read(value: object, type_: DataType) -> bool:
    try:
        return read_value(value, type_) is not None
    except Refused:
        return False


def _text(value: object, longest: int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if not isinstance(value, str):
        raise Refused("", f"is {kind(value)}, not a text")
    if "\0" in value:
        raise Refused("", "holds a NUL character")
    if len(value) > longest:
        raise Refused("", f"has {len(value):,} characters; the limit is {longest:,}")
    return value


def _option(value: object, options: Sequence[str], longest: int) -> str:
    found = _text(value, longest)
    if options and found not in options:
        raise Refused("", f"{shortened(found)} is not one of its options")
    return found


def _integer(value: object) -> int:
    negative = isinstance(value, str) and value.startswith("-")
    found = whole_number(value[1:] if isinstance(value, str) and negative else value)
    if found is None:
        raise Refused("", f"{_said(value)} is not a whole number")
    _refuse_beyond(found)
    return -found if negative else found


def _float(value: object) -> int | float:
    found = value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        found = float(value)
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not math.isfinite(found):
        raise Refused("", f"{_said(value)} is not a number")
    _refuse_beyond(found)
    return int(found) if isinstance(found, float) and found.is_integer() else found


def _refuse_beyond(number: int | float) -> None:
    if abs(number) > LARGEST:
        raise Refused("", f"{shortened(number)} is beyond {LARGEST:,}; send it as a text")


def _boolean(value: object) -> bool:
    match value:
        case bool():
            return value
        case "true":
            return True
        case "false":
            return False
        case _:
            raise Refused("", f"{_said(value)} is neither true nor false")


def _day(value: object) -> int:
    """Days since 1970-01-01: of the date that is written, or of the UTC day of a time in seconds."""
    if isinstance(value, str) and _DATE.match(value):
        try:
            return day_number(date.fromisoformat(value[:10]))
        except ValueError:
            raise Refused("", f"{shortened(value)} is not a date") from None
    return _moment(value) // _DAY


def _moment(value: object) -> int:
    return epoch_seconds(value, "")


def _said(value: object) -> str:
    return shortened(value) if isinstance(value, (str, int, float)) else kind(value)


_READERS: Final[Mapping[DataType, Callable[[object], Scalar]]] = {
    "integer": _integer,
    "float": _float,
    "boolean": _boolean,
    "date": _day,
    "datetime": _moment,
}
