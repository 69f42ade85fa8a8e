"""The rate of automation by the AI agent is involvement times resolution, exactly, and no custom answer is in it."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.answers.catalogue import load_reports
from indexer.answers.run_report import run_report
from indexer.reports import Answer, read_question
from tests.reports.indexed import conversation, indexed

pytestmark = pytest.mark.services

REPORTS = load_reports()
NOON = 1_772_452_800  # 2026-03-02
ANSWERS = (None, "ai_answer", "custom_answer")
STATES = (None, "assumed_resolution", "confirmed_resolution", "escalated", "negative_feedback", "procedure_handoff")
SOURCES = (None, "workflow", "fin_preview", "workflow_preview")


def documents() -> Iterator[dict[str, Any]]:
    """Conversations with every combination of answer, state and source, and some without the agent."""
    for number, (answer, state, source) in enumerate(product(ANSWERS, STATES, SOURCES)):
        said = {"last_answer_type": answer, "resolution_state": state, "source_type": source}
        ai = {"participated": True} | {name: value for name, value in said.items() if value}
        yield conversation(number, NOON, started_at=NOON, ai=ai, channel=("email", "sms")[number % 2])
    for number in range(1000, 1013):
        yield conversation(number, NOON, started_at=NOON, ai={"participated": False}, channel="email")
        yield conversation(number + 100, NOON, started_at=NOON, channel="sms")


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[tuple[Elasticsearch, str]]:
    with indexed(elasticsearch_url, list(documents())) as prefix, Elasticsearch(elasticsearch_url) as client:
        yield client, prefix


def ask(index: tuple[Elasticsearch, str], name: str, *where: str) -> Answer:
    asked: dict[str, Any] = {"workspace": "w", "from": "2026-03-02", "to": "2026-03-02", "where": list(where)}
    return run_report(*index, REPORTS[name], read_question(REPORTS[name], asked))


def share(answer: Answer) -> Fraction:
    """The percentage as the fraction of whole numbers that it was computed from."""
    assert answer.total.value is not None
    met = round(answer.total.value * answer.total.count / 100)
    assert answer.total.value == pytest.approx(100 * met / answer.total.count, abs=1e-9)
    return Fraction(met, answer.total.count)


@pytest.mark.parametrize("where", [(), ("channel=email",), ("channel=sms",)])
def test_automation_is_involvement_times_resolution(index: tuple[Elasticsearch, str], where: tuple[str, ...]) -> None:
    involvement, resolution, automation = (
        share(ask(index, f"ai_{name}_rate", *where)) for name in ("involvement", "resolution", "automation")
    )
    assert 0 < automation == involvement * resolution < involvement
    resolutions = ask(index, "ai_resolutions", *where).total.count
    assert automation == Fraction(resolutions, ask(index, "ai_automation_rate", *where).total.count)


def test_a_custom_answer_is_a_resolution_for_neither(index: tuple[Elasticsearch, str]) -> None:
    for name in ("ai_resolution_rate", "ai_automation_rate"):
        assert share(ask(index, name, "ai_answer=custom_answer")) == 0
        assert share(ask(index, name, "ai_answer=ai_answer")) > 0
    assert share(ask(index, "ai_automation_rate_of_any_answer", "ai_answer=custom_answer")) > 0
