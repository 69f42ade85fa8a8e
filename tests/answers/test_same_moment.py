"""Numbers of an earlier range up to the same moment, from documents that say what was there at that moment."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from elasticsearch import Elasticsearch

from indexer.answers.catalogue import load_reports
from indexer.answers.drill_down import list_conversations
from indexer.answers.run_report import run_report, run_reports
from indexer.reports import Answer, read_question
from tests.reports.indexed import Document, indexed
from tests.reports.sampled import sampled

pytestmark = pytest.mark.services

REPORTS = load_reports()
ZONE = ZoneInfo("Europe/Dublin")
DOCUMENTS = sampled("w", seed=32)
RANGE = {"workspace": "w", "from": "2024-03-22", "to": "2024-03-28", "time_zone": "Europe/Dublin", "compare": True}


def at(written: str) -> int:
    return int(datetime.fromisoformat(written).replace(tzinfo=ZONE).timestamp())


FIRST, UNTIL, NOW = at("2024-03-15 00:00"), at("2024-03-21 11:20"), at("2024-03-28 11:20")


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[tuple[Elasticsearch, str]]:
    with indexed(elasticsearch_url, DOCUMENTS) as prefix, Elasticsearch(elasticsearch_url) as client:
        yield client, prefix


def asked(index: Any, name: str, **other: Any) -> Answer:
    return run_report(*index, REPORTS[name], read_question(REPORTS[name], RANGE | {"as_of": NOW} | other))


def started(document: Document) -> bool:
    return bool(FIRST <= document.get("started_at", 0) < UNTIL)


def is_open(document: Document, moment: int) -> bool:
    return any(one["gte"] <= moment < one.get("lt", moment + 1) for one in document.get("open_during", ()))


def test_what_happened_later_in_the_earlier_range_does_not_count(index: Any) -> None:
    found = asked(index, "new_conversations").compare
    assert found is not None
    assert found.until == UNTIL
    count = sum(map(started, DOCUMENTS))
    later = sum(UNTIL <= document.get("started_at", 0) < at("2024-03-22 00:00") for document in DOCUMENTS)
    assert later
    assert (found.total.count, sum(row.count for row in found.rows)) == (count, count)
    assert [row.partial.unfinished for row in found.rows if row.partial] == [True]


@pytest.mark.parametrize("interval", ["day", "week", "range"])
@pytest.mark.parametrize("group", [{}, {"group_by": "channel"}, {"group_by": "channel", "top": 1}])
def test_so_it_is_by_every_period_and_group(index: Any, interval: str, group: dict[str, Any]) -> None:
    found = asked(index, "new_conversations", interval=interval, **group).compare
    assert found is not None
    counts = [row.count for row in found.rows] + [row.count for row in (found.others.rows if found.others else ())]
    assert sum(counts) == found.total.count == sum(map(started, DOCUMENTS))


def test_a_state_is_that_of_the_same_moment(index: Any) -> None:
    found = asked(index, "open_conversations").compare
    assert found is not None
    assert found.total.count == sum(is_open(document, UNTIL - 1) for document in DOCUMENTS) > 0
    assert found.rows[-1].count == found.total.count


EARLIER = {"compare": False, "from": "2024-03-15", "to": "2024-03-21", "until": UNTIL}


@pytest.mark.parametrize("name", ["new_conversations", "open_conversations", "closed_minus_opened", "no_reply_rate"])
@pytest.mark.parametrize("group", [None, "team"])
def test_the_earlier_range_has_the_same_numbers_and_a_list_if_asked_for_by_itself(
    index: Any, name: str, group: str | None
) -> None:
    by = {"interval": "day", "group_by": group}
    compared, alone = asked(index, name, **by).compare, asked(index, name, **by | EARLIER)
    assert compared is not None
    assert (alone.total, alone.until) == (compared.total, UNTIL)
    assert [row.number for row in alone.rows] == [row.number for row in compared.rows]
    question = read_question(REPORTS[name], RANGE | {"as_of": NOW} | by | EARLIER)
    assert list_conversations(*index, REPORTS[name], question).total == alone.total.count > 0


@pytest.mark.parametrize("name", ["conversations_without_reply", "no_reply_rate", "first_responses_within_target"])
def test_a_first_reply_after_the_moment_has_not_come_yet(index: Any, name: str) -> None:
    begun = list(filter(started, DOCUMENTS))
    answered = sum(one.get("first_response_at", UNTIL) < UNTIL for one in begun)
    later = sum(one.get("first_response_at", 0) >= UNTIL for one in begun)
    assert later
    found = asked(index, name, **EARLIER)
    expected = {
        "conversations_without_reply": (len(begun) - answered, len(begun) - answered),
        "no_reply_rate": (pytest.approx(100 * (len(begun) - answered) / len(begun)), len(begun)),
        "first_responses_within_target": (found.total.value, answered),
    }
    assert (found.total.value, found.total.count) == expected[name]


def test_an_answer_among_many_has_the_same_comparison(index: Any) -> None:
    names = ["new_conversations", "open_conversations", "median_first_response_time", "closed_minus_opened"]
    questions = [(REPORTS[name], read_question(REPORTS[name], RANGE | {"as_of": NOW})) for name in names]
    assert run_reports(*index, questions) == [asked(index, name) for name in names]


def test_a_range_that_is_over_is_compared_with_a_whole_one(index: Any) -> None:
    found = asked(index, "new_conversations", as_of=at("2024-03-29 00:00")).compare
    assert found is not None
    assert "until" not in found.model_dump(exclude_unset=True)
    whole = sum(FIRST <= document.get("started_at", 0) < at("2024-03-22 00:00") for document in DOCUMENTS)
    assert found.total.count == whole
