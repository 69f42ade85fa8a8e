"""The catalogue of fields, the document's schema and the mapping are of the same fields."""

from collections.abc import Mapping
from typing import Any

import pytest

from indexer.datasets.conversation_fields import FIELDS, GROUPS
from indexer.datasets.conversation_fields.new_fields import NEW_PIPELINE
from indexer.datasets.field import SECONDS, TIME, both, group
from indexer.differences.pair import pipeline_of
from indexer.differences.tolerance import FieldKind, kind_of_field
from indexer.explaining.rows import rows_of
from indexer.explaining.rules import rules_of
from indexer.exports.columns import metric_columns
from indexer.metrics.schema import ReportingDocument
from indexer.search import definition
from tests.datasets.field_faults import HOW_TO, faults, schema_of
from tests.generated_pages import fields_tables

SCHEMA = dict(schema_of(ReportingDocument))


def _mapped() -> Mapping[str, Any]:
    properties: Mapping[str, Any] = definition("conversations").mappings["properties"]
    return properties


def test_the_document_the_catalogue_and_the_newest_mapping_have_the_same_fields() -> None:
    assert faults(SCHEMA, GROUPS, _mapped()) == []


@pytest.mark.parametrize("held", ["int", "list of str"])
def test_a_field_that_the_catalogue_lacks_is_named_with_what_to_do(held: str) -> None:
    found = faults(SCHEMA | {"statistics.escalations": held}, GROUPS, _mapped())
    assert found == [f"statistics.escalations is not in the catalogue of its dataset: add it; {HOW_TO}"]


ESCALATED = group(
    "New pipeline",
    "",
    "new",
    *NEW_PIPELINE.fields,
    *both("escalation_time", SECONDS, "D", "From the customer's first message to the first escalation."),
)
WITH_A_METRIC = [ESCALATED if each is NEW_PIPELINE else each for each in GROUPS]


def test_a_metric_that_only_the_catalogue_has_is_missed_in_the_document_and_in_the_mapping() -> None:
    found = faults(SCHEMA, WITH_A_METRIC, _mapped())
    assert len(found) == 4
    for path in ("escalation_time", "escalation_time_ooo"):
        assert f"{path} is not in the document: add it to its struct" in found
        assert any(each.startswith(f"{path} is None in the mapping, and {SECONDS.mapping}") for each in found)


def test_a_metric_of_the_wrong_type_is_named() -> None:
    found = faults(SCHEMA | {"started_at": "str"}, GROUPS, {**_mapped(), "started_at": {"type": "keyword"}})
    assert found[0] == "started_at is str in the document, and cannot have the type 'time'"
    assert found[1].startswith("started_at is {'type': 'keyword'} in the mapping")


def test_a_metric_of_the_catalogue_is_exported_explained_and_on_the_page() -> None:
    columns = {column.name: column for column in metric_columns("new", WITH_A_METRIC)}
    assert columns.keys() - {column.name for column in metric_columns("new", GROUPS)} == {
        "new_escalation_time",
        "new_escalation_time_ooo",
    }
    within = "From the customer's first message to the first escalation, counting office hours only."
    column = columns["new_escalation_time_ooo"]
    assert (column.path, column.kind, column.about) == ("escalation_time_ooo", "number", f"{within} In seconds.")
    assert rules_of(WITH_A_METRIC)["escalation_time_ooo"] == ("duration", within)
    titles = {row.new: row.title for row in rows_of(WITH_A_METRIC)}
    assert titles["escalation_time"] == "escalation time"
    assert titles["escalation_time_ooo"] == "escalation time, office hours"
    row = "| `escalation_time(+_ooo)` | seconds | From the customer's first message to the first escalation. | D |\n"
    assert row in fields_tables(WITH_A_METRIC)["New pipeline"]


@pytest.mark.parametrize("path", FIELDS)
def test_a_field_is_named_by_what_it_holds(path: str) -> None:
    """Tolerances and times in words go by the name."""
    field = FIELDS[path]
    expected = FieldKind.TIMESTAMP if field.type is TIME else FieldKind.DURATION if field.clock else FieldKind.OTHER
    assert kind_of_field(path) is expected, "a time is X_at, a duration X_time or X_to_close, and nothing else is"


@pytest.mark.parametrize("path", FIELDS)
def test_a_field_says_what_it_means_in_a_sentence_and_a_duration_its_clock(path: str) -> None:
    field = FIELDS[path]
    assert field.rule.endswith(".")
    assert (field.clock is not None) == (field.type.words.endswith("seconds"))
    if path.endswith("_ooo"):
        twin = FIELDS[path.removesuffix("_ooo")]
        assert (twin.clock, twin.type, field.clock) == ("elapsed", field.type, "office")


def test_fields_that_are_compared_are_of_different_pipelines_and_the_same_type() -> None:
    pairs = [(field, FIELDS[path]) for field in FIELDS.values() for path in field.compared_with]
    assert len(pairs) == 30
    for field, other in pairs:
        assert pipeline_of(field.path) != pipeline_of(other.path)
        assert field.type is other.type
