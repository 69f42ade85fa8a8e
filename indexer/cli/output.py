"""How commands print data: a table for people, JSON or CSV for programs."""

import csv
import enum
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table


class Format(enum.StrEnum):
    """The formats of every command that prints data."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="table, json or csv; table on a terminal and json elsewhere if not given."),
]


def chosen(wanted: Format | None) -> Format:
    """The format asked for, else the default of where standard output goes."""
    return wanted or (Format.TABLE if sys.stdout.isatty() else Format.JSON)


def print_json(value: Any) -> None:
    """One JSON value, indented on a terminal only."""
    option = orjson.OPT_INDENT_2 if sys.stdout.isatty() else 0
    sys.stdout.write(orjson.dumps(value, option=option | orjson.OPT_NON_STR_KEYS).decode() + "\n")


def print_records(
    records: Iterable[Mapping[str, Any]], columns: Sequence[str], wanted: Format | None, title: str = ""
) -> None:
    """Records of the same columns in the format asked for (JSON: one array)."""
    match chosen(wanted):
        case Format.JSON:
            print_json([{column: record.get(column) for column in columns} for record in records])
        case Format.CSV:
            writer = csv.writer(sys.stdout)
            writer.writerow(columns)
            writer.writerows([record.get(column) for column in columns] for record in records)
        case Format.TABLE:
            table = Table(title=title or None, title_justify="left")
            for column in columns:
                table.add_column(column, overflow="fold")
            for record in records:
                table.add_row(*("" if record.get(c) is None else str(record.get(c)) for c in columns))
            Console(markup=False).print(table)
