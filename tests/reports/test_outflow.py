"""What left a state and what came into it, read off how many were in it at instants and how many of them stayed."""

from typing import Any

from indexer.reports.outflow import flowed, flows

BOUNDS = {"2024-03-01": (100, 200), "2024-03-02": (200, 300)}


def test_a_state_is_asked_once_for_each_instant_and_again_only_of_those_in_it() -> None:
    assert flows("open_during", BOUNDS) == {
        "2024-03-01": {
            "filter": {"term": {"open_during": 99}},
            "aggs": {"stayed": {"filter": {"term": {"open_during": 199}}}},
        },
        "2024-03-02": {
            "filter": {"term": {"open_during": 199}},
            "aggs": {"stayed": {"filter": {"term": {"open_during": 299}}}},
        },
        "after": {"filter": {"term": {"open_during": 299}}},
    }


def test_conversations_that_did_not_stay_have_left_and_later_ones_have_entered() -> None:
    bucket: dict[str, Any] = {
        "doc_count": 9,
        "after": {"doc_count": 4},
        "2024-03-02": {"doc_count": 3, "stayed": {"doc_count": 2}},
        "2024-03-01": {"doc_count": 5, "stayed": {"doc_count": 1}},
    }
    assert list(flowed(bucket)) == [
        ("2024-03-01", {"doc_count": 6, "left": 4, "entered": 2}),
        ("2024-03-02", {"doc_count": 3, "left": 1, "entered": 2}),
    ]
