"""The values in the cells of a CSV file, which are all text: the type of a column, and the value of a cell."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from indexer.people.attribute_value import DataType

_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})", re.ASCII)
_FLOAT = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


def type_of_cells(cells: Iterable[str]) -> DataType:
    """The narrowest type that all of these texts have; `string` if there are none.

    Digits after a leading zero are text, such as `007`; so is what is not a day or time of the calendar.
    """
    some = [cell for cell in cells if cell]
    return next((type_ for type_, fits in _FITS.items() if some and all(map(fits, some))), "string")


def value_of_cell(cell: str, type_: DataType, zone: ZoneInfo) -> str | int | float | bool:
    """The value as JSON would have it; a text that is not of the type stays as it is, and is refused later.

    A time without an offset is local time of the zone, a day its midnight; times become epoch seconds.
    """
    match type_:
        case "integer" if _INTEGER.fullmatch(cell):
            return int(cell)
        case "float" if _FLOAT.fullmatch(cell):
            return float(cell)
        case "boolean" if cell.lower() in _TRUTHS:
            return _TRUTHS[cell.lower()]
        case "datetime" if (at := _moment(cell)) is not None:
            return int((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp())
        case "datetime" if _INTEGER.fullmatch(cell):
            return int(cell)
    return cell


def _moment(text: str) -> datetime | None:
    if not (_DATETIME.fullmatch(text) or _DATE.fullmatch(text)):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


_FITS: Final[Mapping[DataType, Callable[[str], object]]] = {
    "boolean": lambda cell: cell.lower() in ("true", "false"),
    "integer": _INTEGER.fullmatch,
    "float": _FLOAT.fullmatch,
    "date": lambda cell: _DATE.fullmatch(cell) and _moment(cell),
    "datetime": _moment,
}
"""Whether a text is of a type; the narrowest types come first."""
