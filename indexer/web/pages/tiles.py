"""The tiles of a page: what each of them shows, from the answers to its questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from indexer.dashboards import Board, Compared, Tile, TileQuestion
from indexer.dashboards.date_ranges import COMPARED_NAMES
from indexer.dashboards.page_state import BOARD_ORDER
from indexer.reports import Answer, Comparison, Definition, Question
from indexer.reports.answer import RowBefore
from indexer.reports.figures import figure_text
from indexer.web.charts.series import label_of
from indexer.web.charts.sparkline import sparkline
from indexer.web.charts.triangle import Triangle, triangle_of
from indexer.web.headings import heading
from indexer.web.pages.answer_tables import answer_table
from indexer.web.pages.change import change
from indexer.web.pages.drill_links import DrillLinks
from indexer.web.pages.ordered_table import Column, Heading, OrderedTable, Ordering, Place
from indexer.web.pages.range_words import dates_before
from indexer.web.pages.view import ReportView, parameters_of, view_of

MOST_ROWS = 100
"""The most rows of a board on a page; its CSV has all of them."""

Shape = Literal["figure", "time", "groups", "grid", "triangle", "nothing", "error"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a tile with its answer, or with the error in its place.

    `before` is the answer to the question `earlier`, the one about the earlier range.
    """

    of: TileQuestion
    question: Question | None
    answer: Answer | Exception
    before: Answer | None = None
    earlier: Question | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The number of the earlier range: its dates, with the moment up to which it counts, the figure, the difference.

    `change` is empty if there is none.
    """

    dates: str
    figure: str
    change: str
    direction: Literal["up", "down", "same"]


@dataclass(frozen=True, slots=True)
class TileView:
    """A tile ready for its template.

    `id` is its element's. `report_url` leads to the report alone. `table` has the figures in the order chosen. `error`
    stands in place of the numbers.
    """

    id: str
    title: str
    width: int
    shape: Shape
    view: ReportView | None = None
    links: DrillLinks | None = None
    earlier: Earlier | None = None
    lines: Sequence[str] = ()
    lines_before: Sequence[str] = ()
    report_url: str | None = None
    big: str = ""
    unit: str = ""
    exact: str = ""
    own_conditions: Sequence[str] = ()
    triangle: Triangle | None = None
    table: OrderedTable | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a board, its exact text, the list behind it, and the number that orders it."""

    text: str
    exact: str
    url: str | None
    order: float | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A group of a board: its name, the page about it if there is one, and its figures."""

    label: str
    url: str | None
    cells: Sequence[Cell | None]


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board ready for its template. `heads` are the headings, that of the groups first."""

    id: str
    title: str
    width: int
    heads: Sequence[Heading]
    rows: Sequence[BoardRow]
    left_out: int
    errors: Sequence[str]
    shape: Literal["board"] = "board"


def tile_view(tile: Tile, asked: Asked, compared: Compared, ordering: Ordering) -> TileView:
    """A tile with one report; its element has the id of `ordering`."""
    report, id_ = asked.of.report, ordering.id
    title = tile.title or report.title
    if tile.title and asked.of.report.name == tile.mean:
        title = f"{tile.title} (mean)"
    if isinstance(asked.answer, Exception) or asked.question is None:
        return TileView(id_, title, tile.width, "error", error=str(asked.answer))
    answer = with_before(asked.answer, asked.before, None if asked.earlier is None else asked.earlier.until)
    view = view_of(report, asked.question, answer, is_now=False, before_name=_before_name(compared))
    shape = _shape(tile, view)
    triangle = triangle_of(asked.answer) if shape == "triangle" else None
    links = DrillLinks(report, asked.question, asked.answer, asked.of.moment)
    alone = {"report": report.name, **parameters_of(report, asked.question, is_now=asked.of.moment is None)}
    figures = view.series[0].figures if view.series else ()
    before = [row.value for row in asked.before.rows] if asked.before else []
    highest = max((figure for figure in [*figures, *before] if figure is not None), default=0)
    return TileView(
        id_,
        title,
        tile.width,
        shape,
        view,
        links,
        _earlier(report, answer, answer.compare, asked.question) if answer.compare else None,
        sparkline(figures, highest),
        sparkline(before, highest),
        f"/?{urlencode(alone, doseq=True)}",
        f"{answer.total.count:,}" if report.value.makes_whole else view.total,
        report.documents if report.value.makes_whole else view.unit,
        _exact(answer.total.value, answer.unit),
        tile.where,
        triangle,
        answer_table(view, triangle, ordering),
    )


