"""How commands print data: a table for people, JSON or CSV for programs."""

import enum
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

import orjson
import typer

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


def chosen(wanted: Format | None) -> Format:
    """The format asked for, else the default of where standard output goes."""
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
    match chosen(wanted):
        case Format.JSON:
            print_json([{column: record.get(column) for column in columns} for record in records])
        case Format.CSV:
            print_csv(columns, ([record.get(column) for column in columns] for record in records))
        case Format.TABLE:
            rows = [[_cell(record.get(column), (people or {}).get(column)) for column in columns] for record in records]
            print_table([column.replace("_", " ") for column in columns], rows, title=title)


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
    from indexer.terminal import console

    out = console()
    found = table(headings, rows, width or out.width, right)
    if title:
        out.print(Text(title, style="bold"), soft_wrap=True)
    for lines, style in ((found.heading, "bold"), (found.body, "")):
        if lines:
            out.print(Text("\n".join(lines), style=style), soft_wrap=True)


def in_words(value: Any) -> str:
    """A value for people: nothing is empty, a truth is yes or no, a list its items with commas."""
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


def bytes_said(value: Any) -> str:
    """A size in the unit that fits: `512 B`, `1.4 kB`, `220.9 MB`."""
    size = float(value)
    for unit in ("B", "kB", "MB", "GB"):
        if abs(size) < 1000:
            return f"{size:,.0f} {unit}" if unit == "B" or size >= 100 else f"{size:,.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"
