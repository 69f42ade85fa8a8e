"""The content of the report's page: every text and figure that its template shows."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from indexer.datasets.registry import dataset_named
from indexer.operations.freshness import still_to_be_indexed
from indexer.reports import Answer, Comparison, Definition, Dimension, Question, Waiting, in_words
from indexer.reports.check_question import as_asked
from indexer.reports.figures import figure_text
from indexer.reports.question import NO_GROUP
from indexer.reports.question_conditions import conditions_that_hold
from indexer.web.charts.chart import Chart, bar_chart, line_chart
from indexer.web.charts.group_bars import Across, lines_across
from indexer.web.charts.heatmap_chart import Grid, grid_of
from indexer.web.charts.series import Figure, Series, series_before, series_of
from indexer.web.moment_words import moment_label
from indexer.web.pages.change import change, compared_cells
from indexer.web.pages.range_words import dates_before, dates_label, period_name

_OF_A_BOARD = {"from", "to", "interval", "as_of"}


class PeriodLine(NamedTuple):
    """A period in the table of figures: the date it begins on, its name, its figures, and the numbers that they say."""

    start: date
    name: str
    figures: Sequence[str]
    numbers: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report's page, ready for its template.

    The number is shown in one of three ways: `chart` over time with its `lines` as a table (a figure
    for each of the `heads`), `across` for the groups of one period, or `grid` for the hours of
    the week; a single number has none. `highest` is the name and the figure of the (first) period with the most,
    None if that is meaningless. `behind` is the count behind the total, if the total does not say it itself.
    """

    report: Definition
    question: Question
    is_empty: bool
    total: str
    unit: str
    behind: str | None
    range: str
    scope: str
    conditions: Sequence[str]
    is_of_all: bool
    warnings: Sequence[str]
    waiting: str | None
    comparison: str | None
    dimension: Dimension | None
    groups: str | None
    series: Sequence[Series]
    left_out: int
    chart: Chart | None
    across: Across | None
    grid: Grid | None
    unit_head: str
    exact: bool
    is_compared: bool
    heads: Sequence[str]
    lines: Sequence[PeriodLine]
    has_partial: bool
    overlaps: bool
    totals: Sequence[str] | None
    total_name: str
    per_period: str | None
    highest: tuple[str, str] | None
    words: Mapping[str, str]
    json_url: str
    command: str


def view_of(
    report: Definition, question: Question, answer: Answer, *, is_now: bool = True, before_name: str = "The days before"
) -> ReportView:
    """The page of a report's answer; `is_now`: a board shows the present, not a chosen moment."""
    dimension = report.dimension(question.group_by)
    groups = "part" if report.value.has_parts else question.group_by
    grid = grid_of(answer) if report.value.is_grid else None
    is_single = len({row.period for row in answer.rows}) == 1
    over_time = grid is None and not (is_single and groups)
    table = series_of(report, answer) if over_time else None
    periods, series = (table.periods, table.series) if table else ([], [])
    columns = list(zip(*(one.figures for one in series), strict=True))
    partial = {row.period: row.partial for row in answer.rows if row.partial is not None}
    names = [
        _range(report, question) if report.is_board else period_name(period, question, partial.get(period))
        for period in periods
    ]
    before = series_before(answer, periods, before_name) if over_time and groups is None else None
    draw = bar_chart if report.value.stacks else line_chart
    averaged = over_time and not is_single and groups is None and report.value.adds_up(report)
    asked = parameters_of(report, question, is_now=is_now)
    return ReportView(
        report=report,
        question=question,
        is_empty=not answer.total.count,
        total=f"{answer.total.count:,}"
        if report.value.shows_count
        else _approximately(answer) + figure_text(answer.total.value, answer.unit),
        unit=report.documents if report.value.shows_count else unit_label(answer.unit),
        behind=report.value.what_is_behind(answer.total.value, answer.total.count),
        range=_range(report, question),
        scope=_scope(question),
        conditions=conditions_that_hold(answer.where),
        is_of_all=not report.where and not report.counts_actions,
        warnings=answer.warnings or [],
        waiting=_waiting(report, question, answer.waiting) if answer.waiting else None,
        comparison=_comparison(answer, answer.compare, before_name, question.zone) if answer.compare else None,
        dimension=dimension,
        groups=groups,
        series=series,
        left_out=table.left_out if table else 0,
        chart=draw(periods, series, question.interval, answer.unit, names=names, partial=partial, before=before)
        if over_time and not is_single
        else None,
        across=lines_across(report, answer) if grid is None and not over_time else None,
        grid=grid,
        unit_head=unit_head(report.unit),
        exact=answer.exact,
        is_compared=before is not None and not is_single,
        heads=_heads(report, groups, series, before),
        lines=[
            PeriodLine(
                period,
                name,
                [*(figure_text(figure, answer.unit) for figure in column), *(text for text, _ in more)],
                [*column, *(number for _, number in more)],
            )
            for period, name, column, more in zip(
                periods, names, columns, compared_cells(answer.unit, columns, before), strict=True
            )
        ],
        has_partial=over_time and not is_single and bool(partial),
        overlaps=groups_overlap(report, dimension),
        totals=_totals(series, answer.unit),
        total_name="Total" if report.value.adds_up(report) else "Whole range",
        per_period=figure_text(answer.average.value, answer.unit) if averaged and answer.average else None,
        highest=_highest(report, dimension, names, columns, answer.unit),
        words=in_words(as_asked(report, question)),
        json_url=f"/api/v1/reports/{report.name}?{urlencode(asked, doseq=True)}",
        command=command_of(report, asked),
    )


