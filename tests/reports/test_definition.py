from typing import Any

import pytest

from indexer.reports import InvalidDefinition, read_definition
from indexer.reports.definition_conditions import Condition
from tests.reports.definitions import FIELDS, VOCABULARY, content, definition

SOURCE = "queries/conversations/opened.yaml"


def refusal(written: object) -> str:
    with pytest.raises(InvalidDefinition) as caught:
        read_definition(SOURCE, VOCABULARY, written, FIELDS)
    return str(caught.value)


def test_a_definition_is_what_its_file_says_and_where_it_lies():
    found = definition()
    assert found.dataset == "conversations"
    assert found.model_dump()["where"] == {"channel": ["email", "chat"], "reassignments_after_first_reply": 0}
    assert found.group_by == ["channel", "tag", "team", "custom.plan"]


def test_a_fault_names_file_and_key():
    assert refusal(content(value={"count": "replies"})) == (
        f"{SOURCE}: value.count: 'replies' is not one of actions, conversations"
    )


def test_every_fault_is_named():
    said = refusal(content(pipeline="newest", title=""))
    assert f"{SOURCE}: pipeline: " in said
    assert f"{SOURCE}: title: " in said


@pytest.mark.parametrize("key", ["axes", "dataset"])
def test_an_unknown_key_is_refused(key: str):
    assert f"{SOURCE}: {key}: there is no such key" in refusal(content(**{key: "created_at"}))


def test_a_missing_key_is_refused():
    written = content()
    del written["axis"]
    assert refusal(written) == f"{SOURCE}: axis: Field required"


@pytest.mark.parametrize("written", [None, [], "name: x"])
def test_a_file_without_keys_is_refused(written: object):
    assert refusal(written) == f"{SOURCE}: is not a list of keys and values"


def test_an_axis_that_the_mapping_does_not_have_is_refused():
    assert refusal(content(axis="opened_at")) == (
        f"{SOURCE}: axis: opened_at is not a field of the mapping; it has to be a date"
    )


def test_an_axis_that_is_not_a_date_is_refused():
    assert "axis: channel is of type keyword; it has to be a date" in refusal(content(axis="channel"))


@pytest.mark.parametrize("field", ["chanel", "remark", "created_at", "custom"])
def test_a_condition_on_a_field_that_cannot_be_compared_is_refused(field: str):
    assert f"where.{field}: {field} is " in refusal(content(where={field: "email"}))


def test_a_condition_with_an_empty_list_is_refused():
    assert f"{SOURCE}: where.channel" in refusal(content(where={"channel": []}))


def test_a_group_that_is_not_a_dimension_is_refused():
    assert "group_by.0: tags is not one of channel, country, " in refusal(content(group_by=["tags"]))


def test_a_group_whose_field_the_mapping_does_not_have_is_refused():
    assert "group_by.1: company stands for company_ids, which is not a field" in refusal(
        content(group_by=["channel", "company"])
    )


def test_a_count_measures_no_duration():
    assert not definition().measures_durations


def action_content(**other: Any) -> dict[str, Any]:
    """A report on actions."""
    return (
        content(axis="actions.at", where={}, action={"kind": "reply"}, value={"count": "actions"}, group_by=[]) | other
    )


def test_a_report_on_actions_names_their_fields_without_the_path():
    found = read_definition(SOURCE, VOCABULARY, action_content(value={"median": "response_time"}), FIELDS)
    assert found.measured_field == "actions.response_time"
    assert found.measures_durations
    assert not definition(value={"median": "reassignments_after_first_reply"}).measures_durations


def test_actions_can_count_on_the_day_of_their_conversation():
    by_day = action_content(axis="created_at", items="actions", value={"median": "response_time"})
    found = read_definition(SOURCE, VOCABULARY, by_day, FIELDS)
    assert found.measured_field == "actions.response_time"
    assert not found.by_day_of_action


