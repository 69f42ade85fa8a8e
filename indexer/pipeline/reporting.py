"""Running reports: questions put to Elasticsearch, and their answers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from elasticsearch import Elasticsearch

from indexer import search
from indexer.errors import OperatorError
from indexer.pipeline.catalogue import Catalogue, UnknownReport, by_category, find_report, load_reports, mapped_fields
from indexer.pipeline.searching import NoIndexYet, Response, TooManyBuckets, search_many, search_once, too_large
from indexer.reports import (
    Answer,
    Definition,
    InvalidQuestion,
    Question,
    Span,
    any_body,
    build_answer,
    latest_body,
    next_page,
    search_body,
    workspaces_body,
)

__all__ = [
    "Catalogue",
    "NoIndexYet",
    "UnknownReport",
    "by_category",
    "find_report",
    "has_documents",
    "latest_day",
    "load_reports",
    "mapped_fields",
    "run_report",
    "run_reports",
    "workspaces",
]


def run_report(client: Elasticsearch, prefix: str, definition: Definition, question: Question) -> Answer:
    """The answer to a question that has been checked against the report.

    Raises `NoIndexYet`, `ServiceUnavailable`, and `InvalidQuestion` if there are too many groups or values.
    """
    run = _Run(client, search.alias_name(prefix, definition.dataset), definition, question)
    return run.answer({span: run.page(run.body(span)) for span in run.spans})


def run_reports(
    client: Elasticsearch, prefix: str, asked: Sequence[tuple[Definition, Question]]
) -> list[Answer | InvalidQuestion | OperatorError]:
    """The answers to many checked questions by one request, in their order; an error in the place of its answer.

    Only groups beyond the first page take requests of their own. Raises `ServiceUnavailable` if the request as a
    whole fails.
    """
    runs = [
        _Run(client, search.alias_name(prefix, definition.dataset), definition, question)
        for definition, question in asked
    ]
    searches = [(run.alias, run.body(span), run.question.workspace) for run in runs for span in run.spans]
    responses = iter(search_many(client, searches))
    answers: list[Answer | InvalidQuestion | OperatorError] = []
    for run in runs:
        firsts = {span: next(responses) for span in run.spans}
        try:
            answers.append(run.answer(firsts))
        except (InvalidQuestion, OperatorError) as error:
            answers.append(error)
    return answers


class _Run(NamedTuple):
    """A question on its way to its answer."""

    client: Elasticsearch
    alias: str
    definition: Definition
    question: Question

    @property
    def spans(self) -> list[Span]:
        """The dates asked for, and those before if it is to compare."""
        asked = self.question.span
        return [asked, asked.before()] if self.question.compare else [asked]

    def body(self, span: Span) -> dict[str, Any]:
        return search_body(self.definition, self.question, span)

    def page(self, body: Mapping[str, Any]) -> Response | OperatorError:
        try:
            return search_once(self.client, self.alias, body, self.question.workspace)
        except TooManyBuckets as error:
            return error

    def answer(self, firsts: Mapping[Span, Response | OperatorError]) -> Answer:
        """The answer, given the first page of each span."""
        asked, *before = (self._pages(span, firsts[span]) for span in self.spans)
        try:
            return build_answer(self.definition, self.question, asked, before[0] if before else None)
        except TooManyBuckets as error:
            raise too_large(exact=self.question.exact) from error

    def _pages(self, span: Span, found: Response | OperatorError) -> Iterator[Response]:
        """The responses, one unless the question asks for more groups than one response can hold."""
        body = self.body(span)
        while True:
            if isinstance(found, OperatorError):
                raise found
            yield found
            page = next_page(self.definition, self.question, body, found)
            if page is None:
                return
            body = search_body(self.definition, self.question, span, page)
            found = self.page(body)


def has_documents(client: Elasticsearch, prefix: str, dataset: str, workspace: str) -> bool:
    """Whether the workspace has anything indexed at all: a report of zeros may mean a mistyped name."""
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
    milliseconds = (aggregations["actions"] if definition.on_actions else aggregations)["latest"]["value"]
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, zone).date()
