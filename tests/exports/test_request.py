"""The parameters of an export."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.datasets.field import PIPELINES
from indexer.exports.request import read_request
from indexer.reports import InvalidQuestion

ASKED = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-31"}
NAMES = [*PIPELINES]


@pytest.mark.parametrize("said", ["all", ["all"], ["new", "all"], ["all", "legacy", "rest"]])
def test_all_pipelines_can_be_asked_for_by_one_word(said: object) -> None:
    assert read_request({**ASKED, "pipelines": said}).pipelines == [*PIPELINES]


@given(st.lists(st.sampled_from(NAMES), max_size=3))
def test_a_list_of_names_is_taken_as_it_is(names: list[str]) -> None:
    assert read_request({**ASKED, "pipelines": names}).pipelines == names


@pytest.mark.parametrize("name", NAMES)
def test_one_name_is_a_list_of_one(name: str) -> None:
    assert read_request({**ASKED, "pipelines": name}).pipelines == [name]


@pytest.mark.parametrize("said", ["every", ["all", "every"], ["new"] * 4, ["all"] * 4, 5, None, [5], [["all"]], {}])
def test_anything_else_is_refused_by_its_name(said: object) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        read_request({**ASKED, "pipelines": said})
    assert caught.value.parameter.startswith("pipelines")
