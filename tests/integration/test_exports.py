"""An export that workers write while they are killed: the file is the one that a command writes undisturbed."""

import time
from pathlib import Path

import pytest
from elasticsearch.helpers import bulk

from indexer.settings import Settings
from tests.integration.installation import Installation
from tests.reports.indexed import conversation

pytestmark = pytest.mark.services

THREADS = 40_000
KILLS = 3
MARCH = 1_709_251_200
ASKED = ("export", "conversations", "--workspace", "w", "--from", "2024-03-01", "--to", "2024-03-31")


def test_workers_that_are_killed_cost_no_row_and_double_none(test_settings: Settings, tmp_path: Path) -> None:
    installation = Installation(
        test_settings,
        INDEXER_EXPORTS_DIR=str(tmp_path / "exports"),
        INDEXER_SWEEP_SECONDS="0.5",
        # These documents are in no store, and are not to be looked at for that.
        INDEXER_RECONCILE_SECONDS="86400",
        INDEXER_LEASE_SECONDS="2",
    )
    try:
        installation.run("index", "create")
        installation.run("workspace", "set", "w", "--time-zone", "UTC")
        documents = (
            conversation(
                number,
                MARCH + number // 3,
                legacy={"conversation_created_at": MARCH, "thread_created_at": MARCH + number // 3},
            )
            for number in range(THREADS)
        )
        bulk(
            installation.search,
            (
                {"_index": installation.alias, "_id": f"w:{one['conversation_id']}", "routing": "w", "_source": one}
                for one in documents
            ),
            refresh=True,
        )
        export_id, link = installation.run(*ASKED, "--background").split()
        assert export_id in link
        seen = [0]
        for _ in range(KILLS):
            worker = installation.start_worker()
            wait_until_more(installation, seen[-1])
            installation.kill(worker)
            seen.append(rows(installation))
        assert sorted(set(seen)) == seen  # every one of them wrote something
        assert installation.json("export", "show", export_id)[0]["state"] == "running"
        assert seen[-1] < THREADS
        last = installation.start_worker()
        wait_until_more(installation, THREADS - 1)
        wait_until_complete(installation, export_id)
        installation.kill(last)
        assert installation.run("export", "fetch", export_id) == installation.run(*ASKED)
    finally:
        installation.close()


def rows(installation: Installation) -> int:
    with installation.engine.connect() as connection:
        found: int = connection.exec_driver_sql("SELECT rows FROM exports").scalar_one()
        return found


def wait_until_more(installation: Installation, than: int) -> None:
    until = time.monotonic() + 300
    while rows(installation) <= than:
        assert time.monotonic() < until, "nobody goes on with the export"
        time.sleep(0.01)


def wait_until_complete(installation: Installation, export_id: str) -> None:
    until = time.monotonic() + 300
    while installation.json("export", "show", export_id)[0]["state"] != "complete":
        assert time.monotonic() < until, "the export does not end"
