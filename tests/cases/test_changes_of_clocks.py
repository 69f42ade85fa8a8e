"""Clocks that change by half an hour, and a day that never was."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from elasticsearch import Elasticsearch

from indexer.answers.catalogue import load_reports
from indexer.answers.drill_down import list_conversations
from indexer.answers.run_report import run_report
from indexer.reports import Answer, read_question
from tests.reports.indexed import conversation, indexed

pytestmark = pytest.mark.services

REPORTS = load_reports()
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
TIMES = [
    int(datetime(2025, 10, 5, *clock, tzinfo=LORD_HOWE).timestamp()) for clock in ((1, 59, 59), (2, 30), (2, 59, 59))
]
LORD_HOWES = {"workspace": "w", "from": "2025-10-05", "to": "2025-10-05", "time_zone": "Australia/Lord_Howe"}


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[tuple[Elasticsearch, str]]:
    """Three conversations with a reply each, around the change from 02:00 to 02:30."""
    documents = [
        conversation(number, at, started_at=at, actions=[{"at": at, "kind": "reply", "bot": False}])
        for number, at in enumerate(TIMES)
    ]
    with indexed(elasticsearch_url, documents) as prefix, Elasticsearch(elasticsearch_url) as client:
        yield client, prefix


def answer(index: tuple[Elasticsearch, str], name: str, **asked: Any) -> Answer:
    return run_report(*index, REPORTS[name], read_question(REPORTS[name], asked))


@pytest.mark.parametrize("name", ["busiest_periods", "busiest_reply_periods"])
@pytest.mark.parametrize("interval", ["range", "day", "week"])
def test_the_hour_after_a_gap_of_half_an_hour(index: tuple[Elasticsearch, str], name: str, interval: str) -> None:
    asked = LORD_HOWES | {"interval": interval}
    rows = {row.group: row.count for row in answer(index, name, **asked).rows if row.count}
    assert rows == {"Sun 01": 1, "Sun 02": 2}
    question = read_question(REPORTS[name], asked)
    for group, count in (("Sun 01", 1), ("Sun 02", 2), ("Sun 03", 0)):
        assert list_conversations(*index, REPORTS[name], question, group=group).total == count


NEVER = date(2011, 12, 30)
OVER_TIME = [name for name, report in REPORTS.items() if not report.is_board]


@pytest.mark.parametrize("name", OVER_TIME)
def test_a_day_that_never_was_is_answered_with_nothing(index: tuple[Elasticsearch, str], name: str) -> None:
    asked: dict[str, Any] = {
        "workspace": "w",
        "from": NEVER,
        "to": NEVER,
        "time_zone": "Pacific/Apia",
        "as_of": TIMES[0],
    }
    for more in ({"interval": "day"}, {"interval": "week", "week_start": "sunday"}, {"interval": "range"}):
        groups: list[str | None] = [None, *REPORTS[name].group_by[:1]]
        for group_by in groups:
            found = answer(index, name, **asked, **more, group_by=group_by)
            assert found.total.count == 0
            assert not any(row.count for row in found.rows)
