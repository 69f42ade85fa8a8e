"""What a dataset says of its fields: the catalogue, the schema and the mapping agree."""

from typing import Any

import msgspec
import pytest

from indexer.datasets.call_fields import CALL_FIELDS
from indexer.datasets.calls import CALLS
from indexer.datasets.dataset import Dataset
from indexer.datasets.field import EPOCH_SECONDS, TIME, Group
from indexer.datasets.message_fields import CHECKPOINT_FIELDS, MESSAGE_EVENT_FIELDS, RECEIPT_FIELDS
from indexer.datasets.person_fields import COMPANY_FIELDS, PERSON_FIELDS
from indexer.datasets.registry import datasets
from indexer.datasets.status_fields import STATUS_FIELDS
from indexer.differences.tolerance import FieldKind, kind_of_field, kinds_of
from indexer.messages.checkpoint_document import CheckpointDocument
from indexer.messages.receipt_schema import ReceiptDocument
from indexer.records import CallDocument, StatusDocument
from indexer.search import definition
from tests.datasets.field_faults import faults, schema_of


@pytest.mark.parametrize(
    ("dataset", "document", "fields"),
    [
        ("calls", CallDocument, [CALL_FIELDS]),
        ("message_receipts", ReceiptDocument, [RECEIPT_FIELDS, MESSAGE_EVENT_FIELDS]),
        ("series_checkpoints", CheckpointDocument, [CHECKPOINT_FIELDS]),
        ("teammate_statuses", StatusDocument, [STATUS_FIELDS]),
    ],
)
def test_the_document_the_catalogue_and_the_newest_mapping_have_the_same_fields(
    dataset: str, document: type[msgspec.Struct], fields: list[Group]
) -> None:
    assert faults(dict(schema_of(document)), fields, definition(dataset).mappings["properties"]) == []


@pytest.mark.parametrize(("dataset", "fields"), [("people", PERSON_FIELDS), ("companies", COMPANY_FIELDS)])
def test_the_catalogue_and_the_newest_mapping_of_people_and_companies_have_the_same_fields(
    dataset: str, fields: Group
) -> None:
    wanted = {field.path: dict(field.type.mapping) for field in fields.fields}
    assert flat(definition(dataset).mappings["properties"]) == wanted


def flat(properties: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The mapping of each field by its path."""
    found = {}
    for name, mapped in properties.items():
        inner = mapped.get("properties")
        found |= flat(inner, f"{prefix}{name}.") if inner else {prefix + name: mapped}
    return found


@pytest.mark.parametrize("dataset", datasets(), ids=str)
def test_every_dataset_names_its_key_and_its_creation_as_its_mapping_does(dataset: Dataset) -> None:
    properties = definition(dataset.name).mappings["properties"]
    assert properties[dataset.key_field]["type"] == "keyword"
    assert properties[dataset.creation_field] == TIME.mapping


@pytest.mark.parametrize("dataset", datasets(), ids=str)
def test_the_kind_of_a_field_is_that_of_its_type_in_the_catalogue(dataset: Dataset) -> None:
    kind_of = kinds_of(dataset.fields)
    assert dataset.fields
    for field in dataset.fields:
        timed = field.type in (TIME, EPOCH_SECONDS)
        expected = FieldKind.TIMESTAMP if timed else FieldKind.DURATION if field.clock else FieldKind.OTHER
        assert kind_of(field.path) is expected


def test_without_a_catalogue_the_name_tells_the_kind() -> None:
    kind_of = kinds_of(CALLS.fields)
    assert kind_of("duration") is FieldKind.DURATION
    assert kind_of("queue_time") is kind_of_field("queue_time") is FieldKind.DURATION
    assert kinds_of(())("duration") is FieldKind.OTHER
