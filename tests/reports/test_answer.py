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
        "where": [],
        "exact": True,
        "average": {"value": 1, "per": "day", "days": 3},
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


def test_without_a_single_group_the_answer_has_its_periods():
    assert short(answered([grouped(0, {})], group_by="tag")) == [
        ("2024-02-28", None, 0),
        ("2024-02-29", None, 0),
        ("2024-03-01", None, 0),
    ]


def test_a_comparison_is_there_only_if_asked_for():
    compared = answered([response(1, [("2024-03-01", 1)])], [response(5, [("2024-02-25", 5)])], compare=True)
    assert compared["compare"] == {
        "from": "2024-02-25",
        "to": "2024-02-27",
        "total": {"value": 5, "count": 5},
        "rows": [
            {"period": "2024-02-25", "group": None, "value": 5, "count": 5, "beside": "2024-02-28"},
            {"period": "2024-02-26", "group": None, "value": 0, "count": 0, "beside": "2024-02-29"},
            {"period": "2024-02-27", "group": None, "value": 0, "count": 0, "beside": "2024-03-01"},
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


def answer_of(value: dict[str, Any], responses: list[dict[str, Any]], **other: Any) -> Any:
    report = definition(value=value, **({} if "share" in value else {"group_by": []}))
    given = {"workspace": "w", "from": "2024-02-28", "to": "2024-02-29", **other}
    return build_answer(report, read_question(report, given), responses).json_object()


def test_a_share_is_of_all_of_its_period():
    response = grouped(5, {"a": [("2024-02-28", 1)], "b": [("2024-02-28", 2)]})
    response["aggregations"]["periods"] = periods([("2024-02-28", 4)])
    answer = answer_of({"share": "conversations"}, [response], group_by="tag")
    assert [(row["group"], row["value"], row["count"]) for row in answer["rows"]] == [
        ("a", 25, 1),
        ("b", 50, 2),
        ("a", None, 0),
        ("b", None, 0),
    ]
    assert answer["total"] == {"value": 100, "count": 5}


def test_a_distribution_has_every_part_in_percent_of_those_with_a_value():
    def bucket(having: int, *parts: int) -> dict[str, Any]:
        return {"having": {"doc_count": having}, "parts": {"buckets": [{"doc_count": part} for part in parts]}}

    response = {
        "hits": {"total": {"value": 9}},
        "aggregations": {
            **bucket(4, 3, 1),
            "periods": {"buckets": [{"key_as_string": "2024-02-28", "doc_count": 9, **bucket(4, 3, 1)}]},
        },
    }
    answer = answer_of({"distribution": {"field": "reassignments_after_first_reply", "bounds": [300]}}, [response])
    assert [(row["group"], row["value"], row["count"]) for row in answer["rows"]] == [
        ("< 5 m", 75, 3),
        (">= 5 m", 25, 1),
        ("< 5 m", None, 0),
        (">= 5 m", None, 0),
    ]
    assert answer["total"] == {"value": 100, "count": 4}


def test_a_heatmap_adds_up_the_hours_of_every_week_and_is_one_period_by_itself():
    hours = [
        {"key": 1_709_114_400_000, "doc_count": 2},
        {"key": 1_709_719_200_000, "doc_count": 3},
        {"key": 1_709_118_000_000, "doc_count": 4},
    ]
    response = {"hits": {"total": {"value": 9}}, "aggregations": {"hours_from_1709078400": {"buckets": hours}}}
    answer = answer_of({"heatmap": "conversations"}, [response], to="2024-03-12")
    assert (answer["interval"], len(answer["rows"])) == ("range", 168)
    found = {row["group"]: row["value"] for row in answer["rows"] if row["count"]}
    assert found == {"Wed 10": 5, "Wed 11": 4}  # 28 February and 6 March 2024 are Wednesdays


def test_a_state_has_the_end_of_the_range_as_its_total_and_no_group_that_is_in_no_row():
    def states(*counts: int) -> dict[str, Any]:
        days = ("2024-02-28", "2024-02-29")
        buckets = {day: {"doc_count": count} for day, count in zip(days, counts, strict=True)}
        return {"from_2024-02-28": {"periods": {"buckets": buckets}}}

    report = definition(axis="end_of_period", value={"at_end": "open_during"})
    question = read_question(report, {"workspace": "w", "from": "2024-02-28", "to": "2024-02-29", "group_by": "team"})
    response = {
        "hits": {"total": {"value": 7}},
        "aggregations": {
            "at_the_end": {"doc_count": 2},
            "groups": {
                "buckets": [
                    {"key": {"group": "7"}, "doc_count": 5} | states(3, 2),
                    {"key": {"group": "8"}, "doc_count": 2} | states(0, 0),
                ]
            },
        },
    }
    answer = build_answer(report, question, [response]).json_object()
    assert [(row["group"], row["value"]) for row in answer["rows"]] == [("7", 3), ("7", 2)]
    assert answer["total"] == {"value": 2, "count": 2}
