"""Medians and percentiles, approximate within the documented bound and exact, over a real index."""

import math
import random
from collections.abc import Iterator
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.pipeline.reporting import load_reports, run_report
from indexer.reports import InvalidQuestion, read_question
from tests.reports.indexed import conversation, indexed

REPORTS = load_reports()
FIRST = 1_709_251_200
DAYS = 31
MARCH = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-31"}


def documents() -> list[dict[str, Any]]:
    """Conversations of March 2024 with times to answer, the lists of which have the same time twice and more."""
    dice = random.Random(3)
    found = []
    for number in range(1_500):
        at = FIRST + dice.randrange(DAYS * 86_400)
        times = [dice.choice([60, 61, dice.randrange(90_000)]) for _ in range(dice.randrange(5))]
        found.append(
            conversation(
                number,
                at,
                started_at=at,
                channel=dice.choice(["email", "chat"]),
                reply_times=times,
                **({"first_response_time": times[0]} if times else {}),
            )
        )
    return found


DOCUMENTS = documents()


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[tuple[Elasticsearch, str]]:
    with indexed(elasticsearch_url, DOCUMENTS) as prefix, Elasticsearch(elasticsearch_url) as client:
        yield client, prefix


def at_rank(values: list[int], place: float) -> float:
    lower, upper = values[math.floor(place)], values[math.ceil(place)]
    return lower + (upper - lower) * (place - math.floor(place))


@pytest.mark.services
@pytest.mark.parametrize(
    ("name", "field", "percent"),
    [
        ("median_first_response_time", "first_response_time", 50),
        ("p90_first_response_time", "first_response_time", 90),
        ("median_response_time_started", "reply_times", 50),
    ],
)
@pytest.mark.parametrize("interval", ["day", "range"])
@pytest.mark.parametrize("exact", [True, False])
def test_a_percentile_is_exact_or_within_the_bound(
    index: Any, name: str, field: str, percent: int, interval: str, exact: bool
) -> None:
    given = MARCH | {"interval": interval, "exact": exact, "group_by": "channel"}
    answer = run_report(*index, REPORTS[name], read_question(REPORTS[name], given))
    assert len(answer.rows) == 2 * (DAYS if interval == "day" else 1)
    cells = [(answer.total, None, None), *((row, row.period, row.group) for row in answer.rows)]
    for number, period, group in cells:
        day = None if period is None or interval == "range" else period.day - 1
        values = sorted(
            value
            for document in DOCUMENTS
            if (group in {None, document["channel"]})
            and day in {None, (document["created_at"] - FIRST) // 86_400}
            and field in document
            for value in (document[field] if isinstance(document[field], list) else [document[field]])
        )
        assert number.count == len(values)
        place = (len(values) - 1) * percent / 100
        if exact:
            assert number.value == pytest.approx(at_rank(values, place))
            continue
        slack = max(1, len(values) / 100)
        lowest, highest = (
            values[max(0, math.floor(place - slack))],
            values[min(len(values) - 1, math.ceil(place + slack))],
        )
        assert number.value is not None
        assert lowest <= number.value <= highest


@pytest.mark.services
def test_more_values_than_one_answer_can_have_are_refused(index: Any) -> None:
    client, prefix = index
    question = read_question(REPORTS["median_first_response_time"], MARCH | {"exact": True, "interval": "range"})
    client.cluster.put_settings(transient={"search.max_buckets": 100})
    try:
        with pytest.raises(InvalidQuestion, match="exact: there are too many different values for one exact answer"):
            run_report(client, prefix, REPORTS["median_first_response_time"], question)
    finally:
        client.cluster.put_settings(transient={"search.max_buckets": None})
    assert run_report(client, prefix, REPORTS["median_first_response_time"], question).total.count


@pytest.mark.services
def test_a_whole_range_is_one_period_with_the_total_of_all(index: Any) -> None:
    report = REPORTS["median_first_response_time"]
    answer = run_report(*index, report, read_question(report, MARCH | {"interval": "range", "exact": True}))
    [row] = answer.rows
    assert (row.period, row.value, row.count) == (answer.from_, answer.total.value, answer.total.count)
    assert answer.interval == "range"