def _approximately(answer: Answer) -> str:
    return "" if answer.exact or answer.total.value is None else "≈ "


def _scope(question: Question) -> str:
    """The rest of the question: the zone, office hours, the day that weeks begin on."""
    said = [question.time_zone]
    if question.has_weeks_of_its_own:
        said.append(f"weeks from {question.week_start.capitalize()}")
    if question.office_hours:
        said.append("within office hours")
    return ", ".join(said)


def _heads(report: Definition, groups: str | None, series: Sequence[Series], before: Series | None) -> list[str]:
    """The headings of the table's figures."""
    found = [one.label if groups else unit_head(report.unit) for one in series]
    return [*found, before.label, "Change"] if before else found


def unit_head(unit: str) -> str:
    """The unit as the heading of a column; durations are written with their own units."""
    return "Time" if unit == "seconds" else unit.capitalize()


def groups_overlap(report: Definition, dimension: Dimension | None) -> bool:
    """Whether the numbers of groups add up to more than the total, because one document can be in several."""
    if dimension is None or not report.value.stacks:
        return False
    if dimension.of_action:
        return report.counted not in (None, report.nested_path) and not report.has_one_action
    return dimension.several


def unit_label(unit: str) -> str:
    """The unit as written after a figure: empty if the figure says it already."""
    return "" if unit in ("seconds", "percent") else unit


def _range(report: Definition, question: Question) -> str:
    if report.is_board and question.as_of is not None:
        return moment_label(question.as_of, question.zone)
    return dates_label(*question.span, question.until, question.zone)


def _waiting(report: Definition, question: Question, waiting: Waiting) -> str:
    moment = moment_label(waiting.as_of, question.zone)
    return f"As of {moment}; {still_to_be_indexed(waiting, dataset_named(report.dataset))}"


def _comparison(answer: Answer, before: Comparison, name: str, zone: ZoneInfo) -> str:
    changed = change(answer.total.value, before.total.value, answer.unit)
    said = f"{name}, {dates_before(before, zone)}: {figure_text(before.total.value, answer.unit)}"
    return f"{said} (now {changed})" if changed else said


def _totals(series: Sequence[Series], unit: str) -> list[str] | None:
    """The totals of the series; None if no series has one."""
    return [figure_text(one.total, unit) for one in series] if any(one.total is not None for one in series) else None


def _highest(
    report: Definition,
    dimension: Dimension | None,
    names: Sequence[str],
    columns: Sequence[Sequence[float | None]],
    unit: str,
) -> tuple[str, str] | None:
    """The highest period; None if groups overlap or cannot be added up, as sums are meaningless then."""
    if len(names) < 2 or (dimension and (dimension.several or not report.value.stacks)) or report.value.makes_whole:
        return None
    sums = [sum(figure or 0 for figure in column) for column in columns]
    name, most = max(zip(names, sums, strict=True), key=lambda named: named[1])
    return name, figure_text(most, unit)


def parameters_of(report: Definition, question: Question, *, is_now: bool) -> dict[str, str | list[str]]:
    """The question as parameters of the HTTP API, without defaults; `is_now` leaves out the moment of a board."""
    said = question.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    said["time_zone"] = question.time_zone  # its default is that of the workspace

    if question.group_by == report.group_by_default:
        said.pop("group_by", None)
    elif question.group_by is None:
        said["group_by"] = NO_GROUP
    left_out = {"as_of"}
    if report.is_board:
        left_out = _OF_A_BOARD if is_now else _OF_A_BOARD - {"as_of"}
    return {key: _written(value) for key, value in said.items() if key not in left_out}


def _written(value: Any) -> str | list[str]:
    if isinstance(value, bool):
        return "true" if value else "false"
    return [str(one) for one in value] if isinstance(value, list) else str(value)


def command_of(report: Definition, parameters: Mapping[str, str | list[str]]) -> str:
    """The command line that runs the report with these parameters."""
    words = ["indexer", "report", "run", report.name]
    for parameter, value in parameters.items():
        option = f"--{parameter.replace('_', '-')}"
        match value:
            case "true":
                words.append(option)
            case "false":
                words.append(f"--no-{option.removeprefix('--')}")
            case str():
                words += [option, value]
            case list():
                words += [word for one in value for word in (option, one)]
    return shlex.join(words)
