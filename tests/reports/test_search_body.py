"""The searches as they are sent, each in a file of its own that can be read beside the question here."""

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.reports import any_body, latest_body, next_page, read_question, search_body, workspaces_body
from tests.reports.definitions import definition

GOLDEN = Path(__file__).parent / "golden"
MARCH = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-31"}

QUESTIONS: dict[str, dict[str, Any]] = {
    "march_by_day": {},
    "march_by_week_in_dublin": {"interval": "week", "time_zone": "Europe/Dublin"},
    "march_by_month_with_conditions": {"interval": "month", "where": ["tag=bug", "team=7", "tag=billing"]},
    "march_by_team": {"group_by": "team"},
}


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text())


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_becomes_this_search(name: str):
    question = read_question(definition(), MARCH | QUESTIONS[name])
    assert search_body(definition(), question, question.span) == golden(name)


def test_the_days_before_are_the_same_search_of_other_instants():
    question = read_question(definition(), MARCH)
    asked, before = (search_body(definition(), question, span) for span in (question.span, question.span.before()))
    assert before["query"]["bool"]["filter"][1] == {
        "range": {"created_at": {"gte": 1706572800, "lt": 1709251200, "format": "epoch_second"}}
    }
    before["query"]["bool"]["filter"][1] = asked["query"]["bool"]["filter"][1]
    assert before == asked


def test_the_next_page_of_groups_begins_after_the_last_group():
    question = read_question(definition(), MARCH | {"group_by": "team"})
    body = search_body(definition(), question, question.span)
    size = body["aggs"]["groups"]["composite"]["size"]
    full = {"aggregations": {"groups": {"buckets": [{}] * size, "after_key": {"group": "7"}}}}
    page = next_page(definition(), question, body, full)
    assert page == {"group": "7"}
    following = search_body(definition(), question, question.span, page)
    assert following["aggs"]["groups"]["composite"].pop("after") == {"group": "7"}
    assert following == body


def test_a_page_that_is_not_full_is_the_last():
    question = read_question(definition(), MARCH | {"group_by": "team"})
    body = search_body(definition(), question, question.span)
    assert (
        next_page(
            definition(), question, body, {"aggregations": {"groups": {"buckets": [{}], "after_key": {"group": "7"}}}}
        )
        is None
    )


def test_a_search_without_groups_has_one_page():
    question = read_question(definition(), MARCH)
    body = search_body(definition(), question, question.span)
    assert next_page(definition(), question, body, {"aggregations": {"periods": {"buckets": [{}]}}}) is None


def test_a_page_never_has_more_buckets_than_elasticsearch_allows():
    question = read_question(definition(), MARCH | {"from": "1997-01-01", "group_by": "team"})
    groups = search_body(definition(), question, question.span)["aggs"]["groups"]["composite"]["size"]
    assert groups >= 1
    assert groups * (question.span.days + 1) <= 65_536


def test_every_search_for_conversations_is_of_one_workspace():
    question = read_question(definition(), MARCH)
    of_workspace = {"term": {"workspace_id": "w"}}
    for body in (
        search_body(definition(), question, question.span),
        latest_body(definition(), "w"),
        any_body("w"),
    ):
        assert body["query"]["bool"]["filter"][0] == of_workspace


def test_the_search_for_workspaces_gives_their_names_alone():
    assert workspaces_body() == {
        "size": 0,
        "track_total_hits": False,
        "aggs": {"workspaces": {"terms": {"field": "workspace_id", "size": 1000, "order": {"_key": "asc"}}}},
    }
