"""A page as data: one file of `queries/dashboards/`, checked against the reports that it names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator

from indexer.dashboards.date_ranges import Compared, Preset
from indexer.did_you_mean import did_you_mean, near_names
from indexer.reports.definition import Definition
from indexer.reports.invalid_definition import InvalidDefinition, invalid
from indexer.reports.question_conditions import check_clause, read_clause

PAGES = "dashboards"
"""The directory of pages, beside those of the datasets."""

WIDTH = 12
"""The columns of a page; a tile takes some of them."""

_FROZEN = ConfigDict(extra="forbid", frozen=True)
_Text = Annotated[str, Field(min_length=1)]
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
_Width = Annotated[int, Field(ge=2, le=WIDTH)]


class Tile(BaseModel):
    """One report on a page.

    `show` is `figure` (the total with a small line), `time` (a chart over time) or `groups` (the groups of the whole
    range). `mean` is the report that takes the place of `report` if a reader asks for means instead of medians.
    `where` are conditions as questions write them.
    """

    model_config = _FROZEN

    report: _Name
    title: _Text | None = None
    show: Literal["figure", "time", "groups"] = "time"
    group_by: _Text | None = None
    where: list[_Text] = []
    mean: _Name | None = None
    width: _Width = 6

    @property
    def reports(self) -> list[tuple[str, str]]:
        """The keys of its reports in the file, and their names."""
        return [("report", self.report), *([("mean", self.mean)] if self.mean else [])]


class Board(BaseModel):
    """Several reports side by side, in one row for each group: `columns` are their headings and names."""

    model_config = _FROZEN

    columns: Annotated[dict[_Text, _Name], Field(min_length=1, max_length=12)]
    group_by: _Text
    title: _Text
    where: list[_Text] = []
    width: _Width = WIDTH

    @property
    def reports(self) -> list[tuple[str, str]]:
        """The keys of its reports in the file, and their names."""
        return [(f"columns.{heading}", name) for heading, name in self.columns.items()]


def _kind(tile: object) -> str:
    """The tag of a tile, so that errors are those of its own kind."""
    return "board" if isinstance(tile, Board) or (isinstance(tile, dict) and "columns" in tile) else "tile"


_TAGS = frozenset({"board", "tile"})
_AnyTile = Annotated[Annotated[Tile, Tag("tile")] | Annotated[Board, Tag("board")], Discriminator(_kind)]


class Row(BaseModel):
    """Tiles beside each other, under a heading if there is one."""

    model_config = _FROZEN

    title: _Text | None = None
    tiles: Annotated[list[_AnyTile], Field(min_length=1, max_length=12)]


class PageDefinition(BaseModel):
    """One page.

    `position` is its place in the list of pages. `subject` is the word whose value the address names as `id`, if the
    page is about one thing; every report of the page is then asked with that condition. `range` and `compare` hold
    if the address names none.
    """

    model_config = _FROZEN

    name: _Name
    title: _Text
    about: _Text
    position: int = 100
    subject: _Name | None = None
    range: Preset = Preset.DAYS_28
    compare: Compared = Compared.PREVIOUS
    rows: Annotated[list[Row], Field(min_length=1)]

    @property
    def tiles(self) -> list[Tile | Board]:
        """All tiles, in their order on the page."""
        return [tile for row in self.rows for tile in row.tiles]

    @model_validator(mode="after")
    def _has_few_enough_reports(self) -> Self:
        most = 60
        if (number := sum(len(tile.reports) for tile in self.tiles)) > most:
            raise ValueError(f"rows: {number} reports are more than one page can show ({most})")
        return self


def read_page(source: str, name: str, content: object, reports: Mapping[str, Definition]) -> PageDefinition:
    """The page in a file; raises `InvalidDefinition` with `source` and every key at fault.

    `name` is the file's name without its ending, which the page has to have too.
    """
    if not isinstance(content, dict):
        raise InvalidDefinition([f"{source}: is not a mapping of keys"])
    try:
        page = PageDefinition.model_validate(content)
    except ValidationError as error:
        raise invalid(source, error, _TAGS) from error
    faults = [f"{source}: {fault}" for fault in _faults(page, name, reports)]
    if faults:
        raise InvalidDefinition(faults)
    return page


def _faults(page: PageDefinition, name: str, reports: Mapping[str, Definition]) -> Iterator[str]:
    if page.name != name:
        yield f"name: {page.name} is not the name of the file"
    for row_number, row in enumerate(page.rows):
        for number, tile in enumerate(row.tiles):
            place = f"rows.{row_number}.tiles.{number}"
            found = []
            for key, report in tile.reports:
                if report in reports:
                    found.append(reports[report])
                else:
                    near = did_you_mean(near_names(report, reports))
                    yield f"{place}.{key}: there is no report {report!r}{f'; {near}' if near else ''}"
            yield from (f"{place}.{fault}" for fault in _faults_of_tile(page, tile, found))


def _faults_of_tile(page: PageDefinition, tile: Tile | Board, reports: Sequence[Definition]) -> Iterator[str]:
    for report in reports:
        if tile.group_by is not None and not report.can_group_by(tile.group_by):
            yield f"group_by: {report.name} cannot be grouped by {tile.group_by}"
        if isinstance(tile, Tile) and tile.show == "time" and report.is_board:
            yield f"show: {report.name} shows one moment, not a time"
        if page.subject is not None and report.dimension(page.subject) is None:
            yield f"report: {report.name} cannot be filtered by {page.subject}, the subject of the page"
        for written in tile.where:
            try:
                clause = read_clause(written)
                dimension = report.dimension(clause.name)
                if dimension is None:
                    raise ValueError(f"{clause.name!r} is not a word of {report.name}")
                check_clause(clause, dimension)
            except ValueError as error:
                yield f"where: {error}"
