import pytest

from indexer.reports import InvalidDefinition, read_definition
from tests.reports.definitions import FIELDS, content, definition

SOURCE = "queries/conversations/opened.yaml"


def refusal(written: object) -> str:
    with pytest.raises(InvalidDefinition) as caught:
        read_definition(SOURCE, "conversations", written, FIELDS)
    return str(caught.value)


def test_a_definition_is_what_its_file_says_and_where_it_lies():
    found = definition()
    assert found.dataset == "conversations"
    assert found.model_dump()["where"] == {"channel": ["email", "chat"], "reassignments_after_first_reply": 0}
    assert found.group_by == ["channel", "tag", "team", "custom.plan"]


def test_a_fault_names_file_and_key():
    assert refusal(content(value={"count": "replies"})) == (
        f"{SOURCE}: value.count: Input should be 'conversations', 'actions' or 'calls'"
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
    assert refusal(written) == f"{SOURCE}: is no list of keys and values"


def test_an_axis_that_the_mapping_does_not_have_is_refused():
    assert refusal(content(axis="opened_at")) == (
        f"{SOURCE}: axis: opened_at is no field of the mapping; it has to be a date"
    )


def test_an_axis_that_is_no_date_is_refused():
    assert "axis: channel is of type keyword; it has to be a date" in refusal(content(axis="channel"))


@pytest.mark.parametrize("field", ["chanel", "remark", "created_at", "custom"])
def test_a_condition_on_a_field_that_cannot_be_compared_is_refused(field: str):
    assert f"where.{field}: {field} is " in refusal(content(where={field: "email"}))


def test_a_condition_with_an_empty_list_is_refused():
    assert f"{SOURCE}: where.channel" in refusal(content(where={"channel": []}))


def test_a_group_that_is_no_dimension_is_refused():
    assert "group_by.0: tags is none of channel, country, " in refusal(content(group_by=["tags"]))


def test_a_group_whose_field_the_mapping_does_not_have_is_refused():
    assert "group_by.1: company stands for company_ids, which is no field" in refusal(
        content(group_by=["channel", "company"])
    )


def test_a_count_measures_no_duration():
    assert not definition().measures_durations
