"""CSV files of messages: which statistic a file has, and what its rows say."""

from collections.abc import Callable, Iterator
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from indexer.errors import Refused
from indexer.input_files.csv_rows import Row, csv_rows
from indexer.input_files.ordinals import Ordinals
from indexer.input_files.zip_entries import DAMAGE
from indexer.messages.checkpoint import Checkpoint
from indexer.messages.event import MessageEvent, details_from
from indexer.messages.part_reader import Part, numbered, parts_of_row
from indexer.messages.statistic_names import known_columns, missing_columns, shape_of, statistic_named
from indexer.messages.statistics import FLAT, OTHER_EVENTS, RECEIPT
from indexer.plain_text import printable
from indexer.spreadsheet import original

if TYPE_CHECKING:
    from indexer.input_files.open_files import BinaryStream

OnLeft = Callable[[str, str], None]
"""Called with the place of something that is left out, a file or columns, and the reason."""

_BATCH = 500
_MOST_NAMED = 10
_LONGEST_NAME = 60


class Found(NamedTuple):
    """What a row or an object says, or the reason why it cannot be used, and its place in the input."""

    place: str
    part: Part | Refused


class Table(NamedTuple):
    """A CSV file whose header was read: the shape of its rows, the names of its columns, and the rows."""

    shape: str
    columns: list[str]
    rows: Iterator[Row]


class Unknown(Exception):
    """A file that is of no statistic; the text says why."""


def table_of(stream: "BinaryStream", file_name: str) -> Table:
    """The table in a stream; raises `Unknown`, and `Refused` for a file that is named like a statistic."""
    rows = csv_rows(stream)
    header = next(rows, None)
    if header is None:
        raise Unknown("is empty")
    if isinstance(header.cells, Refused):
        raise Refused("", f"line {header.line} {header.cells.reason}")
    columns = [_column(cell) for cell in header.cells]
    shape = shape_of(file_name, frozenset(columns))
    if shape is None and (named := statistic_named(file_name)) is not None:
        missing = " and ".join(missing_columns(named, columns))
        raise Refused("", f"is a file of {named} by its name, but has no column {missing}")
    if shape is None:
        raise Unknown("is of no statistic by its name and its columns")
    known = known_columns(shape)
    if twice := [name for name in known if columns.count(name) > 1]:
        raise Refused("", f"has two columns {twice[0]}")
    return Table(shape, columns, rows)


def read_table(table: Table, place: str, zone: ZoneInfo, ordinals: Ordinals, on_left: OnLeft) -> Iterator[Found]:
    """What the rows say, in order; damage of the file is a refusal at its end.

    `ordinals` tells equal rows apart, those of several tables too.
    """
    known = known_columns(table.shape)
    if left := [name for name in table.columns if name not in known]:
        on_left(place, f"columns that are not read: {', '.join(left[:_MOST_NAMED])}")
    found = _found(table, place, zone)
    if table.shape in (FLAT, RECEIPT):
        yield from found
    else:
        yield from _numbered(found, ordinals)


def _found(table: Table, place: str, zone: ZoneInfo) -> Iterator[Found]:
    known = known_columns(table.shape)
    places = [(name, at) for at, name in enumerate(table.columns) if name in known]
    width = len(table.columns)
    for line, cells in _until_damage(table.rows):
        here = f"{place}, line {line}"
        try:
            if isinstance(cells, Refused):
                raise cells
            if len(cells) != width:
                raise Refused("", f"the header has {width} cells, this row has {len(cells)}")
            raw: dict[str, object] = {name: original(cells[at]) for name, at in places if cells[at]}
            if table.shape == OTHER_EVENTS:
                raw = {**details_from(raw.pop("details", None)), **raw}
            for part in parts_of_row(table.shape, raw, zone):
                yield Found(here, part)
        except Refused as refused:
            yield Found(here, refused)


def _until_damage(rows: Iterator[Row]) -> Iterator[Row]:
    line = 1
    try:
        for row in rows:
            line = row.line
            yield row
    except DAMAGE as error:
        yield Row(line + 1, Refused("", f"cannot be read from here on: {error}"))


def _numbered(found: Iterator[Found], ordinals: Ordinals) -> Iterator[Found]:
    while batch := list(islice(found, _BATCH)):
        keys = [key for one in batch if (key := _key(one.part)) is not None]
        numbers = iter(ordinals.next_of(keys))
        for place, part in batch:
            if isinstance(part, (MessageEvent, Checkpoint)):
                yield Found(place, numbered(part, next(numbers)))
            else:
                yield Found(place, part)


def _key(part: Part | Refused) -> bytes | None:
    """The identity of an event or a checkpoint, in the order of time."""
    if isinstance(part, MessageEvent):
        said = f"{part.receipt_id}\0{part.key}".encode("utf-8", "surrogatepass")
        return part.at.to_bytes(8) + blake2b(said, digest_size=16).digest()
    if isinstance(part, Checkpoint):
        return part.created_at.to_bytes(8) + bytes.fromhex(part.checkpoint_id)
    return None


def _column(cell: str) -> str:
    """The name of a column, without the differences between spellings."""
    return printable(cell).strip().lower().replace(" ", "_").replace("-", "_")[:_LONGEST_NAME]
