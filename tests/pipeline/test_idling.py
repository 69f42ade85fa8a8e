"""A worker that ends when nothing is left to do."""

import pytest

from indexer.settings import Settings
from indexer.store.stops import stop_drain
from tests.integration.installation import Installation


@pytest.fixture
def installation(test_settings: Settings) -> Installation:
    return Installation(test_settings)


def test_a_worker_with_nothing_to_do_ends_at_once(installation: Installation) -> None:
    installation.run("worker", "--until-idle")
    installation.close()


def test_a_worker_that_may_not_index_ends_with_the_reason_instead_of_waiting(installation: Installation) -> None:
    installation.run("workspace", "list")
    with installation.engine.begin() as connection:
        stop_drain(connection, "conversations", "30 of 50 documents were refused", "no such field")
    said = installation.said("worker", "--until-idle", code=2)
    assert "indexing has stopped: 30 of 50 documents were refused" in said
    assert "indexer quarantine resume" in said
    installation.close()


def test_a_worker_without_redis_ends_at_once_and_says_so(test_settings: Settings) -> None:
    without = Installation(test_settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    assert "Redis cannot be used" in without.said("worker", "--until-idle", code=3)
    without.close()
