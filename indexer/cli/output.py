"""How commands print data: a table for people, JSON or CSV for programs."""

import enum
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import orjson
import typer

from indexer.calendar.written_times import utc_minute
from indexer.plain_text import printable_json


class Format(enum.StrEnum):
    """The formats of every command that prints data."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="How to print: table (the default on a terminal), json (elsewhere) or csv."),
]

ForPeople = Mapping[str, Callable[[Any], str]]
"""How the values of some columns are written in tables."""


def output_format(wanted: Format | None) -> Format:
    """The requested format, otherwise the default for the kind of standard output."""
    return wanted or (Format.TABLE if sys.stdout.isatty() else Format.JSON)


def print_json(value: Any) -> None:
    """One JSON value, indented on a terminal only."""
    option = orjson.OPT_INDENT_2 if sys.stdout.isatty() else 0
    encoded = orjson.dumps(value, option=option | orjson.OPT_NON_STR_KEYS).decode()
    sys.stdout.write(printable_json(encoded) + "\n")


def print_csv(columns: Sequence[str], records: Iterable[Sequence[Any]]) -> None:
    """A line of column names and a line for each record, harmless in a spreadsheet; lists are JSON."""
    from indexer.spreadsheet import csv_of

    sys.stdout.write(csv_of(columns, records).decode())


def print_records(
    records: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    wanted: Format | None,
    title: str = "",
    *,
    people: ForPeople | None = None,
) -> None:
    """Records of the same columns in the format asked for (JSON: one array, with lists as lists).

    A table fits the terminal; `people` says how values of some columns are written in it.
    """
    match output_format(wanted):
        case Format.JSON:
            print_json([{column: record.get(column) for column in columns} for record in records])
        case Format.CSV:
            print_csv(columns, ([record.get(column) for column in columns] for record in records))
        case Format.TABLE:
            _print_record_table(list(records), columns, people or {}, title)


def _print_record_table(
    records: Sequence[Mapping[str, Any]], columns: Sequence[str], people: ForPeople, title: str
) -> None:
    """A column that nothing stands in is left out, and numbers are flush right."""
    values = {column: [record.get(column) for record in records] for column in columns}
    shown = [column for column in columns if not records or any(one not in (None, "", []) for one in values[column])]
    numbers = [
        place
        for place, column in enumerate(shown)
        if all(one is None or (isinstance(one, int | float) and not isinstance(one, bool)) for one in values[column])
    ]
    rows = [[_cell(record.get(column), people.get(column)) for column in shown] for record in records]
    # Programs get seconds; for people they are written as durations.
    named = [column.replace("seconds_", "time_") if column in people else column for column in shown]
    print_table([name.replace("_", " ") for name in named], rows, title=title, right=numbers if records else ())


def print_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    title: str = "",
    right: Sequence[int] = (),
    width: int | None = None,
) -> None:
    """Texts under their headings, in the width of the terminal: side by side, or one block an item."""
    from rich.text import Text

    from indexer.cli.layout import table
    from indexer.terminal import console, print_lines

    out = console()
    found = table(headings, rows, width or out.width, right)
    if title:
        out.print(Text(title, style="bold"), soft_wrap=True)
    print_lines(out, [Text(line, style="bold") for line in found.heading])
    print_lines(out, list(map(Text, found.body)))


def in_words(value: Any) -> str:
    """A value for people: nothing is empty, a truth is yes or no, a list its items with commas, times to the second."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(in_words, value))
        case dict():
            return ", ".join(f"{name} {in_words(one)}" for name, one in value.items())
    return str(value)


def _cell(value: Any, said: Callable[[Any], str] | None) -> str:
    return in_words(value) if said is None or value is None else said(value)


def counted(value: Any) -> str:
    """A count with separators of thousands: `24,918`."""
    return f"{value:,}"


def minute(value: Any) -> str:
    """A time in ISO 8601 to the minute, in UTC: `2026-11-28 10:05Z`."""
    return utc_minute(value if isinstance(value, datetime) else datetime.fromisoformat(str(value)))


def optional_minute(value: Any) -> str:
    """The same; empty for None."""
    return "" if value is None else minute(value)
