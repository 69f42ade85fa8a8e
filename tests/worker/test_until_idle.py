"""A worker that ends when nothing is left to do."""

from pathlib import Path

import orjson
import pytest

from indexer.datasets.conversations import CONVERSATIONS
from indexer.sample import generate
from indexer.settings import Settings
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.workspaces import Workspace, save_workspace
from indexer.store.queue.drain_stops import stop_drain
from tests.integration.installation import Installation

pytestmark = pytest.mark.services


@pytest.fixture
def installation(test_settings: Settings) -> Installation:
    return Installation(test_settings)


def test_a_worker_with_nothing_to_do_ends_at_once(installation: Installation) -> None:
    installation.run("worker", "--until-idle")
    installation.close()


def test_a_worker_that_may_not_index_ends_with_the_reason_instead_of_waiting(installation: Installation) -> None:
    installation.run("workspace", "list")
    with installation.engine.begin() as connection:
        stop_drain(connection, CONVERSATIONS, "30 of 50 documents were refused", "no such field")
    said = installation.said("worker", "--until-idle", code=2)
    assert "indexing has stopped: 30 of 50 documents were refused" in said
    assert "indexer quarantine resume" in said
    installation.close()


def test_a_worker_without_redis_ends_at_once_and_says_so(test_settings: Settings) -> None:
    without = Installation(test_settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    assert "Redis cannot be used" in without.said("worker", "--until-idle", code=3)
    without.close()


def test_exports_are_written_before_the_worker_ends(installation: Installation, tmp_path: Path) -> None:
    installation.environment["INDEXER_EXPORTS_DIR"] = str(tmp_path)
    installation.run("index", "create")
    installation.run("workspace", "set", "w", "--time-zone", "UTC")
    asked = ("export", "conversations", "--workspace", "w", "--from", "2024-03-01", "--to", "2024-03-31")
    export_id = installation.run(*asked, "--background").split()[0]
    installation.run("worker", "--until-idle")
    assert installation.json("export", "show", export_id)[0]["state"] == "complete"
    assert installation.run("export", "fetch", export_id) == installation.run(*asked)
    installation.close()


def test_a_running_backfill_ends_before_the_worker_and_a_paused_one_stays(installation: Installation) -> None:
    installation.run("index", "create")
    with installation.engine.begin() as connection:
        save_workspace(connection, Workspace("w"))
        saved = [CONVERSATIONS.incoming(orjson.dumps(one)) for one in generate(5, seed=3)]
        save_conversations(connection, "w", saved)
        connection.exec_driver_sql("TRUNCATE changes")  # what a backfill is for: nothing else indexes these
    installation.run("backfill", "--no-wait")
    installation.run("backfill", "--no-wait", "--workspace", "w")
    installation.run("backfill", "pause", "2")
    installation.run("worker", "--until-idle", "--no-beat")
    assert [one["state"] for one in installation.json("backfill", "list")] == ["paused", "done"]
    assert len(installation.documents("w")) == 5
    installation.close()
