"""What the report's page says: every text and figure that its template shows."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from indexer.reports import Answer, Comparison, Definition, Dimension, Question, in_words
from indexer.web.chart import Chart, bar_chart, period_label
from indexer.web.series import Series, series_of


@dataclass(frozen=True, slots=True)
class View:
    """One report's page, ready to be written.

    `lines` are the rows of the table: the period's date, its name, and a figure for each series. `highest` is
    the name and the figure of the (first) period with the most, None where a conversation can be in several
    series, so that their sum says nothing.
    """

    report: Definition
    question: Question
    total: int
    range: str
    comparison: str | None
    dimension: Dimension | None
    series: Sequence[Series]
    chart: Chart
    lines: Sequence[tuple[date, str, Sequence[int]]]
    per_period: float
    highest: tuple[str, int] | None
    words: Mapping[str, str]
    json_url: str
    command: str


def view_of(report: Definition, question: Question, answer: Answer) -> View:
    """The page of a report's answer."""
    periods, series = series_of(answer)
    figures = list(zip(*(one.figures for one in series), strict=True))
    names = [period_label(period, question.interval) for period in periods]
    dimension = report.dimension(question.group_by)
    overlapping = dimension is not None and dimension.several
    highest = max(zip(names, map(sum, figures), strict=True), key=lambda named: named[1])
    return View(
        report=report,
        question=question,
        total=answer.total.count,
        range=range_label(*question.span),
        comparison=_comparison(answer.total.count, answer.compare) if answer.compare else None,
        dimension=dimension,
        series=series,
        chart=bar_chart(periods, series, question.interval),
        lines=list(zip(periods, names, figures, strict=True)),
        per_period=answer.total.count / len(periods),
        highest=None if overlapping else highest,
        words=in_words(report),
        json_url=f"/api/v1/reports/{report.name}?{urlencode(_parameters(question), doseq=True)}",
        command=_command(report, question),
    )


def range_label(first: date, last: date) -> str:
    """A range of dates without saying month and year twice."""
    end = f"{last.day} {last:%B %Y}"
    if first == last:
        return end
    if first.year != last.year:
        return f"{first.day} {first:%B %Y} to {end}"
    if first.month != last.month:
        return f"{first.day} {first:%B} to {end}"
    return f"{first.day} to {end}"


def _comparison(count: int, before: Comparison) -> str:
    earlier = before.total.count
    change = f" (now {(count - earlier) / earlier:+.0%})" if earlier else ""
    return f"The days before, {range_label(before.from_, before.to)}: {earlier:,}{change}"


def _parameters(question: Question) -> dict[str, str | list[str]]:
    """The question in the words of the HTTP API, without what is so by itself."""
    said = question.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {key: "true" if value is True else value for key, value in said.items()}


def _command(report: Definition, question: Question) -> str:
    words = ["indexer", "report", "run", report.name]
    for parameter, value in _parameters(question).items():
        option = f"--{parameter.replace('_', '-')}"
        match value:
            case "true":
                words.append(option)
            case str():
                words += [option, value]
            case list():
                words += [word for one in value for word in (option, one)]
    return shlex.join(words)
