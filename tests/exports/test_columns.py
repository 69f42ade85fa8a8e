from typing import Any

import msgspec
import pytest

from indexer.errors import OperatorError
from indexer.exports.columns import BASE, METRICS, Kind, Pipeline, columns_of, read_pipelines, source_fields
from indexer.metrics.schema import Legacy, ReportingDocument, Statistics

NO_METRICS = {  # of the document: what it is kept under, what the base has, and what is no one value
    "workspace_id", "revision", "metrics_version", "office_hours_id", "statistics", "legacy", "actions", "custom",
    "rating", "sla", "ai", "open_during", "snoozed_during",
}  # fmt: skip


def fields(struct: type[msgspec.Struct], prefix: str = "") -> dict[str, Any]:
    return {prefix + field.name: field.type for field in msgspec.structs.fields(struct)}


def test_every_metric_of_each_pipeline_is_a_column() -> None:
    everything = set(source_fields(columns_of(tuple(Pipeline))))
    wanted = set(fields(ReportingDocument)) - NO_METRICS
    wanted |= {*fields(Statistics, "statistics."), *fields(Legacy, "legacy.")} - {"legacy.conversation_created_at"}
    assert wanted - everything == set()


def test_every_column_is_of_the_kind_that_its_field_has() -> None:
    kinds = fields(ReportingDocument) | fields(Statistics, "statistics.") | fields(Legacy, "legacy.")
    for column in columns_of(tuple(Pipeline)):
        said = str(kinds.get(column.path, ""))
        assert ("list" in said) == (column.kind is Kind.LIST and column.path in kinds), column.name
        assert ("bool" in said) == (column.kind is Kind.BOOLEAN and column.path in kinds), column.name
        if column.path in kinds and column.kind in {Kind.TIME, Kind.NUMBER}:
            assert "int" in said, column.name
            assert (column.kind is Kind.TIME) == column.path.endswith(("_at", "waiting_since")), column.name


def test_no_two_columns_have_one_name_and_each_says_what_it_means() -> None:
    columns = columns_of(tuple(Pipeline))
    assert len({column.name for column in columns}) == len(columns)
    assert all(column.about for column in columns)


def test_metrics_are_only_there_where_they_are_asked_for() -> None:
    assert columns_of(()) == list(BASE)
    assert columns_of(read_pipelines("legacy, new")) == [*BASE, *METRICS[Pipeline.NEW], *METRICS[Pipeline.LEGACY]]
    assert read_pipelines("all") == tuple(Pipeline)


@pytest.mark.parametrize("written", ["old", "all,new", "New"])
def test_another_pipeline_is_refused(written: str) -> None:
    with pytest.raises(OperatorError, match="there is no pipeline"):
        read_pipelines(written)
