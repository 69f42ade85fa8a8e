"""The names of sides, and which fields of two sides belong together."""

import pytest

from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.diff.sides import Side, SideKind, belongs, check_sides, expect_fields, pairs_of, read_side
from indexer.differences.fields import Chosen
from indexer.differences.pair import Pair, same
from indexer.errors import OperatorError


@pytest.mark.parametrize(
    "written", ["pipeline:new", "index:conversations", "index:a-b-v2-c", "source", "vendor", "file:x/y:z.ndjson"]
)
def test_a_side_is_written_as_it_is_read(written: str) -> None:
    assert read_side(written).written == written


@pytest.mark.parametrize(
    "written", ["", "nothing", "pipeline", "pipeline:", "pipeline:old", "index:", "source:x", "vendor:", "file:-"]
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(OperatorError) as caught:
        read_side(written)
    assert caught.value.exit_code == 2


def test_a_side_is_not_compared_with_itself() -> None:
    with pytest.raises(OperatorError, match="both sides are source"):
        check_sides(read_side("source"), read_side("source"))


def test_two_pipelines_have_pairs_of_fields() -> None:
    pairs = pairs_of(read_side("pipeline:new"), read_side("pipeline:legacy"), Chosen())
    assert pairs is not None
    assert Pair("started_at", "legacy.conversation_created_at") in pairs


def test_the_vendor_has_the_statistics_of_the_rest_interface() -> None:
    whole = pairs_of(read_side("vendor"), read_side("source"), Chosen())
    assert whole == pairs_of(read_side("pipeline:rest"), read_side("vendor"), Chosen())
    assert whole is not None
    assert same("statistics.time_to_admin_reply") in whole
    assert same("statistics.reply_times") not in whole
    assert pairs_of(read_side("vendor"), read_side("pipeline:legacy"), Chosen(("*_at",))) == pairs_of(
        read_side("pipeline:rest"), read_side("pipeline:legacy"), Chosen(("*_at",))
    )


def test_two_whole_documents_are_compared_in_all_fields() -> None:
    left, right = read_side("index:conversations"), Side(SideKind.FILE, "x")
    assert pairs_of(left, right, Chosen()) is None
    assert belongs(left, right, "state")


def test_beside_a_pipeline_only_its_fields_are_compared() -> None:
    left, right = read_side("pipeline:legacy"), read_side("source")
    assert pairs_of(left, right, Chosen()) is None
    assert belongs(left, right, "legacy.count_reopens")
    assert not belongs(left, right, "started_at")


def test_a_choice_that_leaves_no_pair_is_refused() -> None:
    with pytest.raises(OperatorError, match="leave no field that"):
        pairs_of(read_side("pipeline:new"), read_side("pipeline:legacy"), Chosen(("stated_at",)))


@pytest.mark.parametrize(
    ("dataset", "fields", "remedy"),
    [
        (CALLS, ("outcom",), "did you mean outcome?"),
        (CALLS, ("nothing_like_it",), "leave out --fields to see which fields differ"),
        (CONVERSATIONS, ("first_respons_time",), "first_response_time"),
    ],
)
def test_a_choice_that_leaves_no_field_of_whole_documents_is_refused(
    dataset: Dataset, fields: tuple[str, ...], remedy: str
) -> None:
    with pytest.raises(OperatorError, match=f"leave no field of {dataset.entity.several}") as caught:
        expect_fields(dataset, read_side("source"), read_side("index:x"), Chosen(fields))
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("dataset", "right", "fields"),
    [
        (CALLS, "index:x", ()),
        (CALLS, "index:x", ("outcom", "state")),
        (CALLS, "index:x", ("*_at",)),
        (CALLS, "index:x", ("metrics_version",)),
        (CALLS, "file:x", ("of_a_file",)),
        (CONVERSATIONS, "index:x", ("statistics",)),
        (CONVERSATIONS, "index:x", ("custom.plan",)),
    ],
)
def test_a_choice_that_leaves_a_field_is_accepted(dataset: Dataset, right: str, fields: tuple[str, ...]) -> None:
    expect_fields(dataset, read_side("source"), read_side(right), Chosen(fields))


def test_beside_a_pipeline_a_field_of_another_one_is_refused() -> None:
    with pytest.raises(OperatorError, match="leave no field of conversations"):
        expect_fields(CONVERSATIONS, read_side("pipeline:legacy"), read_side("source"), Chosen(("started_at",)))
