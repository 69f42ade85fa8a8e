"""Documents spread over shards: every workspace in those it may use, found by its routing and nowhere twice."""

from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch

from indexer.keys import EntityKey, workspace_routing
from indexer.search import BulkWriter, Spread, Write, ensure_dataset
from indexer.search.drift import drift
from indexer.search.key_scan import read_documents
from tests.search.example import example

pytestmark = pytest.mark.services

WORKSPACES = [*(f"w{number}" for number in range(10)), "w1,w2", "w1:w2"]
EACH = 20


def shards_with_documents(client: Elasticsearch, alias: str, workspace: str) -> dict[str, int]:
    """How many documents of a workspace each shard has, by the shard's number."""
    hits = client.search(
        index=alias, query={"prefix": {"conversation_id": f"{workspace}."}}, size=1_000, explain=True, source=False
    )["hits"]["hits"]
    found: dict[str, int] = {}
    for hit in hits:
        found[hit["_shard"]] = found.get(hit["_shard"], 0) + 1
    return found


def document(workspace: str, number: int, revision: int) -> dict[str, Any]:
    return example() | {
        "workspace_id": workspace,
        "conversation_id": f"{workspace}.{number}",
        "revision": revision,
    }


@pytest.mark.parametrize("spread", [Spread(), Spread(4), Spread(4, 3)], ids=str)
def test_a_workspace_is_in_the_shards_that_it_may_use_and_found_there(
    client: Elasticsearch, index_prefix: str, spread: Spread
) -> None:
    ensured = ensure_dataset(client, index_prefix, "conversations", spread)
    writer = BulkWriter(client)
    for revision in (1, 2):
        writes = [
            Write(
                EntityKey(workspace, str(number)).document_id,
                revision,
                orjson.dumps(document(workspace, number, revision)),
            )
            for workspace in WORKSPACES
            for number in range(EACH)
        ]
        writer.write(ensured.alias, writes)
    removed = EntityKey(WORKSPACES[0], "0").document_id
    writer.write(ensured.alias, [Write(removed, 3, None)])
    client.indices.refresh(index=ensured.index)

    everything = len(WORKSPACES) * EACH - 1
    assert client.count(index=ensured.alias)["count"] == everything
    used = [shards_with_documents(client, ensured.alias, workspace) for workspace in WORKSPACES]
    assert max(map(len, used)) == min(spread.per_workspace, spread.shards)
    assert len({shard for shards in used for shard in shards}) == spread.shards
    for workspace, shards in zip(WORKSPACES, used, strict=True):
        routed = client.count(
            index=ensured.alias,
            query={"prefix": {"conversation_id": f"{workspace}."}},
            routing=workspace_routing(workspace),
        )["count"]
        assert routed == sum(shards.values()) == EACH - (workspace == WORKSPACES[0])
    ids = [write.id for write in writes]
    found = read_documents(client, ensured.index, ids, content=False)
    assert found.keys() == set(ids) - {removed}
    assert {one.version for one in found.values()} == {2}
    assert drift(client, ensured.index) == []


def test_a_write_without_routing_is_refused_if_it_would_reach_a_wrong_shard(
    client: Elasticsearch, index_prefix: str
) -> None:
    ensured = ensure_dataset(client, index_prefix, "conversations", Spread(3, 2))
    answer = client.bulk(index=ensured.alias, operations=[{"index": {"_id": "w:1"}}, example()])
    assert "routing_missing_exception" in str(answer["items"][0])
