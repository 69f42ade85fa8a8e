"""From a document to the cells of a row."""

import enum
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from indexer.dotted_paths import value_at
from indexer.exports.columns import Column
from indexer.spreadsheet import safe


class Times(enum.StrEnum):
    """How times are written: ISO 8601 with the zone's offset, or epoch seconds."""

    ISO = "iso"
    EPOCH = "epoch"


def row_maker(columns: Sequence[Column], zone: ZoneInfo, times: Times) -> Callable[[Mapping[str, Any]], list[str]]:
    """A function that makes the cells of a row from a document; missing values are empty cells."""
    write_time: Callable[[int], str] = str if times is Times.EPOCH else lambda at: _iso(at, zone)
    writers: dict[str, Callable[[Any], str]] = {
        "text": lambda value: safe(str(value)),
        "number": str,
        "time": write_time,
        "boolean": lambda value: "true" if value else "false",
        "list": lambda value: orjson.dumps(value).decode(),
    }
    found = [(column.path, writers[column.kind]) for column in columns]

    def make(document: Mapping[str, Any]) -> list[str]:
        values = ((value_at(document, path), write) for path, write in found)
        return ["" if value is None else write(value) for value, write in values]

    return make


def _iso(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).isoformat()
