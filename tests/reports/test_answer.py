from typing import Any

import pytest

from indexer.reports import InvalidQuestion, build_answer, read_question
from tests.reports.definitions import definition


def answered(responses: list[dict[str, Any]], before: list[dict[str, Any]] | None = None, **other: Any) -> Any:
    """The JSON object that the responses become."""
    parameters = {"workspace": "w", "from": "2024-02-28", "to": "2024-03-01", **other}
    question = read_question(definition(), parameters)
    return build_answer(definition(), question, responses, before).json_object()


def response(total: int, buckets: list[tuple[str, int]]) -> dict[str, Any]:
    return {"hits": {"total": {"value": total}}, "aggregations": {"periods": periods(buckets)}}


def grouped(total: int, groups: dict[str | None, list[tuple[str, int]]]) -> dict[str, Any]:
    buckets = [{"key": {"group": group}, "periods": periods(counts)} for group, counts in groups.items()]
    return {"hits": {"total": {"value": total}}, "aggregations": {"groups": {"buckets": buckets}}}


def periods(buckets: list[tuple[str, int]]) -> dict[str, Any]:
    return {"buckets": [{"key_as_string": day, "doc_count": count} for day, count in buckets]}


def short(answer: Any) -> list[tuple[Any, ...]]:
    return [(row["period"], row["group"], row["count"]) for row in answer["rows"]]


def test_the_answer_is_the_object_of_the_contract():
    assert answered([response(3, [("2024-02-28", 2), ("2024-03-01", 1)])]) == {
        "report": "opened",
        "workspace": "w",
        "from": "2024-02-28",
        "to": "2024-03-01",
        "time_zone": "UTC",
        "interval": "day",
        "group_by": None,
        "office_hours": False,
        "unit": "conversations",
        "total": {"value": 3, "count": 3},
        "rows": [
            {"period": "2024-02-28", "group": None, "value": 2, "count": 2},
            {"period": "2024-02-29", "group": None, "value": 0, "count": 0},
            {"period": "2024-03-01", "group": None, "value": 1, "count": 1},
        ],
    }


def test_the_first_week_and_month_may_begin_before_the_range():
    assert short(answered([response(3, [("2024-02-26", 3)])], interval="week")) == [("2024-02-26", None, 3)]
    assert short(answered([response(3, [("2024-03-01", 3)])], interval="month")) == [
        ("2024-02-01", None, 0),
        ("2024-03-01", None, 3),
    ]


def test_groups_are_in_order_within_each_period_and_none_is_last():
    pages = [
        grouped(4, {None: [("2024-02-28", 1)], "b": [("2024-02-28", 2)]}),
        grouped(9, {"a": [("2024-03-01", 2)]}),
    ]
    answer = answered(pages, group_by="tag")
    assert short(answer) == [
        ("2024-02-28", "a", 0),
        ("2024-02-28", "b", 2),
        ("2024-02-28", None, 1),
        ("2024-02-29", "a", 0),
        ("2024-02-29", "b", 0),
        ("2024-02-29", None, 0),
        ("2024-03-01", "a", 2),
        ("2024-03-01", "b", 0),
        ("2024-03-01", None, 0),
    ]
    assert answer["total"] == {"value": 4, "count": 4}  # not a sum: a conversation can be in several groups


def test_without_a_single_group_the_periods_are_there():
    assert short(answered([grouped(0, {})], group_by="tag")) == [
        ("2024-02-28", None, 0),
        ("2024-02-29", None, 0),
        ("2024-03-01", None, 0),
    ]


def test_a_bucket_beside_the_range_is_not_lost():
    buckets = [("2024-02-27", 1), ("2024-02-28", 2), ("2024-03-02", 4)]
    assert short(answered([response(7, buckets)])) == [
        ("2024-02-28", None, 3),
        ("2024-02-29", None, 0),
        ("2024-03-01", None, 4),
    ]


def test_a_comparison_is_there_only_if_asked_for():
    compared = answered([response(1, [("2024-03-01", 1)])], [response(5, [("2024-02-25", 5)])], compare=True)
    assert compared["compare"] == {
        "from": "2024-02-25",
        "to": "2024-02-27",
        "total": {"value": 5, "count": 5},
        "rows": [
            {"period": "2024-02-25", "group": None, "value": 5, "count": 5},
            {"period": "2024-02-26", "group": None, "value": 0, "count": 0},
            {"period": "2024-02-27", "group": None, "value": 0, "count": 0},
        ],
    }


def test_pages_beyond_the_largest_answer_are_not_asked_for():
    asked = 0

    def pages() -> Any:
        nonlocal asked
        while True:
            asked += 1
            yield grouped(1, {f"{asked}-{number}": [] for number in range(1000)})

    with pytest.raises(InvalidQuestion, match="group_by: there are at least 2,000 groups in 91 periods"):
        answered(pages(), group_by="tag", **{"from": "2024-01-01", "to": "2024-03-31"})
    assert asked == 2
