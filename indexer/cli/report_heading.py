"""The lines above and below an answer on a terminal: the whole question, and notes that a reader needs."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from indexer.reports import Answer, Comparison, Definition, Interval, Number
from indexer.reports.figures import figure_text
from indexer.reports.question_conditions import in_one_text

ABOUT = "≈"
"""The sign before numbers that are not exact."""


def question_line(definition: Definition, answer: Answer) -> str:
    """The question in one sentence: workspace, days or moment, zone, periods, hours, conditions, exactness."""
    said = [f"Workspace {answer.workspace}", f"{_when(definition, answer)} ({answer.time_zone})"]
    if answer.interval is not Interval.RANGE:
        begins = f" from {answer.week_start.value.title()}" if answer.week_start else ""
        said.append(f"by {answer.interval.value}{begins}")
    if answer.group_by:
        said.append(f"by {answer.group_by.replace('_', ' ')}")
    said += _selection(answer)
    if definition.measures_durations:
        said.append("within office hours" if answer.office_hours else "in elapsed time")
    for name, value in (answer.parameters or {}).items():
        said.append(f"{name.replace('_', ' ')} {figure_text(value, definition.parameters[name].unit)}")
    if answer.where:
        said.append(f"only where {in_one_text(answer.where)}")
    if not answer.exact:
        said.append(f"{ABOUT} from a digest, not exact")
    if answer.compare:
        until = answer.compare.until
        up_to = "" if until is None else f" up to {moment(until, answer.time_zone)}"
        said.append(f"compared with {answer.compare.from_} to {answer.compare.to}{up_to}")
    return ", ".join(said)


def _when(definition: Definition, answer: Answer) -> str:
    if definition.is_board and answer.as_of is not None:
        return f"as of {moment(answer.as_of, answer.time_zone)}"
    until = "" if answer.until is None else f" up to {moment(answer.until, answer.time_zone)}"
    return f"{answer.from_} to {answer.to}{until}"


def moment(at: int, time_zone: str) -> str:
    """An epoch second in the zone, to the minute."""
    return f"{datetime.fromtimestamp(at, ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"


def _selection(answer: Answer) -> Iterator[str]:
    if answer.sort:
        yield f"in the order of {answer.sort.value}"
    if answer.top:
        yield f"the first {answer.top:,}"
    if answer.min_count:
        yield f"with at least {answer.min_count:,} behind them"


def number(value: float | None, answer: Answer) -> str:
    """A number in its unit, marked if it is not exact."""
    text = figure_text(value, answer.unit)
    return text if answer.exact or value is None else f"{ABOUT} {text}"


def change(now: float | None, before: float | None, unit: str) -> str:
    """The change of a number from the earlier one: `+10 %`, `+1.5 points`; from ten times on, the factor."""
    if now is None or before is None:
        return ""
    if unit == "percent":
        return f"{now - before:+,.1f} points"
    if not before:
        return "" if not now else "new"
    if now < 0 or before < 0:  # across zero a percentage is meaningless
        return f"{now - before:+,.0f}"
    ratio = now / before
    if ratio >= 1000:
        return "> \N{MULTIPLICATION SIGN}999"
    return f"\N{MULTIPLICATION SIGN}{ratio:.0f}" if ratio >= 10 else f"{ratio - 1:+.0%}".replace("%", " %")


def notes(definition: Definition, answer: Answer) -> Iterator[str]:
    """The notes after the table: the average, the meaning of the marks, the comparison, warnings."""
    if answer.average:
        days = f"over {answer.average.days:,} day{'s' if answer.average.days != 1 else ''}"
        value = figure_text(round(answer.average.value, 2), answer.unit)
        yield f"{value} a {answer.average.per.value} on average, {days}"
    yield from _partial(answer)
    if definition.value.is_grid:
        yield "Each number is of one hour of the week, by local time."
    if answer.compare:
        yield _comparison(answer.total, answer.compare, answer.unit)
    yield from answer.warnings or ()


def _partial(answer: Answer) -> Iterator[str]:
    found = {row.period: row.partial for row in answer.rows if row.partial is not None}
    for period, part in found.items():
        covered = f"{part.from_} to {part.to}" if part.from_ != part.to else f"{part.from_}"
        over = ", and is not over" if part.unfinished else ""
        if answer.interval is Interval.RANGE:
            yield f"* {covered} is not over"
        elif answer.interval is Interval.DAY:
            yield f"* {period} is not over"
        else:
            yield f"* of the {answer.interval.value} of {period} only {covered} is counted{over}"


def _comparison(total: Number, before: Comparison, unit: str) -> str:
    by = change(total.value, before.total.value, unit)
    return (
        f"{before.from_} to {before.to}: {figure_text(before.total.value, unit)}; now {figure_text(total.value, unit)}"
        f"{f' ({by})' if by else ''}"
    )
