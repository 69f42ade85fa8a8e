"""From a document to the cells of a row, and from rows to CSV that is harmless in a spreadsheet.

A spreadsheet takes text that begins with one of `= + - @`, a tab or a carriage return for a formula, whoever wrote
it. Such text gets an apostrophe in front; so does text that already begins with apostrophes before one of these, so
that whoever takes one away again has what there was. Numbers, times and lists (which begin with a bracket) never
begin so.
"""

import csv
import enum
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from indexer.differences.fields import value_at
from indexer.pipeline.exporting.columns import Column, Kind

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Times(enum.StrEnum):
    """How times are written: ISO 8601 with the zone's offset, or epoch seconds."""

    ISO = "iso"
    EPOCH = "epoch"


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula; a NUL, which readers of CSV stumble over, becomes U+FFFD."""
    text = text.replace("\0", "\ufffd")
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def original(cell: str) -> str:
    """The text that `safe` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell


def row_maker(columns: Sequence[Column], zone: ZoneInfo, times: Times) -> Callable[[Mapping[str, Any]], list[str]]:
    """What makes the cells of a row out of a document; what does not exist is an empty cell."""
    write_time: Callable[[int], str] = str if times is Times.EPOCH else lambda at: _iso(at, zone)
    writers: dict[Kind, Callable[[Any], str]] = {
        Kind.TEXT: lambda value: safe(str(value)),
        Kind.NUMBER: str,
        Kind.TIME: write_time,
        Kind.BOOLEAN: lambda value: "true" if value else "false",
        Kind.LIST: lambda value: orjson.dumps(value).decode(),
    }
    found = [(column.path, writers[column.kind]) for column in columns]

    def make(document: Mapping[str, Any]) -> list[str]:
        values = ((value_at(document, path), write) for path, write in found)
        return ["" if value is None else write(value) for value, write in values]

    return make


def write_rows(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV by RFC 4180, in UTF-8: quotes only where needed, doubled within, lines end in CR LF."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _iso(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).isoformat()
