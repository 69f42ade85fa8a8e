"""CSV files of people, companies or events: their columns, and their rows in the shape of the vendor's JSON."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from indexer.errors import OperatorError, Refused
from indexer.input_files.csv_rows import Row, csv_rows
from indexer.input_files.zip_entries import DAMAGE
from indexer.people.attribute import Attribute, Catalogue, Model
from indexer.people.attribute_value import DataType
from indexer.people.cell_types import type_of_cells, value_of_cell
from indexer.people.column_mapping import CUSTOM, Chosen, ColumnMapping, MappedColumn, map_columns
from indexer.people.record_kind import RecordKind
from indexer.people.row_fields import field_types, fields_of, set_field
from indexer.spreadsheet import original

if TYPE_CHECKING:
    from indexer.input_files.open_files import BinaryStream

_LOOKED_AT: Final = 1_000
"""The rows by which the type of a new attribute is told."""

_MODELS: Final[Mapping[RecordKind, Model]] = {"person": "contact", "company": "company"}


class TableColumns(NamedTuple):
    """The columns of a file: what is read with which type, the headers that are left, and the attributes it brings."""

    place: str
    read: tuple[tuple[MappedColumn, DataType], ...]
    left: tuple[str, ...]
    new: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How tables are read: the zone of times without an offset, the known attributes, and what the user has chosen.

    `on_columns` is told of the columns of each file before its first row.
    """

    zone: ZoneInfo
    catalogue: Callable[[], Catalogue] = Catalogue
    choices: Mapping[str, Chosen] = field(default_factory=dict)
    on_columns: Callable[[TableColumns], None] = lambda _: None


def read_people_table(
    stream: "BinaryStream", place: str, kind: RecordKind, options: ReadOptions
) -> Iterator[tuple[str, dict[str, Any] | Refused]]:
    """The rows as objects, each with its place; empty cells give nothing. Damage is a refusal at the end.

    The types of new attributes are told from the first rows, unless they are chosen. Raises `OperatorError` if the
    choices do not fit the header.
    """
    rows = _until_damage(csv_rows(stream))
    header = next(rows, None)
    if header is None or isinstance(header.cells, Refused):
        reason = "is empty" if header is None else f"line {header.line} {header.cells}"
        yield place, Refused("", reason)
        return
    catalogue = options.catalogue()
    mapping = _mapping(place, [cell.strip() for cell in header.cells], kind, catalogue, options.choices)
    if not mapping.columns:
        yield place, Refused("", f"has no column that can be read: {', '.join(mapping.left)}")
        return
    first = list(islice(rows, _LOOKED_AT))
    columns = _typed(place, mapping, kind, catalogue, first)
    options.on_columns(columns)
    width = len(header.cells)
    for line, cells in chain(first, rows):
        here = f"{place}, line {line}"
        if isinstance(cells, Refused):
            yield here, cells
        elif len(cells) != width:
            yield here, Refused("", f"the header has {width} cells, this row has {len(cells)}")
        else:
            yield here, _object(cells, columns, kind, options.zone)


def _mapping(
    place: str, header: list[str], kind: RecordKind, catalogue: Catalogue, choices: Mapping[str, Chosen]
) -> ColumnMapping:
    model = _MODELS.get(kind)
    custom = [name for of, name in catalogue.attributes if of == model]
    try:
        return map_columns(header, fields_of(kind), custom, choices)
    except Refused as refused:
        raise OperatorError(
            f"--map: {place}: {refused}", 'name a column and its field: --map "Plan=custom.plan"'
        ) from None


def _typed(place: str, mapping: ColumnMapping, kind: RecordKind, catalogue: Catalogue, rows: list[Row]) -> TableColumns:
    model = _MODELS.get(kind)
    known = field_types(kind)
    read: list[tuple[MappedColumn, DataType]] = []
    new: list[Attribute] = []
    for column in mapping.columns:
        name = column.field.removeprefix(CUSTOM)
        declared = known.get(column.field)
        if declared is None and model is not None and (found := catalogue.get(model, name)) is not None:
            declared = found.type
        type_ = declared or column.type
        if type_ is None:
            some = (
                row.cells[column.at]
                for row in rows
                if not isinstance(row.cells, Refused) and len(row.cells) > column.at
            )
            type_ = type_of_cells(original(cell) for cell in some)
        if declared is None and model is not None and column.field.startswith(CUSTOM):
            new.append(Attribute(model=model, name=name, type=type_, inferred=column.type is None))
        read.append((column, type_))
    return TableColumns(place, tuple(read), mapping.left, tuple(new))


def _object(cells: list[str], columns: TableColumns, kind: RecordKind, zone: ZoneInfo) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    for column, type_ in columns.read:
        if cell := original(cells[column.at]).strip():
            set_field(raw, kind, column.field, value_of_cell(cell, type_, zone))
    return raw


def _until_damage(rows: Iterator[Row]) -> Iterator[Row]:
    line = 1
    try:
        for row in rows:
            line = row.line
            yield row
    except DAMAGE as error:
        yield Row(line + 1, Refused("", f"cannot be read from here on: {error}"))
