"""The output of `indexer quarantine`."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import typer

from indexer.cli.output import Format, FormatOption, minute, output_format, print_json, print_records

_NAMES = {"entity_id": "conversation_id"}

_NOT_IN_TABLES = {"revision", "attempts", "first_at"}
_TABLE_ERROR_LENGTH = 120


def record_of(row: NamedTuple) -> dict[str, Any]:
    """A row as a record: times in UTC."""
    return {
        _NAMES.get(name, name): moment(value) if isinstance(value, datetime) else value
        for name, value in row._asdict().items()
    }


def print_rows(rows: Iterable[NamedTuple], kind: type[NamedTuple], output: FormatOption, title: str = "") -> None:
    """Print rows in the requested format; a table only has what fits: the start of errors, and not every column."""
    columns = [_NAMES.get(name, name) for name in kind._fields]
    records = map(record_of, rows)
    if output_format(output) is Format.TABLE:
        columns = [name for name in columns if name not in _NOT_IN_TABLES]
        records = map(_shortened, records)
    people = {name: minute for name in columns if name.endswith("_at")}
    print_records(records, columns, output, title, people=people)


def print_entry(record: dict[str, Any], output: FormatOption) -> None:
    """Print one entry with all its fields; its payload, if asked for, comes last and indented."""
    match output_format(output):
        case Format.JSON:
            print_json(record)
        case Format.CSV:
            rows = [{"field": key, "value": _text(value)} for key, value in record.items()]
            print_records(rows, ["field", "value"], output)
        case Format.TABLE:
            rows = [{"field": key, "value": value} for key, value in record.items() if key != "payload"]
            print_records(rows, ["field", "value"], output)
            if "payload" in record:
                typer.echo(_text(record["payload"]))


def moment(value: datetime) -> str:
    """A time to the second, in UTC."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _shortened(record: dict[str, Any]) -> dict[str, Any]:
    error = record.get("error", "")
    return record if len(error) <= _TABLE_ERROR_LENGTH else record | {"error": error[:_TABLE_ERROR_LENGTH] + "…"}


def _text(value: Any) -> str:
    import orjson

    if value is None or isinstance(value, str | int):
        return "" if value is None else str(value)
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
