"""The catalogues of calls and of statuses, their schemas and their mappings are of the same fields."""

import msgspec
import pytest

from indexer.datasets.call_fields import CALL_FIELDS
from indexer.datasets.field import Group
from indexer.datasets.status_fields import STATUS_FIELDS
from indexer.records import CallDocument, StatusDocument
from indexer.search import definition
from tests.datasets.field_faults import faults, schema_of


@pytest.mark.parametrize(
    ("dataset", "document", "fields"),
    [("calls", CallDocument, CALL_FIELDS), ("teammate_statuses", StatusDocument, STATUS_FIELDS)],
)
def test_the_document_the_catalogue_and_the_newest_mapping_have_the_same_fields(
    dataset: str, document: type[msgspec.Struct], fields: Group
) -> None:
    assert faults(dict(schema_of(document)), [fields], definition(dataset).mappings["properties"]) == []
