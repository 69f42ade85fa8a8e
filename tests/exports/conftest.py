"""Fixtures that the tests of exports share."""

from collections.abc import Iterator

import orjson
import pytest
from elasticsearch import Elasticsearch

from indexer.datasets.dataset import Incoming
from indexer.store.database import open_store, upgrade
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.names import Named, save_names
from tests.embedded.harness import Run
from tests.exports.threads import Exporting, threads
from tests.fresh import fresh_database
from tests.reports.indexed import indexed


@pytest.fixture(scope="module")
def exporting(services: Run, elasticsearch_url: str) -> Iterator[Exporting]:
    documents = threads()
    stored = [
        Incoming(
            document["conversation_id"],
            orjson.dumps({"id": document["conversation_id"], "source": {"id": f"m{document['conversation_id']}"}}),
            document["created_at"],
            document["created_at"],
            (),
        )
        for document in documents
    ]
    with (
        fresh_database(services) as url,
        indexed(elasticsearch_url, [*documents, {**documents[0], "workspace_id": "other"}]) as prefix,
        Elasticsearch(elasticsearch_url) as client,
    ):
        store = open_store(url)
        upgrade(store)
        with store.begin() as connection:
            save_conversations(connection, "w", stored)
            save_names(connection, "w", Named.TEAM, {"7": "Billing"})
            save_names(connection, "w", Named.TEAMMATE, {"b": "-Bea"})
        yield Exporting(client, store, prefix, documents)
        store.dispose()
