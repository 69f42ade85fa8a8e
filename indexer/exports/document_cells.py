"""From a document to the cells of a row."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from indexer.dotted_paths import value_at
from indexer.exports.columns import Column
from indexer.exports.time_cells import Times, time_writer
from indexer.spreadsheet import safe


def row_maker(columns: Sequence[Column], zone: ZoneInfo, times: Times) -> Callable[[Mapping[str, Any]], list[str]]:
    """A function that makes the cells of a row from a document; missing values are empty cells."""
    writers: dict[str, Callable[[Any], str]] = {
        "text": lambda value: safe(str(value)),
        "number": str,
        "time": time_writer(zone, times),
        "boolean": lambda value: "true" if value else "false",
        "list": lambda value: orjson.dumps(value).decode(),
    }
    found = [(column.path, writers[column.kind]) for column in columns]

    def make(document: Mapping[str, Any]) -> list[str]:
        values = ((value_at(document, path), write) for path, write in found)
        return ["" if value is None else write(value) for value, write in values]

    return make
