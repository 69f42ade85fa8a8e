"""Filters as JSON: the same meaning as the text, and errors with the path of the mistake."""

from typing import Any

import jsonschema_rs
import pytest

from indexer.people.filters import FilterError, filter_as_json, filter_from_json, parse_filter
from indexer.people.filters.filter_schema import FILTER_SCHEMA
from tests.people.filters.asked_filters import asked_filters
from tests.people.filters.filter_workspace import scope

SCOPE = scope()
PLAN = {"subject": "attribute", "name": "plan", "operator": "is", "values": ["free"]}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('plan is "free"', PLAN),
        (
            'plan is "free" and (seats > 3 or paying is true)',
            {
                "and": [
                    PLAN,
                    {
                        "or": [
                            {"subject": "attribute", "name": "seats", "operator": "greater_than", "values": [3]},
                            {"subject": "attribute", "name": "paying", "operator": "is", "values": [True]},
                        ]
                    },
                ]
            },
        ),
        (
            'event "export" last on 2026-01-31',
            {"subject": "event", "name": "export", "measure": "last", "operator": "on", "values": ["2026-01-31"]},
        ),
        ("company is unknown", {"subject": "company", "operator": "is_unknown"}),
        (
            "company.staff in (1, 2)",
            {"subject": "company_attribute", "name": "staff", "operator": "in", "values": [1, 2]},
        ),
    ],
)
def test_text_and_json_say_the_same(text: str, written: dict[str, Any]) -> None:
    assert filter_as_json(parse_filter(text, SCOPE)) == written
    assert filter_from_json(written, SCOPE) == parse_filter(text, SCOPE)


def test_a_group_of_one_is_the_filter_in_it() -> None:
    assert filter_from_json({"and": [{"or": [PLAN]}]}, SCOPE) == filter_from_json(PLAN, SCOPE)


@pytest.mark.parametrize(
    ("written", "path", "words"),
    [
        (None, "", "is an object"),
        ([PLAN], "", "is an object"),
        ({}, "subject", "is missing"),
        ({"and": []}, "and", "at least one"),
        ({"and": PLAN}, "and", "list"),
        ({"and": [PLAN], "or": [PLAN]}, "", "cannot stand beside"),
        ({"and": [PLAN, {"or": [PLAN, 5]}]}, "and[1].or[1]", "is an object"),
        ({**PLAN, "subject": "atribute"}, "subject", "is not one"),
        ({**PLAN, "subject": ["attribute"]}, "subject", "is not one"),
        ({**PLAN, "operator": "is not"}, "operator", "is not one"),
        ({**PLAN, "value": "x"}, "", "has no value"),
        ({**PLAN, "name": ""}, "name", "is a text"),
        ({**PLAN, "name": 5}, "name", "is a text"),
        ({**PLAN, "measure": "count"}, "measure", "only attributes and events"),
        ({**PLAN, "subject": "tag"}, "name", "only attributes and events"),
        ({**PLAN, "name": "plann"}, "subject", "no attribute plann"),
        ({**PLAN, "operator": "after", "values": ["2026-01-31"]}, "operator", "cannot be asked"),
        ({**PLAN, "values": "free"}, "values", "is a list"),
        ({**PLAN, "values": []}, "operator", "needs a value"),
        ({**PLAN, "values": ["a", "b"]}, "values[1]", "at most 1"),
        ({**PLAN, "operator": "is_unknown"}, "values[0]", "no value"),
        ({**PLAN, "values": [None]}, "values[0]", "is a text, a number"),
        ({**PLAN, "values": [3]}, "values[0]", "3 is not"),
        ({**PLAN, "values": ["\ud800"]}, "values[0]", "lone surrogate"),
        ({**PLAN, "values": ["x" * 1_001]}, "values[0]", "longer than 1,000"),
        ({**PLAN, "name": "seats", "values": [float("nan")]}, "values[0]", "too large"),
        ({**PLAN, "name": "signed_up_at", "operator": "on", "values": [20_000]}, "values[0]", "YYYY-MM-DD"),
        ({**PLAN, "name": "signed_up_at", "operator": "exactly_days_ago", "values": [True]}, "values[0]", "whole"),
        ({"subject": "event", "name": "export", "operator": "is", "values": [3]}, "measure", "is a text"),
        ({"subject": "event", "name": "e", "measure": "times", "operator": "is", "values": [3]}, "subject", "times is"),
        ({**PLAN, "operator": "in", "values": ["x"] * 501}, "values[500]", "at most 500"),
    ],
)
def test_a_mistake_is_named_with_its_path(written: Any, path: str, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        filter_from_json(written, SCOPE)
    assert (caught.value.path, caught.value.position) == (path, None)
    assert words in caught.value.reason
    assert str(caught.value).startswith(path)


def test_groups_that_are_nested_too_deep_are_refused() -> None:
    written: Any = PLAN
    for _ in range(1_000):
        written = {"and": [written, PLAN]}
    with pytest.raises(FilterError, match="nested more than 8 deep"):
        filter_from_json(written, SCOPE)


def test_every_filter_has_the_form_of_the_schema() -> None:
    schema = jsonschema_rs.validator_for(FILTER_SCHEMA)
    assert [one for one, _ in asked_filters() if not schema.is_valid(filter_as_json(one))] == []
    for wrong in (
        {},
        {"and": []},
        {**PLAN, "operator": "is not"},
        {**PLAN, "value": "x"},
        {"and": [PLAN], "or": [PLAN]},
    ):
        assert not schema.is_valid(wrong)