def board_view(board: Board, asked: Sequence[Asked], group_urls: Mapping[str, str], ordering: Ordering) -> BoardView:
    """A board; `group_urls` has the address of the page about one group by the word, to be followed by its id.

    Its element has the id of `ordering`, by which all its rows are ordered before the rest is left out.
    """
    answered = [one for one in asked if isinstance(one.answer, Answer) and one.question is not None]
    rows = [_by_group(one) for one in answered]
    labels = {group: label for found in rows for group, (label, _) in found.items()}
    base = group_urls.get(board.group_by)

    def place(group: str | None, column: int) -> Place:
        if group is None:
            return None
        if column == 0:
            return labels[group]
        return rows[column - 1][group][1].order if group in rows[column - 1] else None

    columns = [
        Column(heading(board.group_by), is_figure=False),
        *(Column(one.of.heading or one.of.report.title, one.of.report.title) for one in answered),
    ]
    groups = sorted(labels, key=lambda group: _place(group, labels[group], rows))
    table = ordering.table(columns, groups, place, BOARD_ORDER)
    return BoardView(
        ordering.id,
        board.title,
        board.width,
        table.heads,
        [
            BoardRow(
                labels[group],
                None if base is None or group is None else f"{base}{urlencode({'id': group})}",
                [found[group][1] if group in found else None for found in rows],
            )
            for group in table.rows[:MOST_ROWS]
        ],
        len(table.rows[MOST_ROWS:]),
        [f"{one.of.heading}: {one.answer}" for one in asked if one not in answered],
    )


def with_before(answer: Answer, before: Answer | None, until: int | None = None) -> Answer:
    """The answer with an earlier one as its comparison, period by period in their order.

    `until` is the instant up to which the earlier one counts, None if it is whole.
    """
    if before is None:
        return answer
    periods = sorted({row.period for row in answer.rows})
    beside = dict(zip(sorted({row.period for row in before.rows}), periods, strict=False))
    rows = [RowBefore(**row.model_dump(exclude_unset=True), beside=beside.get(row.period)) for row in before.rows]
    compare = Comparison(from_=before.from_, to=before.to, until=until, total=before.total, rows=rows)
    return answer.model_copy(update={"compare": compare})


def _before_name(compared: Compared) -> str:
    return "The days before" if compared is Compared.PREVIOUS else COMPARED_NAMES[compared]


def _shape(tile: Tile, view: ReportView) -> Shape:
    if view.grid:
        return "grid" if view.grid.busiest else "nothing"
    if tile.show == "figure":
        return "figure"
    if view.is_empty:
        return "nothing"
    if view.groups == "part" and view.chart:
        return "triangle"
    return "groups" if view.across else "time" if view.chart else "figure"


def _earlier(report: Definition, answer: Answer, before: Comparison, question: Question) -> Earlier:
    now, then, unit = answer.total.value, before.total.value, answer.unit
    if report.value.makes_whole or report.value.shows_count:  # whose total is 100 percent in every range
        now, then, unit = answer.total.count, before.total.count, report.documents
    differ = now is not None and then is not None and now != then
    direction: Literal["up", "down"] = "up" if (now or 0) > (then or 0) else "down"
    return Earlier(
        dates_before(before, question.zone),
        figure_text(then, unit),
        change(now, then, unit) if differ else "",
        direction if differ else "same",
    )


def _by_group(asked: Asked) -> dict[str | None, tuple[str, Cell]]:
    answer, question = asked.answer, asked.question
    if not isinstance(answer, Answer) or question is None:
        return {}
    links = DrillLinks(asked.of.report, question, answer, asked.of.moment)
    return {
        row.group: (
            label_of(answer, row.group),
            Cell(
                figure_text(row.value, answer.unit), _exact(row.value, answer.unit), links.group(row.group), row.value
            ),
        )
        for row in answer.rows
        if row.count
    }


def _exact(value: float | None, unit: str) -> str:
    return "" if value is None or unit != "seconds" else f"{value:,} seconds"


def _place(
    group: str | None, label: str, rows: Sequence[Mapping[str | None, tuple[str, Cell]]]
) -> tuple[bool, list[float], str]:
    """The order of a board's rows: by the first column, the largest first; groups without a name last."""
    figures = [found[group][1].order if group in found else None for found in rows]
    return group is None, [-(figure or 0) for figure in figures], label
