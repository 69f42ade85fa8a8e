"""The way of a change, with an empty store and an empty index of its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from indexer.datasets.conversations import CONVERSATIONS
from indexer.indexing.drain import Drain
from indexer.indexing.reconciler import Reconciler
from indexer.settings import Settings
from indexer.store.database import open_store, upgrade
from tests.indexing.store_and_index import installed


@pytest.fixture
def store(database_url: str) -> Iterator[Engine]:
    """An empty store, for tests that need no index."""
    store = open_store(database_url)
    upgrade(store)
    yield store
    store.dispose()


@pytest.fixture
def drain(test_settings: Settings) -> Iterator[Drain]:
    """The drain of an installation of its own."""
    with installed(test_settings) as drain:
        yield drain


@pytest.fixture
def reconciler(drain: Drain) -> Reconciler:
    """What compares the drain's two sides."""
    return Reconciler(drain.store, drain.search, drain.alias, dataset=CONVERSATIONS)