def test_a_report_on_conversations_can_take_its_words_from_an_action_of_theirs():
    written = content(action={"kind": "reply"}, value={"mean": "reassignments_after_first_reply"}, group_by=["team"])
    found = read_definition(SOURCE, VOCABULARY, written, FIELDS)
    assert found.measured_field == "reassignments_after_first_reply"
    assert found.dimension("team").field == "actions.team_id"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            {"value": {"count": "actions"}},
            "value: only a report with the axis actions.at or with items: actions can count",
        ),
        ({"items": "actions"}, "items: needs action, which says which actions count"),
        ({"axis": "now", "action": {"kind": "reply"}}, "action: a report of states has no actions"),
        (
            {"items": "actions", "action": {"kind": "reply"}, "value": {"share": "conversations"}},
            "value: needs the axis actions.at, unless conversations count",
        ),
        ({"axis": "end_of_period"}, "value: at_end or net_outflow and the axis end_of_period belong together"),
        (
            {"value": {"at_end": "open_during"}},
            "value: at_end or net_outflow and the axis end_of_period belong together",
        ),
        (
            {"axis": "now", "value": {"mean": "reassignments_after_first_reply"}},
            "value: a report with the axis now has count, rate or age",
        ),
        ({"where": {"created_at": {"older_than": 60}}}, "where: older_than needs the axis now"),
        ({"value": {"heatmap": "conversations"}}, "group_by: the value makes groups of its own"),
        ({"value": {"median": "a", "mean": "b"}}, "value: has to have exactly one of count, mean, "),
        ({"value": {"medial": "a"}}, "value: has to have exactly one of count, mean, "),
        ({"value": {"percentile": {"field": "a"}}}, "value.percentile.percent: Field required"),
        ({"value": {"percentile": {"field": "a", "percent": 101}}}, "value.percentile.percent: "),
        ({"value": {"distribution": {"field": "a", "bounds": [5, 5]}}}, "value.distribution.bounds: have to rise"),
        ({"value": {"median": "channel"}}, "value: channel is of type keyword; it has to be one of integer, long"),
        ({"value": {"median": "missing"}}, "value: missing is not a field of the mapping"),
        ({"value": {"rate": {"missing": 1}}}, "value.rate.missing: missing is not a field of the mapping"),
        ({"where": {"channel": {"not": 4}}}, "where.channel: channel is of type keyword, and 4 is not"),
        ({"where": {"bot_inbox": "yes"}}, "where.bot_inbox: bot_inbox is of type boolean, and 'yes' is not"),
        ({"where": {"channel": {"gte": 4}}}, "where.channel: channel is of type keyword, which has no order"),
        ({"where": {"channel": {"like": "x"}}}, "where.channel.like: there is no such key"),
        ({"where": {"channel": {}}}, "where.channel: says nothing"),
        ({"where": {"actions.kind": "reply"}}, "where.actions.kind: actions.kind lies inside nested objects"),
        ({"where": {"actions": {"exists": True}}}, "where.actions: actions is of type nested"),
        ({"columns": ["actions.at"]}, "columns.0: actions.at is not a field of the mapping that a document has once"),
        ({"columns": ["missing"]}, "columns.0: missing is not a field of the mapping"),
        ({"value": {"age": {"field": "created_at", "bounds": [5]}}}, "value: age needs the axis now"),
        ({"value": {"rate": {"created_at": {"older_than": 5}}}}, "value: older_than needs the axis now"),
        ({"unit": "persent"}, "unit: 'persent' is not one of actions, conversations, "),
        ({"where": {"channel": "$channel"}}, "where.channel: there is no parameter channel"),
        ({"parameters": {"idle": {"default": 1}}}, "parameters.idle: is not used; write $idle where it belongs"),
        ({"parameters": ["idle"]}, "parameters: is not a list of names"),
        ({"group_by_default": "company"}, "group_by_default: company is not one of group_by"),
        ({"measures_durations": True}, "measures_durations: there is no such key; the mapping says it"),
        ({"group_by": ["to_team"]}, "group_by.0: to_team is not one of channel, "),
    ],
)
def test_a_key_that_does_not_fit_is_refused(other: dict[str, Any], said: str):
    assert f"{SOURCE}: {said}" in refusal(content(**other))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"action": {"missing": 1}}, "action.missing: actions.missing is not a field of the mapping"),
        ({"action": {"response_time": "x"}}, "action.response_time: actions.response_time is of type long, and 'x' is"),
        ({"value": {"median": "created_at"}}, "value: actions.created_at is not a field of the mapping"),
        ({"value": {"rate": {"channel": "x"}}}, "value.rate.channel: actions.channel is not a field of the mapping"),
        ({"group_by": ["outcome"]}, "group_by.0: outcome stands for actions.sla_outcome, which is not a field"),
    ],
)
def test_fields_of_actions_are_looked_for_among_them(other: dict[str, Any], said: str):
    assert f"{SOURCE}: {said}" in refusal(action_content(**other))


@pytest.mark.parametrize(
    "written",
    [
        "email",
        True,
        0,
        ["email", "chat"],
        {"not": "email"},
        {"not": ["email", "chat"]},
        {"gte": 4, "lt": 6},
        {"exists": False},
        {"older_than": 1800},
    ],
)
def test_a_condition_is_shown_as_it_is_written(written: Any):
    assert Condition.model_validate(written).model_dump() == written
