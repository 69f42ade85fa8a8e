"""What a comparison of a dataset offers: documents of every dataset, pipelines and reasons of conversations."""

import pytest

from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.datasets.registry import datasets
from indexer.diff.dataset_extras import expect_reasons, expect_sides
from indexer.diff.run_diff import Diffing
from indexer.diff.selection import Selection
from indexer.diff.sides import read_side
from indexer.errors import OperatorError

RECORDS = [each for each in datasets() if each.are_records]
BEYOND_DOCUMENTS = ("pipeline:new", "pipeline:legacy", "pipeline:rest", "vendor")
OF_ALL = ("source", "index:some-index", "file:x.ndjson")


@pytest.mark.parametrize("dataset", datasets(), ids=str)
def test_documents_of_every_dataset_are_compared(dataset: Dataset) -> None:
    expect_sides(dataset, *map(read_side, OF_ALL))


def test_conversations_have_every_side_and_reasons() -> None:
    expect_sides(CONVERSATIONS, *map(read_side, OF_ALL + BEYOND_DOCUMENTS))
    expect_reasons(CONVERSATIONS)


@pytest.mark.parametrize("written", BEYOND_DOCUMENTS)
@pytest.mark.parametrize("dataset", RECORDS, ids=str)
def test_a_side_that_the_dataset_does_not_have_is_refused_with_those_it_has(dataset: Dataset, written: str) -> None:
    asked = Diffing(dataset, read_side("source"), read_side(written))
    with pytest.raises(OperatorError, match=f"^{dataset.entity.several} have no side {written}$") as caught:
        asked.comparison()
    assert caught.value.remedy == "compare two of source, index:NAME and file:PATH"


def test_receipts_have_reasons_but_none_of_office_hours() -> None:
    expect_reasons(MESSAGE_RECEIPTS)
    with pytest.raises(OperatorError, match="documents of receipts do not depend on office hours"):
        expect_reasons(MESSAGE_RECEIPTS, of_office_hours=True)


@pytest.mark.parametrize("dataset", [each for each in RECORDS if each is not MESSAGE_RECEIPTS], ids=str)
def test_reasons_that_nothing_could_find_are_refused(dataset: Dataset) -> None:
    with pytest.raises(OperatorError, match=f"differences of {dataset.entity.several}") as caught:
        expect_reasons(dataset)
    assert "--explain" in caught.value.remedy


def test_a_time_of_creation_is_searched_for_in_the_field_that_the_dataset_names() -> None:
    [found] = Selection(created_from=5).filters(CALLS)
    assert found == {"range": {"initiated_at": {"gte": 5, "lt": None, "format": "epoch_second"}}}
