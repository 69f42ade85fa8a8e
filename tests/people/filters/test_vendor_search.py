"""Searches of the vendor's API, read as filters."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from indexer.people.filters import (
    FilterError,
    filter_as_json,
    filter_from_search,
    parse_filter,
    print_filter,
    read_filter,
)
from tests.people.filters.filter_workspace import scope

SCOPE = scope()


def field(name: str, operator: str, value: Any) -> dict[str, Any]:
    return {"field": name, "operator": operator, "value": value}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (field("email", "=", "a@example.com"), 'email is "a@example.com"'),
        (field("email", "!=", "a@example.com"), 'email is not "a@example.com"'),
        (field("email", "=", None), "email is unknown"),
        (field("email", "!=", None), "email has any value"),
        (field("email", "~", "@Example"), 'email contains "@Example"'),
        (field("email", "!~", "x"), 'email does not contain "x"'),
        (field("email", "^", "x"), 'email starts with "x"'),
        (field("email", "$", "x"), 'email ends with "x"'),
        (field("role", "IN", ["user", "lead"]), 'role in ("user", "lead")'),
        (field("role", "NIN", ["user"]), 'role not in ("user")'),
        (field("custom_attributes.plan", "=", "free"), 'plan is "free"'),
        (field("custom_attributes.seats", ">=", 3), "seats >= 3"),
        (field("custom_attributes.seats", "<", "3"), "seats < 3"),
        (field("custom_attributes.score", "=", "3.5"), "score is 3.5"),
        ({"field": "custom_attributes.paying", "operator": "=", "value": True}, "paying is true"),
        (field("custom_attributes.paying", "!=", "false"), "paying is not false"),
        (field("custom_attributes.renews_on", "=", 1_577_869_200), "renews_on on 2020-01-01"),
        (field("created_at", ">", "1577869200"), "created_at after 2020-01-01"),
        (field("created_at", "<", 1_577_869_200), "created_at before 2020-01-01"),
        (field("location.city", "=", "Paris"), 'location.city is "Paris"'),
        (field("tag_id", "=", "7"), 'tag is "7"'),
        (field("segment_id", "!=", "8"), 'imported_segment is not "8"'),
        (
            {
                "operator": "OR",
                "value": [
                    {"operator": "AND", "value": [field("role", "=", "user"), field("name", "~", "a")]},
                    {"operator": "AND", "value": [field("role", "=", "lead")]},
                ],
            },
            '(role is "user" and name contains "a") or role is "lead"',
        ),
    ],
)
def test_a_search_is_a_filter(written: dict[str, Any], text: str) -> None:
    assert print_filter(filter_from_search(written, SCOPE)) == text
    assert filter_from_search({"query": written, "pagination": {"per_page": 5}}, SCOPE) == parse_filter(text, SCOPE)


def test_days_are_those_of_the_workspace() -> None:
    asked = field("created_at", "=", 1_577_836_800)  # 2020 begins in UTC
    assert print_filter(filter_from_search(asked, scope(ZoneInfo("America/Havana")))) == "created_at on 2019-12-31"


@pytest.mark.parametrize(
    ("written", "path", "words"),
    [
        (None, "", "is an object"),
        ({"query": []}, "query", "is an object"),
        ({"query": {"operator": "XOR", "value": []}}, "query.operator", "does not join"),
        ({"operator": ["AND"], "value": []}, "operator", "does not join"),
        ({"operator": "AND", "value": []}, "value", "at least one"),
        ({"operator": "AND", "value": [5]}, "value[0]", "is an object"),
        ({"operator": "AND", "value": [field("emial", "=", "x")]}, "value[0].field", "no attribute emial"),
        (field("", "=", "x"), "field", "name of a field"),
        (field("email", "==", "x"), "operator", "is not an operator"),
        (field("email", ">", "x"), "operator", "cannot be asked"),
        (field("created_at", "!=", 1_577_836_800), "operator", "is not an operator of created_at"),
        (field("created_at", ">", "yesterday"), "value", "epoch seconds"),
        (field("created_at", ">", 10**30), "value", "epoch seconds"),
        (field("email", "=", ["x"]), "value", "is a text"),
        (field("role", "=", "visitors"), "value", "no option"),
    ],
)
def test_a_mistake_is_named_with_its_path(written: Any, path: str, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        filter_from_search(written, SCOPE)
    assert caught.value.path == path
    assert words in caught.value.reason


def test_a_filter_is_read_in_each_of_its_forms() -> None:
    found = parse_filter('plan is "free" and seats > 3', SCOPE)
    search = {
        "operator": "AND",
        "value": [field("custom_attributes.plan", "=", "free"), field("custom_attributes.seats", ">", 3)],
    }
    assert read_filter('plan is "free" and seats > 3', SCOPE) == found
    assert read_filter(json.dumps(filter_as_json(found)), SCOPE) == found
    assert read_filter(json.dumps({"query": search}), SCOPE) == found
    assert read_filter(json.dumps(search), SCOPE) == found


@pytest.mark.parametrize("written", ['{"and": [', "{" * 100_000, '{"and":' * 20_000, "{" + " " * 300_000, "{}"])
def test_broken_json_is_an_error(written: str) -> None:
    with pytest.raises(FilterError):
        read_filter(written, SCOPE)
