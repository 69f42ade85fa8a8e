"""Running reports: searches for questions, and their answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from elasticsearch import Elasticsearch

from indexer import search
from indexer.errors import OperatorError
from indexer.reports import (
    Answer,
    Definition,
    Interval,
    InvalidQuestion,
    Question,
    Span,
    any_body,
    build_answer,
    choose,
    chosen_pages,
    latest_body,
    next_page,
    search_body,
    workspaces_body,
)
from indexer.reports.answer_number import Number
from indexer.reports.choice import Choice
from indexer.reports.numbers.at_end import AtEnd
from indexer.reports.numbers.quantile import TOO_MANY_VALUES
from indexer.reports.row_budget import MAX_ROWS, RowBudget, check_rows
from indexer.reports.same_moment import earlier_question
from indexer.reports.search_body import Chosen, Page, with_fewer_groups
from indexer.search.search_requests import Response, TooManyBuckets, search_many, search_once, too_large


def run_report(client: Elasticsearch, prefix: str, definition: Definition, question: Question) -> Answer:
    """The answer to a question that has been checked against the report.

    Raises `NoIndexYet`, `ServiceUnavailable`, and `InvalidQuestion` if there are too many rows, groups or values.
    """
    check_rows([(definition, question)])
    run = _Run(client, search.alias_name(prefix, definition.dataset), definition, question)
    bodies = run.bodies()
    firsts: dict[Span, Response | OperatorError] = {}
    for span, body in bodies.items():
        try:
            firsts[span] = search_once(client, run.alias, body, question.workspace)
        except TooManyBuckets as error:
            firsts[span] = error
    return run.answer(bodies, firsts)


def run_reports(
    client: Elasticsearch, prefix: str, asked: Sequence[tuple[Definition, Question]]
) -> list[Answer | InvalidQuestion | OperatorError]:
    """The answers to many checked questions by one request, in their order; an error takes the place of its answer.

    Groups beyond the first page, and chosen groups, take requests of their own. All answers share one budget of rows,
    as the first pages do: a question for which no rows are left is refused in its place. Raises `InvalidQuestion` if
    the questions make too many rows whatever is found, and `ServiceUnavailable` if the request as a whole fails.
    """
    check_rows(asked)
    rows = MAX_ROWS // max(1, sum(2 if question.compare else 1 for _, question in asked))
    budget = RowBudget()
    runs = [
        _Run(client, search.alias_name(prefix, definition.dataset), definition, question, rows, budget)
        for definition, question in asked
    ]
    bodies = [run.bodies() for run in runs]
    searches = [
        (run.alias, body, run.question.workspace)
        for run, of_run in zip(runs, bodies, strict=True)
        for body in of_run.values()
    ]
    responses = iter(search_many(client, searches))
    answers: list[Answer | InvalidQuestion | OperatorError] = []
    for run, of_run in zip(runs, bodies, strict=True):
        firsts = {span: next(responses) for span in of_run}
        try:
            answers.append(run.answer(of_run, firsts))
        except (InvalidQuestion, OperatorError) as error:
            answers.append(error)
    return answers


class _Run(NamedTuple):
    """A question on its way to its answer."""

    client: Elasticsearch
    alias: str
    definition: Definition
    question: Question
    first_rows: int = MAX_ROWS
    budget: RowBudget | None = None

    @property
    def spans(self) -> list[Span]:
        """The range asked for, and the one before it if the question compares."""
        asked = self.question.span
        return [asked, asked.before()] if self.question.compare else [asked]

    @property
    def first(self) -> Question:
        """The first question: for the numbers of all groups, if they must be known before they are divided by days."""
        return self.question.ranking() if self.question.chooses or self.needs_names else self.question

    @property
    def needs_names(self) -> bool:
        """Whether groups must be named before they are divided by days."""
        cut = self.question.interval is not Interval.RANGE
        return cut and self.definition.needs_names_of_groups(self.question.group_by)

    def bodies(self) -> dict[Span, dict[str, Any]]:
        """The searches that are sent first; `first_rows` limits the rows of their groups."""
        asked, definition = self.first, self.definition
        return {
            span: with_fewer_groups(
                definition, asked, search_body(definition, self._put(asked, span), span), self.first_rows
            )
            for span in self.spans
        }

    def answer(self, bodies: Mapping[Span, dict[str, Any]], firsts: Mapping[Span, Response | OperatorError]) -> Answer:
        """The answer, given the first search of each span and its response."""
        try:
            return self._of_one_total(self._answer(bodies, firsts))
        except TooManyBuckets as error:
            raise too_large() from error

    def _answer(self, bodies: Mapping[Span, dict[str, Any]], firsts: Mapping[Span, Response | OperatorError]) -> Answer:
        firsts_on = {span: self._pages(self.first, span, body, firsts[span]) for span, body in bodies.items()}
        if not self.question.chooses and not self.needs_names:
            return self._built(self.question, firsts_on, budget=self.budget)
        found = self._built(self.first, firsts_on)
        before = [row.group for row in found.compare.rows if row.count] if found.compare else []
        totals = {row.group: row.number for row in found.rows if row.count}
        totals = dict.fromkeys(self._of_periods_alone(), Number(value=0, count=0)) | totals
        choice = choose(self.question, totals, before) if self.question.chooses else None
        if choice is None:
            pages = self._chosen(sorted(filter(None, {*totals, *before})), [])
        else:
            pages = self._chosen(choice.named, choice.others) if choice.others or self.needs_names else self._grouped
        return self._built(self.question, {span: pages(span) for span in self.spans}, choice, self.budget)

    def _of_periods_alone(self) -> Iterator[str | None]:
        """Groups that have something in a period; those of a number at the end can have nothing at the range's end."""
        cut = self.question.interval is not Interval.RANGE
        if not (cut and self.question.chooses and isinstance(self.definition.value, AtEnd)):
            return
        plain = self.question.model_copy(update={"sort": None, "top": None, "min_count": None, "compare": False})
        span = self.question.span
        body = search_body(self.definition, plain, span)
        pages = self._pages(plain, span, body, self._asked(plain, span))
        yield from (row.group for row in self._built(plain, {span: pages}).rows if row.count)

    def _built(
        self,
        question: Question,
        pages: Mapping[Span, Iterator[Response]],
        choice: Choice | None = None,
        budget: RowBudget | None = None,
    ) -> Answer:
        asked, *before = pages.values()
        return build_answer(self.definition, question, asked, before[0] if before else None, choice, budget)

    def _of_one_total(self, answer: Answer) -> Answer:
        """The answer, with the total of the question without groups and periods.

        A digest of more values than it keeps depends on the order in which Elasticsearch reads the documents, and
        groups change that order.
        """
        if answer.exact:
            return answer
        if self.question.exact:
            raise InvalidQuestion("exact", TOO_MANY_VALUES)
        alone = self.question.of_total()
        found = self._built(alone, {span: iter([self._asked(alone, span)]) for span in self.spans})
        answer = answer.model_copy(update={"total": found.total})
        if answer.compare and found.compare:
            compare = answer.compare.model_copy(update={"total": found.compare.total})
            answer = answer.model_copy(update={"compare": compare})
        return answer

    def _chosen(self, named: Sequence[str], others: Sequence[str]) -> "Callable[[Span], Iterator[Response]]":
        """The pages of a range with the groups of these names, and the others together."""
        chosen = chosen_pages(self.question, named, others)
        return lambda span: (self._asked(self.question, span, page) for page in chosen)

    def _grouped(self, span: Span) -> Iterator[Response]:
        body = search_body(self.definition, self._put(self.question, span), span)
        return self._pages(self.question, span, body, self._asked(self.question, span))

    def _put(self, question: Question, span: Span) -> Question:
        """The question as it is put to one of the spans."""
        return question if span == self.question.span else earlier_question(question)

    def _asked(self, question: Question, span: Span, page: Page | Chosen | None = None) -> Response:
        body = search_body(self.definition, self._put(question, span), span, page)
        return search_once(self.client, self.alias, body, question.workspace)

    def _pages(
        self, question: Question, span: Span, body: dict[str, Any], found: Response | OperatorError
    ) -> Iterator[Response]:
        """The response to `body` and further ones, if there are more groups than one response can hold."""
        while True:
            if isinstance(found, OperatorError):
                raise found
            yield found
            page = next_page(self.definition, question, body, found)
            if page is None:
                return
            body = search_body(self.definition, self._put(question, span), span, page)
            found = search_once(self.client, self.alias, body, question.workspace)


def has_documents(client: Elasticsearch, prefix: str, dataset: str, workspace: str) -> bool:
    """Whether the workspace has any documents: a report of zeros may mean a mistyped name."""
    found = search_once(client, search.alias_name(prefix, dataset), any_body(workspace), workspace)
    return bool(found["hits"]["total"]["value"])


def workspaces(client: Elasticsearch, prefix: str, dataset: str) -> list[str]:
    """The workspaces that have documents, by name; the first thousand."""
    found = search_once(client, search.alias_name(prefix, dataset), workspaces_body())
    return [bucket["key"] for bucket in found["aggregations"]["workspaces"]["buckets"]]


def latest_day(
    client: Elasticsearch, prefix: str, definition: Definition, workspace: str, zone: ZoneInfo
) -> date | None:
    """The local date of the newest document that the report could count, None if there is none."""
    found = search_once(
        client, search.alias_name(prefix, definition.dataset), latest_body(definition, workspace), workspace
    )
    aggregations = found["aggregations"]
    milliseconds = (aggregations[definition.nested_path] if definition.by_day_of_action else aggregations)["latest"][
        "value"
    ]
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, zone).date()
