"""The questions of a page: what each of its tiles asks its reports."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from indexer.dashboards.date_ranges import Dates
from indexer.dashboards.page_definition import Board, PageDefinition, Tile
from indexer.dashboards.page_state import PageState
from indexer.reports.definition import Definition
from indexer.reports.periods import Interval, Span
from indexer.reports.question import NO_GROUP
from indexer.reports.question_conditions import Clause


class TileQuestion(NamedTuple):
    """A report and the parameters of its question; `before` are those of the earlier range, None for no comparison.

    `tile` is the tile's place on the page; `heading` is that of its column, of a board. `moment` is the present that
    the reader chose, None if it is now.
    """

    tile: int
    report: Definition
    parameters: Mapping[str, Any]
    before: Mapping[str, Any] | None = None
    heading: str | None = None
    moment: int | None = None


def page_questions(
    page: PageDefinition,
    state: PageState,
    dates: Dates,
    reports: Mapping[str, Definition],
    *,
    workspace: str,
    as_of: int,
) -> Iterator[TileQuestion]:
    """What the page asks, by its tiles in their order. `as_of` is the present, in epoch seconds."""
    for place, tile in enumerate(page.tiles):
        asked = {
            "workspace": workspace,
            "as_of": as_of,
            "where": [*tile.where, *_of_subject(page, state), *state.where],
        }
        if state.time_zone is not None:
            asked["time_zone"] = state.time_zone
        if isinstance(tile, Board):
            for heading, name in tile.columns.items():
                of_column = asked | {"group_by": tile.group_by}
                found = _question(reports[name], state, dates, of_column, Interval.RANGE)
                yield found._replace(tile=place, before=None, heading=heading, moment=state.as_of)
        else:
            report = reports[tile.mean if state.mean and tile.mean else tile.report]
            of_tile = asked | {"group_by": _group(tile, state, report)}
            found = _question(report, state, dates, of_tile, _interval(tile, report, dates))
            yield found._replace(tile=place, moment=state.as_of)


def _question(
    report: Definition, state: PageState, dates: Dates, asked: dict[str, Any], interval: Interval
) -> TileQuestion:
    if state.office_hours and report.measures_durations:
        asked["office_hours"] = True
    if report.is_board:
        return TileQuestion(0, report, asked)
    asked["interval"] = interval
    if interval is Interval.WEEK:
        asked["week_start"] = state.week_start
    before = None if dates.before is None else _within(asked, dates.before)
    return TileQuestion(0, report, _within(asked, dates.span), before)


def _within(asked: Mapping[str, Any], span: Span) -> dict[str, Any]:
    return {**asked, "from": span.first, "to": span.last}


def _of_subject(page: PageDefinition, state: PageState) -> list[str]:
    if page.subject is None or state.id is None:
        return []
    return [str(Clause(page.subject, "=", state.id))]


def _group(tile: Tile, state: PageState, report: Definition) -> str:
    """The group of a tile: that of the reader if the report has it, or the tile's own."""
    if tile.show == "figure":
        return NO_GROUP
    if state.group_by is not None and report.can_group_by(state.group_by):
        return state.group_by
    return tile.group_by or report.group_by_default or NO_GROUP


def _interval(tile: Tile, report: Definition, dates: Dates) -> Interval:
    own = report.value.default_interval or (Interval.RANGE if report.value.has_parts else None)
    return own or (Interval.RANGE if tile.show == "groups" else dates.interval)
