import uuid
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch

from indexer.search import connect, ensure_dataset
from tests.search.scripted import ScriptedServer
from tests.search.spare_index import spare


@pytest.fixture(scope="session")
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    """A client of the real node."""
    client = connect(elasticsearch_url)
    yield client
    client.close()


@pytest.fixture
def alias(client: Elasticsearch, index_prefix: str) -> str:
    """The alias of a conversations index of the test's own, without documents."""
    return ensure_dataset(client, index_prefix, "conversations").alias


@pytest.fixture
def spare_index(client: Elasticsearch, index_prefix: str) -> str:
    """An index of the same version without an alias."""
    return spare(client, index_prefix, "20200101t000000")


@pytest.fixture(scope="module")
def shared_alias(client: Elasticsearch) -> Iterator[str]:
    """The alias of a conversations index that the tests of a module share; making one for each takes long."""
    ensured = ensure_dataset(client, f"t{uuid.uuid4().hex[:12]}", "conversations")
    yield ensured.alias
    client.indices.delete(index=ensured.index)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def scripted(server: ScriptedServer) -> Iterator[Elasticsearch]:
    """A client of the scripted server."""
    client = connect(server.url)
    yield client
    client.close()
