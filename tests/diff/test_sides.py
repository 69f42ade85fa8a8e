"""The names of sides, and which fields of two sides belong together."""

import pytest

from indexer.diff.sides import Side, SideKind, belongs, check_sides, pairs_of, read_side
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
