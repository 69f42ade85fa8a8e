"""The changes that a swap would make, field by field."""

from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch

from indexer.errors import OperatorError
from indexer.indexing.index_diff import MOST_SAMPLES, PAGE, IndexComparison
from indexer.search import BulkWriter, IndexName, Write, create_for_bulk, definition, write_alias

pytestmark = pytest.mark.services

STAMPS = "20260101t000000", "20260101t000001"


@pytest.fixture
def client(elasticsearch_url: str) -> Any:
    with Elasticsearch(elasticsearch_url) as client:
        yield client


def filled(client: Elasticsearch, prefix: str, stamp: str, *documents: dict[str, Any], version: int = 1) -> str:
    name = str(IndexName(prefix, "conversations", definition("conversations").version, stamp))
    create_for_bulk(client, name)
    writes = [
        Write(f"w:{one['conversation_id']}", version, orjson.dumps({"workspace_id": "w", **one})) for one in documents
    ]
    with BulkWriter(client) as writer:
        assert all(not settled.reason for settled in writer.write(write_alias(name), writes))
    return name


def numbered(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"conversation_id": f"{number:05d}", "state": "open", **more} for number in range(count)]


def test_equal_indices_have_no_difference_over_many_pages(client: Elasticsearch, index_prefix: str) -> None:
    count = 2 * PAGE + 17
    one, other = (
        filled(client, index_prefix, stamp, *numbered(count)) for stamp in ("20260101t000000", "20260101t000001")
    )
    found = IndexComparison(client, one, other).run()
    assert (found.documents, found.compared, found.equal, found.different) == (count, count, count, 0)


def test_a_field_that_differs_is_counted_with_a_few_samples(client: Elasticsearch, index_prefix: str) -> None:
    one = filled(client, index_prefix, "20260101t000000", *numbered(10, statistics={"count_reopens": 1}))
    changed = numbered(10, statistics={"count_reopens": 1})
    for document in changed[:6]:
        document["statistics"] = {"count_reopens": 2}
    changed[0]["state"] = "closed"
    other = filled(client, index_prefix, "20260101t000001", *changed)
    found = IndexComparison(client, one, other).run()
    assert (found.equal, found.different) == (4, 6)
    assert found.fields == {"statistics.count_reopens": 6, "state": 1}
    samples = [sample for sample in found.samples if sample.field == "statistics.count_reopens"]
    assert len(samples) == MOST_SAMPLES
    assert (samples[0].document, samples[0].current, samples[0].new) == ("w:00000", 1, 2)


@pytest.mark.parametrize("missing", [slice(0, 3), slice(400, 600), slice(997, 1000)])
def test_documents_that_only_one_side_has_are_counted(client: Elasticsearch, index_prefix: str, missing: slice) -> None:
    everything = numbered(1_000)
    part = everything[: missing.start] + everything[missing.stop :]
    one = filled(client, index_prefix, "20260101t000000", *everything)
    other = filled(client, index_prefix, "20260101t000001", *part)
    count = missing.stop - missing.start
    found = IndexComparison(client, one, other).run()
    assert (found.only_in_current, found.only_in_new, found.different) == (count, 0, count)
    found = IndexComparison(client, other, one).run()
    assert (found.only_in_current, found.only_in_new, found.different) == (0, count, count)


def test_a_document_that_changes_at_this_moment_is_not_a_difference(client: Elasticsearch, index_prefix: str) -> None:
    one = filled(client, index_prefix, "20260101t000000", *numbered(5))
    other = filled(client, index_prefix, "20260101t000001", *numbered(5, title="new"), version=2)
    found = IndexComparison(client, one, other).run()
    assert (found.moving, found.different) == (5, 0)


def test_a_share_is_compared_and_all_are_counted(client: Elasticsearch, index_prefix: str) -> None:
    one, other = (
        filled(client, index_prefix, stamp, *numbered(300)) for stamp in ("20260101t000000", "20260101t000001")
    )
    found = IndexComparison(client, one, other, share=0.2).run()
    assert found.documents == 300
    assert 10 < found.compared < 150


def test_a_document_that_the_indexer_did_not_write_is_named(client: Elasticsearch, index_prefix: str) -> None:
    one = filled(client, index_prefix, "20260101t000000", *numbered(2))
    client.index(index=one, id="stranger", document={"state": "open"})
    with pytest.raises(OperatorError, match="stranger"):
        IndexComparison(client, one, one).run()
