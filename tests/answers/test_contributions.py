"""Random questions to every report: the lists behind their numbers are as long, and what each row adds makes them."""

import random
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.answers.catalogue import load_reports
from indexer.answers.drill_down import list_conversations
from indexer.answers.run_report import run_report
from indexer.reports import Definition, Question, Row, read_question
from indexer.reports.numbers.quantile import rounded
from tests.reports.indexed import indexed
from tests.reports.sampled import ENDS_AT, sampled

pytestmark = pytest.mark.services

ON_CONVERSATIONS = {name: one for name, one in load_reports().items() if one.dataset == "conversations"}
ZONES = ["Europe/London", "Europe/Dublin", "Pacific/Auckland", "Asia/Kathmandu"]
"""The sample lasts over a change of the clocks in three of them."""

MADE_OF: dict[str, Callable[[Definition, Sequence[float]], float]] = {
    "count": lambda _, values: sum(values),
    "sum": lambda _, values: sum(values),
    "time_in": lambda _, values: sum(values),
    "at_end": lambda _, values: sum(values),
    "net_outflow": lambda _, values: sum(values),
    "heatmap": lambda _, values: sum(values),
    "min": lambda _, values: min(values),
    "max": lambda _, values: max(values),
    "range": lambda _, values: max(values) - min(values),
    "mean": lambda _, values: sum(values) / len(values),
    "rate": lambda _, values: sum(values) / len(values),
    "median": lambda report, values: rounded(report, median(values)),
}
"""How a number is made of those of documents; others are shares of what is not in their list."""

OF_ALL_VALUES = {"mean", "rate", "median"}
"""Kinds that are not made of one number for each document if a document has several values."""


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[tuple[Elasticsearch, str]]:
    with indexed(elasticsearch_url, sampled("w", seed=32)) as prefix, Elasticsearch(elasticsearch_url) as client:
        yield client, prefix


def some_question(report: Definition, dice: random.Random) -> Question:
    asked: dict[str, Any] = {
        "workspace": "w",
        "time_zone": dice.choice(ZONES),
        "group_by": dice.choice([*report.group_by, "none"]),
        "as_of": ENDS_AT + 604_800,
    }
    if report.measures_durations:
        asked["office_hours"] = dice.random() < 0.3
    if not report.is_board:
        first = dice.randrange(10, 25)
        asked |= {"from": f"2024-03-{first}", "to": f"2024-04-{dice.randrange(1, 10):02}"}
        asked |= {"interval": dice.choice(["day", "week", "month", "range"])}
    return read_question(report, asked)


@pytest.mark.parametrize("report", ON_CONVERSATIONS.values(), ids=list(ON_CONVERSATIONS))
def test_a_list_is_as_long_as_its_number_counts_and_its_rows_make_the_number(index: Any, report: Definition) -> None:
    dice = random.Random(report.name)
    tried = 0
    for _ in range(3):
        question = some_question(report, dice)
        answer = run_report(*index, report, question)
        rows = [row for row in answer.rows if row.count]
        for row in dice.sample(rows, min(3, len(rows))):
            check_row(index, report, question, row)
            tried += 1
    assert tried


def check_row(index: Any, report: Definition, question: Question, row: Row) -> None:
    group = {} if question.group_by is None and row.group is None else {"group": row.group}
    page = list_conversations(*index, report, question, period=row.period, size=1_000, **group)
    values = [one.value for one in page.rows if one.value is not None]
    said = (question, row)
    assert len(page.rows) == page.total, said
    has_several = report.counts_actions or (report.measured_field or "").endswith("reply_times")
    if has_several:
        assert 0 < page.total <= row.count, said
    else:
        assert page.total == row.count, said
    kind = report.value.key()
    if kind in MADE_OF and row.value is not None and not (has_several and kind in OF_ALL_VALUES):
        assert MADE_OF[kind](report, values) == pytest.approx(row.value, rel=1e-9), said
