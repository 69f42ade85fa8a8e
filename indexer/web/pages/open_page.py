"""A page opened: its choices resolved, and all its questions answered by one search."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from indexer.dashboards import Compared, Dates, PageDefinition, PageState, TileQuestion, page_questions
from indexer.datasets.registry import dataset_named
from indexer.errors import OperatorError
from indexer.operations.freshness import still_to_be_indexed
from indexer.reports import Answer, Definition, Interval, InvalidQuestion, Question, read_question
from indexer.reports.question_conditions import Clause, read_clause
from indexer.reports.same_moment import same_moment
from indexer.web.charts.series import label_of
from indexer.web.pages.exact_others import with_exact_others
from indexer.web.pages.group_names import group_name
from indexer.web.pages.tiles import Asked
from indexer.web.requests.backend import Backend
from indexer.web.requests.clock import now

_NOT_ASKED = InvalidQuestion("page", "was not asked")
MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """A page with its choices. `as_of` is the moment that its numbers are of, in epoch seconds."""

    page: PageDefinition
    state: PageState
    dates: Dates
    workspace: str
    time_zone: str
    as_of: int
    asked: Sequence[Asked]
    notices: Sequence[str] = ()
    subject_name: str | None = None

    @property
    def query(self) -> str:
        """The choices as the end of an address."""
        return self.state.query()

    @property
    def moment(self) -> str:
        """The local time of `as_of`, if the range has not ended by then; else empty."""
        at = datetime.fromtimestamp(self.as_of, ZoneInfo(self.time_zone))
        return f"{at:%H:%M}" if self.dates.span.last >= at.date() else ""

    @property
    def until_before(self) -> int | None:
        """The instant up to which the earlier range counts, None if it counts as a whole."""
        if self.dates.before is None:
            return None
        return same_moment(self.as_of, self.dates.span, self.dates.before, ZoneInfo(self.time_zone))

    @property
    def file_name(self) -> str:
        """A file name that says which page and which dates these are."""
        span, zone = self.dates.span, self.time_zone.replace("/", "-")
        return f"{self.page.name}_{span.first}_{span.last}_{zone}"


def open_page(backend: Backend, page: PageDefinition, state: PageState, *, answered: bool = True) -> Opened:
    """The page with these choices, which name a workspace; without `answered`, nothing is searched for.

    If the address names no dates and the page's own have no data, it shows as many days up to the newest data.
    Raises `InvalidQuestion` for a choice that no report can be asked with.
    """
    workspace = state.workspace or ""
    if page.subject is not None and state.id is None:
        raise InvalidQuestion("id", f"is missing; choose a {page.subject} on another page")
    zone_name = state.time_zone or backend.time_zone(workspace)
    zone = ZoneInfo(zone_name)
    as_of = now() if state.as_of is None else state.as_of
    dates = state.dates(page, datetime.fromtimestamp(as_of, zone).date())
    opened = Opened(page, state, dates, workspace, zone_name, as_of, [])
    opened = replace(opened, asked=_asked(backend, opened, answered=answered))
    if state.id is not None:
        name = group_name(backend, opened.asked[0].of.report, page.subject, workspace, state.id)
        opened = replace(opened, subject_name=name)
    if answered and state.range is None and state.from_ is None and _is_empty(opened):
        opened = _with_latest_days(backend, opened, zone)
    return replace(opened, notices=[*opened.notices, *_notices(opened)])


def _asked(backend: Backend, opened: Opened, *, answered: bool = True) -> list[Asked]:
    asked = page_questions(
        opened.page,
        opened.state,
        opened.dates,
        backend.reports,
        workspace=opened.workspace,
        as_of=opened.as_of,
    )
    zones = {opened.workspace: opened.time_zone}
    until = opened.until_before
    read = [
        (
            one,
            _read(backend, one.report, one.parameters, zones),
            _beside(opened.dates, until, _read(backend, one.report, one.before, zones)),
        )
        for one in asked
    ]
    if not answered:
        return [Asked(one, now if isinstance(now, Question) else None, _NOT_ASKED) for one, now, _ in read]
    questions = [(one.report, question) for one, *both in read for question in both if isinstance(question, Question)]
    answers = iter(with_exact_others(backend, questions, backend.answers(questions)))
    return [_answered(one, now, before, answers) for one, now, before in read]


def _read(
    backend: Backend, report: Definition, parameters: Any, zones: dict[str, str]
) -> Question | InvalidQuestion | None:
    if parameters is None:
        return None
    try:
        return backend.in_zone(partial(read_question, report), parameters, zones)
    except InvalidQuestion as error:
        return error


def _beside(
    dates: Dates, until: int | None, question: Question | InvalidQuestion | None
) -> Question | InvalidQuestion | None:
    """The question about the earlier range, in the same parts and up to the same moment as the later one."""
    if not isinstance(question, Question) or dates.before is None:
        return question
    question = question.beside(dates.before, dates.span)
    return question if until is None else question.up_to(until)


def _answered(
    one: TileQuestion,
    now: Question | InvalidQuestion | None,
    before: Question | InvalidQuestion | None,
    answers: Iterator[Answer | InvalidQuestion | OperatorError],
) -> Asked:
    """The question with its answers, which come in the order of the questions that could be read."""
    answer = next(answers) if isinstance(now, Question) else now
    earlier = next(answers) if isinstance(before, Question) else None
    if not isinstance(now, Question) or answer is None:
        return Asked(one, None, answer or _NOT_ASKED)
    if not isinstance(before, Question) or not isinstance(earlier, Answer):
        return Asked(one, now, answer)
    return Asked(one, now, answer, earlier, before)


def _is_empty(opened: Opened) -> bool:
    ranged = [
        asked.answer
        for asked in opened.asked
        if not asked.of.report.is_board and not asked.of.report.value.at_ends  # these count what began long before
    ]
    return bool(ranged) and all(isinstance(answer, Answer) and not answer.total.count for answer in ranged)


def _with_latest_days(backend: Backend, opened: Opened, zone: ZoneInfo) -> Opened:
    """The page for as many days up to the newest data, with a notice; unchanged if there are no data."""
    report = next(asked.of.report for asked in opened.asked if not asked.of.report.is_board)
    last = backend.latest_day(report, opened.workspace, zone)
    if last is None or last >= opened.dates.span.first:
        return opened
    first = last - timedelta(days=opened.dates.span.days - 1)
    state = opened.state.with_(from_=first, to=last)
    if opened.state.comparison(opened.page) is Compared.NONE:
        state = state.with_(compare=Compared.NONE)
    found = replace(opened, state=state, dates=state.dates(opened.page, last))
    notice = f"There is no data newer than {_day(last)}, so these are the days up to then."
    return replace(found, asked=_asked(backend, found), notices=[notice])


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _notices(opened: Opened) -> list[str]:
    """Notes on the answers, each once."""
    found: dict[str, None] = {}
    for asked in opened.asked:
        if isinstance(asked.answer, Answer):
            found |= dict.fromkeys(asked.answer.warnings or [])
            if waiting := asked.answer.waiting:
                found[still_to_be_indexed(waiting, dataset_named(asked.of.report.dataset))] = None
    return list(found)


@dataclass(frozen=True, slots=True)
class Value:
    """A value to filter by: its condition, its text, its count, and whether it is chosen."""

    condition: str
    text: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a word, the most frequent first, with the unit of their counts.

    `chosen` are the parameters of those that are chosen. `without` has the address of the page for documents without a
    value, and their count: no value can be asked for beside it.
    """

    values: Sequence[Value]
    unit: str
    left_out: int
    chosen: Sequence[tuple[str, str]]
    without: tuple[str, int] | None


