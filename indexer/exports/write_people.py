"""People as CSV or NDJSON, written page by page."""

from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any, Final, Literal
from zoneinfo import ZoneInfo

import orjson

from indexer.people.list_columns import ListColumn, value_in
from indexer.people.person_facts import PersonFacts
from indexer.spreadsheet import cell, csv_bytes, safe

FileFormat = Literal["csv", "ndjson"]
FORMATS: Final = ("csv", "ndjson")


def write_people(
    pages: Iterable[Sequence[PersonFacts]],
    columns: Sequence[ListColumn],
    file: IO[bytes],
    *,
    zone: ZoneInfo,
    format_: FileFormat,
    tell: Callable[[int], None] = lambda _: None,
) -> int:
    """Write a row for each person, with times in the zone; returns their number. `tell` gets the number so far."""
    rows = 0
    if format_ == "csv":
        file.write(csv_bytes([[safe(column.name) for column in columns]]))
    for page in pages:
        values = [[value_in(column, facts, zone) for column in columns] for facts in page]
        file.write(_csv(values) if format_ == "csv" else _lines(columns, values))
        rows += len(values)
        tell(rows)
    return rows


def _csv(values: Iterable[Sequence[Any]]) -> bytes:
    return csv_bytes([[cell(_joined(value)) for value in row] for row in values])


def _joined(value: Any) -> Any:
    """A list of texts without commas as one text, which an import reads again; other lists stay lists."""
    if isinstance(value, list) and all(isinstance(one, str) and "," not in one and ";" not in one for one in value):
        return ", ".join(value)
    return value


def _lines(columns: Sequence[ListColumn], values: Iterable[Sequence[Any]]) -> bytes:
    names = [column.name for column in columns]
    return b"".join(
        orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE) for row in values
    )
