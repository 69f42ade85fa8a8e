from collections.abc import Iterator

import pytest

from indexer.connections import connected
from indexer.settings import settings
from indexer.store.database import open_store

pytestmark = pytest.mark.services

_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture(autouse=True)
def environment(elasticsearch_url: str, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("INDEXER_ELASTICSEARCH_URL", elasticsearch_url)
    monkeypatch.setenv("INDEXER_DATABASE_URL", database_url)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_what_a_command_has_opened_is_closed_after_it(database_url: str) -> None:
    watching = open_store(database_url)
    with watching.connect() as connection:
        with connected() as here:
            assert here.search.cluster.health()["status"]
            with here.store.connect() as other:
                assert other.exec_driver_sql("SELECT 1").scalar_one() == 1
            assert connection.exec_driver_sql(_OTHERS).scalar_one() == 1
        for _ in range(100):  # a server process ends a moment after its connection
            connection.rollback()
            if connection.exec_driver_sql(_OTHERS).scalar_one() == 0:
                break
            connection.exec_driver_sql("SELECT pg_sleep(0.1)")
        else:
            pytest.fail("the connection to PostgreSQL is still open")
    watching.dispose()


def test_what_is_used_after_closing_is_opened_anew() -> None:
    with connected() as here:
        first = here.store
        here.close()
        assert here.store is not first
