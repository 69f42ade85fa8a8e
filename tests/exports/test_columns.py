import pytest

from indexer.datasets.conversation_fields import GROUPS
from indexer.datasets.field import PIPELINES
from indexer.errors import OperatorError
from indexer.exports.columns import BASE, METRICS, columns_of, read_pipelines, source_fields


def test_every_field_of_a_pipeline_that_fits_into_a_cell_is_a_column() -> None:
    everything = set(source_fields(columns_of(PIPELINES)))
    left_out = [
        field.path
        for group in GROUPS
        if group.pipeline is not None and not group.whole
        for field in group.fields
        if field.path not in everything
    ]
    assert left_out == ["legacy.conversation_created_at", "open_during", "snoozed_during"]


def test_no_two_columns_have_one_name_and_each_says_what_it_means() -> None:
    columns = columns_of(PIPELINES)
    assert len({column.name for column in columns}) == len(columns)
    assert all(column.about for column in columns)


def test_metrics_are_only_exported_if_they_are_asked_for() -> None:
    assert columns_of(()) == list(BASE)
    assert columns_of(read_pipelines("legacy, new")) == [*BASE, *METRICS["new"], *METRICS["legacy"]]
    assert read_pipelines("all") == PIPELINES


@pytest.mark.parametrize("written", ["old", "all,new", "New"])
def test_another_pipeline_is_refused(written: str) -> None:
    with pytest.raises(OperatorError, match="there is no pipeline"):
        read_pipelines(written)