def values_of(backend: Backend, opened: Opened, word: str) -> Values:
    """The values of a word in the page's range, by the first of its reports that has the word as a group.

    Conditions on the word itself do not narrow them down. Raises `InvalidQuestion` if no report has it.
    """
    report = next((asked.of.report for asked in opened.asked if asked.of.report.can_group_by(word)), None)
    if report is None:
        raise InvalidQuestion("field", f"no report of this page can be grouped by {word!r}")
    own = [written for written in opened.state.where if read_clause(written).name == word]
    parameters: dict[str, Any] = {
        "workspace": opened.workspace,
        "time_zone": opened.time_zone,
        "as_of": opened.as_of,
        "group_by": word,
        "where": [written for written in opened.state.where if written not in own],
    }
    if not report.is_board:
        span = opened.dates.span
        parameters |= {"from": span.first, "to": span.last, "interval": Interval.RANGE}
    answer = backend.answer(report, read_question(report, parameters))
    counted = [row for row in answer.rows if row.count]
    rows = sorted((row for row in counted if row.group is not None), key=lambda row: (-row.count, row.group or ""))
    values = []
    for row in rows[:MOST_VALUES]:
        condition = str(Clause(word, "=", row.group))
        values.append(Value(condition, label_of(answer, row.group), row.count, condition in own))
    chosen = [("where", value.condition) for value in values if value.chosen]
    nameless = next((row.count for row in counted if row.group is None), 0)
    rest = tuple(written for written in opened.state.where if written not in own)
    state = opened.state.with_(where=(*rest, str(Clause(word, "!=", None))))
    without = (f"/pages/{opened.page.name}{state.query()}", nameless) if nameless else None
    return Values(values, report.documents, len(rows[MOST_VALUES:]), chosen, without)
