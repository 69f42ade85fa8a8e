"""The cost of a row of an answer, in calls of functions: a slow machine makes as many as a fast one."""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from types import FrameType
from typing import Any

from indexer.reports import Definition, Question, build_answer, read_question, search_body
from tests.reports.definitions import definition

FIRST = date(2024, 1, 1)


def test_a_row_takes_few_calls() -> None:
    assert _calls_for_each_day(definition(), _answered) <= 15


def test_a_row_of_a_group_takes_few_calls() -> None:
    assert _calls_for_each_day(definition(), _answered, group_by="team") <= 3 * 15


def test_a_day_costs_the_search_next_to_nothing() -> None:
    assert _calls_for_each_day(definition(), lambda report, question: search_body(report, question, question.span)) < 1


def _answered(report: Definition, question: Question) -> None:
    assert len(build_answer(report, question, [_response(question)]).rows) == question.span.days * (
        3 if question.group_by else 1
    )


def _response(question: Question) -> dict[str, Any]:
    days = [
        {"key_as_string": str(FIRST + timedelta(day)), "key": 0, "doc_count": 7} for day in range(question.span.days)
    ]
    found: dict[str, Any] = {"periods": {"buckets": days}}
    if question.group_by:
        found = {"groups": {"buckets": [{"key": {"group": name}, "doc_count": 9, **found} for name in "abc"]}}
    return {"hits": {"total": {"value": 7 * len(days)}}, "aggregations": found}


def _calls_for_each_day(report: Definition, work: Callable[[Definition, Question], Any], **asked: str) -> float:
    few, many = 100, 300
    calls = [_calls(report, work, days, asked) for days in (few, many)]
    return (calls[1] - calls[0]) / (many - few)


def _calls(report: Definition, work: Callable[[Definition, Question], Any], days: int, asked: dict[str, str]) -> int:
    last = FIRST + timedelta(days - 1)
    question = read_question(report, {"workspace": "w", "from": FIRST, "to": last, **asked})
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    work(report, question)  # what is kept from then on is not counted
    sys.setprofile(count)
    try:
        work(report, question)
    finally:
        sys.setprofile(None)
    return calls
