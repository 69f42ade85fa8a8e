"""Rebuilds and backfills as an operator runs them: real commands, real workers, and both of them killed."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from indexer.sample import generate
from indexer.settings import Settings
from tests.faults.waiting import eventually
from tests.forking import Program
from tests.integration.installation import Installation

pytestmark = pytest.mark.services

COUNT = 3_000


@pytest.fixture
def installation(test_settings: Settings, tmp_path: Path) -> Iterator[Installation]:
    """Conversations of workspace `w`, all indexed, and a worker."""
    installation = Installation(
        test_settings,
        INDEXER_SWEEP_SECONDS="0.5",
        INDEXER_DRAIN_BATCH="100",
        # The beat's slow walk must not repair documents that a test removes from the index by hand.
        INDEXER_RECONCILE_SECONDS="86400",
    )
    file = tmp_path / "sample.ndjson"
    file.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in generate(COUNT, seed=7)))
    installation.run("import", str(file), "--workspace", "w")
    installation.index_everything()
    yield installation
    installation.close()


@pytest.fixture
def worker(installation: Installation) -> Iterator[list[Program]]:
    """The worker that runs now, as the only one of a list."""
    workers = [installation.start_worker()]
    yield workers
    installation.kill(workers[0])


def clean(installation: Installation) -> bool:
    found = installation.json("reconcile", "--deep")
    return {found[name] for name in ("missing", "stale", "orphaned", "differing", "quarantined")} == {0}


def behind(installation: Installation) -> list[str]:
    return list(installation.search.indices.get_alias(name=installation.alias))


def begun(installation: Installation, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "indexer", *arguments],
        env=installation.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_rebuild_from_begin_to_end(installation: Installation, worker: list[Program]) -> None:
    [old] = behind(installation)
    plan = installation.json("index", "rebuild", "--dry-run")
    assert (plan["from_index"], plan["conversations"], plan["going_on"]) == (old, COUNT, None)
    assert installation.json("index", "rebuild", "--no-swap")["step"] == "ready"
    assert behind(installation) == [old]
    status = installation.json("index", "status", "conversations")
    assert [one["documents"] for one in status["indices"]] == [COUNT, COUNT]
    [going_on] = status["rebuilds"]
    assert (going_on["step"], going_on["done"], going_on["backfill"]) == ("ready", COUNT, "done")
    verified = installation.json("index", "verify")
    assert (verified["compared"], verified["equal"], verified["fields"]) == (COUNT, COUNT, [])
    assert f"{going_on['to_index']} instead of {old}" in installation.run("index", "swap")
    assert behind(installation) == [going_on["to_index"]]
    assert "still written" in installation.said("index", "rebuild", code=2)
    assert f"{old} removed" in installation.run("index", "prune", "--yes")
    assert [one["index"] for one in installation.json("index", "status", "conversations")["indices"]] == [
        going_on["to_index"]
    ]
    assert clean(installation)


def test_a_rebuild_continues_after_the_command_and_the_workers_were_killed(
    installation: Installation, worker: list[Program]
) -> None:
    [old] = behind(installation)
    command = begun(installation, "index", "rebuild", "--max-rate", "1500")
    eventually(lambda: installation.count("rebuilds"), "no rebuild has started")
    for _ in range(3):
        time.sleep(1.5)
        installation.kill(worker[0])
        worker[0] = installation.start_worker()
    command.send_signal(signal.SIGKILL)
    command.communicate()
    assert installation.json("index", "status")["rebuilds"]
    done = installation.json("index", "rebuild")
    assert done["step"] == "grace"
    assert behind(installation) == [done["to_index"]]
    assert clean(installation)
    assert old in installation.run("index", "rollback")
    assert behind(installation) == [old]
    assert clean(installation)


def test_a_rebuild_can_be_paused_and_seen_from_a_second_terminal(
    installation: Installation, worker: list[Program]
) -> None:
    command = begun(installation, "index", "rebuild", "--max-rate", "100")
    until = time.monotonic() + 240
    while not (found := installation.json("index", "status")["rebuilds"]) or found[0]["step"] != "backfill":
        assert time.monotonic() < until
    assert installation.run("index", "pause") == "the backfill is paused\n"
    [paused] = installation.json("index", "status")["rebuilds"]
    assert (paused["backfill"], paused["conversations"]) == ("paused", COUNT)
    assert "another" not in installation.run("index", "resume")
    said = command.communicate(timeout=300)
    assert command.returncode == 0, said
    assert clean(installation)


def test_a_backfill_in_place_brings_outdated_documents_up_to_date(
    installation: Installation, worker: list[Program]
) -> None:
    installation.search.delete(index=installation.alias, id="w:" + installation_first(installation), refresh=True)
    assert f"{COUNT:,} conversations" in installation.run("backfill", "--workspace", "w", "--dry-run")
    # What was removed by hand left a higher version behind, so this one cannot come back without a new revision.
    [found] = installation.json("backfill", "--workspace", "w", "--only", "outdated")
    assert (found["state"], found["skipped"], found["superseded"]) == ("done", COUNT - 1, 1)
    [everything] = installation.json("backfill", "--max-rate", "3000")
    assert (everything["indexed"], everything["superseded"]) == (COUNT - 1, 1)
    [first, second] = installation.json("backfill", "list")
    assert (first["backfill"], second["only"]) == (2, "outdated")
    assert "cannot be paused" in installation.said("backfill", "pause", "1", code=2)
    assert "is not a filter" in installation.said("backfill", "--only", "nonsense", code=2)


def installation_first(installation: Installation) -> str:
    with installation.engine.connect() as connection:
        found: str = connection.exec_driver_sql("SELECT min(conversation_id) FROM conversations").scalar_one()
    return found
