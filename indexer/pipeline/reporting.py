"""Running reports: questions put to Elasticsearch, and their answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from elasticsearch import Elasticsearch

from indexer import search
from indexer.errors import OperatorError
from indexer.pipeline.catalogue import Catalogue, UnknownReport, find_report, load_reports, mapped_fields
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
    "find_report",
    "has_documents",
    "latest_day",
    "load_reports",
    "mapped_fields",
    "run_report",
    "run_reports",
    "workspaces",
]

_Asked = tuple[Definition, Question]


def run_report(client: Elasticsearch, prefix: str, definition: Definition, question: Question) -> Answer:
    """The answer to a question that has been checked against the report.

    Raises `NoIndexYet`, `ServiceUnavailable`, and `InvalidQuestion` if there are too many groups or values.
    """
    alias = search.alias_name(prefix, definition.dataset)

    def pages(span: Span) -> Iterator[Response]:
        first = search_once(client, alias, search_body(definition, question, span), question.workspace)
        return _pages(client, alias, definition, question, span, first)

    return _answer(definition, question, pages)


def run_reports(
    client: Elasticsearch, prefix: str, asked: Sequence[_Asked]
) -> list[Answer | InvalidQuestion | OperatorError]:
    """The answers to many checked questions by one request, in their order; an error in the place of its answer.

    Only groups beyond the first page take requests of their own. Raises `ServiceUnavailable` if the request as a
    whole fails.
    """
    spans = [(definition, question, span) for definition, question in asked for span in _spans(question)]
    responses = iter(
        search_many(
            client,
            [
                (
                    search.alias_name(prefix, definition.dataset),
                    search_body(definition, question, span),
                    question.workspace,
                )
                for definition, question, span in spans
            ],
        )
    )
    answers: list[Answer | InvalidQuestion | OperatorError] = []
    for definition, question in asked:
        firsts = {span: next(responses) for span in _spans(question)}
        try:
            answers.append(_of_firsts(client, prefix, definition, question, firsts))
        except (InvalidQuestion, OperatorError) as error:
            answers.append(error)
    return answers


def _of_firsts(
    client: Elasticsearch,
    prefix: str,
    definition: Definition,
    question: Question,
    firsts: Mapping[Span, Response | OperatorError],
) -> Answer:
    """The answer whose first page, for each span, is there already."""
    alias = search.alias_name(prefix, definition.dataset)

    def pages(span: Span) -> Iterator[Response]:
        first = firsts[span]
        if isinstance(first, OperatorError):
            raise first
        return _pages(client, alias, definition, question, span, first)

    return _answer(definition, question, pages)


def _spans(question: Question) -> list[Span]:
    return [question.span, question.span.before()] if question.compare else [question.span]


def _answer(definition: Definition, question: Question, pages: Callable[[Span], Iterator[Response]]) -> Answer:
    try:
        before = pages(question.span.before()) if question.compare else None
        return build_answer(definition, question, pages(question.span), before)
    except TooManyBuckets as error:
        raise too_large(exact=question.exact) from error


def _pages(
    client: Elasticsearch, alias: str, definition: Definition, question: Question, span: Span, first: Response
) -> Iterator[Response]:
    """The responses, one unless the question asks for more groups than one response can hold."""
    response, body = first, search_body(definition, question, span)
    while True:
        yield response
        page = next_page(definition, question, body, response)
        if page is None:
            return
        body = search_body(definition, question, span, page)
        response = search_once(client, alias, body, question.workspace)


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
