"""`indexer status`, `indexer alive` and what `indexer doctor` says of work, with real workers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import orjson
import pytest

from indexer.datasets.dataset import IncomingEvent
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.settings import Settings
from indexer.store.entities.record_events import save_events
from indexer.store.signs import SILENT_SECONDS
from tests import forking
from tests.builders import conversation
from tests.integration.installation import Installation

pytestmark = pytest.mark.services


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """Without tables: the status is the same until there is a record."""
    return empty_database_url


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    made = Installation(test_settings)
    yield made
    made.close()


def imported(installation: Installation, count: int) -> None:
    lines = b"\n".join(orjson.dumps(conversation(id=str(number), at=1_709_300_000)) for number in range(count))
    installation.run("import", "-", "--workspace", "w", stdin=lines)


def eventually(what: Callable[[], object]) -> None:
    until = time.monotonic() + 120
    while not what():
        assert time.monotonic() < until, "it does not happen"
        time.sleep(0.2)


def verdicts(installation: Installation) -> dict[str, tuple[str, str]]:
    return {row["check"]: (row["verdict"], row["detail"]) for row in installation.json("doctor")}


def grow_old(installation: Installation, seconds: float) -> None:
    with installation.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE signs SET seen_at = seen_at - make_interval(secs => %(seconds)s)", {"seconds": seconds}
        )


def test_changes_that_wait_without_a_worker_are_shown_with_a_warning(installation: Installation) -> None:
    imported(installation, 3)

    found = installation.json("status")
    assert found["due"] == found["waiting"] == 3
    assert found["workers"] == []
    assert found["last_beat"] is None
    said = verdicts(installation)
    assert said["changes"][0] == "warning"
    assert "3 wait to be indexed" in said["changes"][1]
    assert "no worker runs" in said["changes"][1]
    assert said["workers"] == ("ok", "none has run yet")


def test_a_store_without_tables_is_told_from_one_that_is_up_to_date(installation: Installation) -> None:
    assert "indexer import" in installation.said("status", code=2)
    assert verdicts(installation)["changes"] == ("ok", "nothing is stored yet")
    installation.run("worker", "--until-idle")
    assert installation.json("status")["waiting"] == 0


def test_the_status_starts_no_service(home: object) -> None:
    bare = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
    done = forking.run(["status"], bare | {"INDEXER_HOME": str(home)})
    assert done.returncode == 3
    assert b"the embedded PostgreSQL is not running" in done.stderr
    assert b"starting" not in done.stderr


def indexed(installation: Installation) -> int | None:
    """How many conversations the index has by `indexer status`; None while that cannot be counted."""
    documents = {row["dataset"]: row["documents"] for row in installation.json("status")["indices"]}
    return documents.get("conversations")


def test_a_worker_and_its_beat_are_seen_until_they_end_and_missed_when_they_are_killed(
    installation: Installation,
) -> None:
    imported(installation, 3)
    worker = installation.start_worker()
    try:
        eventually(lambda: installation.json("status")["workers"] and installation.json("status")["last_beat"])
        installation.wait_until(0)
        eventually(lambda: indexed(installation) == 3)  # searches see documents a second after they are written
        found = installation.json("status")
        assert found["waiting"] == 0
        assert found["workers"][0]["queues"] == ["live", "backfill", "maintenance"]
        assert found["workers"][0]["processes"] == 2
        assert "2 processes" in installation.run("alive", "worker")
        assert "beat on" in installation.run("alive", "beat")
        said = verdicts(installation)
        assert {said[name][0] for name in ("changes", "workers", "beat", "jobs")} == {"ok"}
        assert "1 on " in said["workers"][1]
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    grow_old(installation, SILENT_SECONDS)
    assert "was last seen" in installation.run("alive", "worker", code=1)
    said = verdicts(installation)
    assert said["workers"][0] == said["beat"][0] == "warning"
    assert "fell silent" in said["beat"][1]
    imported(installation, 5)
    assert "no worker runs" in verdicts(installation)["changes"][1]


def test_signs_survive_a_redis_that_has_lost_everything(installation: Installation) -> None:
    installation.run("worker", "--until-idle")
    installation.environment["REDIS_URL"] = "redis://127.0.0.1:1/0"
    found = installation.json("status")
    assert found["last_worker"]["ended_at"] is not None


def test_a_worker_without_a_beat_is_warned_of(installation: Installation) -> None:
    installation.run("worker", "--until-idle", "--no-beat")
    assert installation.json("status")["last_beat"] is None
    with installation.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE signs SET ended_at = NULL, seen_at = now()")
    verdict, detail = verdicts(installation)["beat"]
    assert verdict == "warning"
    assert "a worker runs without a beat" in detail


def test_a_backfill_and_an_export_without_a_worker_are_named(installation: Installation) -> None:
    imported(installation, 3)
    installation.run("worker", "--until-idle")
    installation.run("backfill", "--no-wait")
    asked = ("export", "conversations", "--workspace", "w", "--from", "2024-03-01", "--to", "2024-03-31")
    installation.run(*asked, "--background")

    jobs = installation.json("status")["jobs"]
    assert [(job["kind"], job["unattended"], job["total"]) for job in jobs] == [
        ("backfill", True, 3),
        ("export", True, None),
    ]
    verdict, detail = verdicts(installation)["jobs"]
    assert verdict == "warning"
    assert "backfill 1" in detail
    assert "export " in detail


def test_entries_in_quarantine_are_warned_of(installation: Installation) -> None:
    installation.run("workspace", "list")
    with installation.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO quarantine (dataset, workspace_id, entity_id, revision, reason, error, attempts, first_at,"
            " last_at) VALUES ('conversations', 'w', '1', 1, 'refused', 'no such field', 1, now(), now())"
        )
    assert verdicts(installation)["quarantine"][0] == "warning"
    assert "1 could not be indexed: indexer quarantine list" in installation.run("status", "--format", "table")


@pytest.mark.parametrize("columns", ["80", "60"])
def test_the_screen_fits_its_terminal_and_says_the_next_step(installation: Installation, columns: str) -> None:
    imported(installation, 3)
    installation.run("backfill", "--no-wait")
    installation.environment["COLUMNS"] = columns
    lines = installation.run("status", "--format", "table").splitlines()
    assert max(map(len, lines)) <= int(columns)
    assert lines[0].startswith("due         conversations: 3 due")
    assert "no worker takes its work; start one: indexer worker" in " ".join(" ".join(lines).split())


def test_an_unknown_role_is_refused(installation: Installation) -> None:
    assert "neither worker nor beat" in installation.said("alive", "web", code=2)


def test_a_beat_of_its_own_gives_signs_too(installation: Installation) -> None:
    installation.run("workspace", "list")
    command = [sys.executable, "-m", "celery", "-A", "indexer.tasks", "beat"]
    with subprocess.Popen(
        command, env=installation.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as beat:
        try:
            eventually(lambda: installation.json("status")["last_beat"])
            assert f"(pid {beat.pid})" in installation.run("alive", "beat")
        finally:
            beat.terminate()
    assert "ended" in installation.run("alive", "beat", code=1)


def test_events_that_wait_for_their_receipts_are_shown_and_after_a_while_warned_of(installation: Installation) -> None:
    imported(installation, 1)
    assert verdicts(installation)["events"] == ("ok", "none waits for its record")
    assert not any(line.startswith("events") for line in installation.run("status", "--format", "table").splitlines())
    events = [IncomingEvent(id_, f"open:{at}", at, b"{}") for id_, at in (("1", 1), ("1", 2), ("2", 1))]
    with installation.engine.begin() as connection:
        save_events(connection, MESSAGE_RECEIPTS, "w", events)
    found, of_people = installation.json("status")["waiting_events"]
    assert (of_people["dataset"], of_people["events"], of_people["awaited"]) == ("people", 0, [])
    assert 0 <= found.pop("oldest_age_seconds") < 600
    awaited = [{"workspace": "w", "id": "1"}, {"workspace": "w", "id": "2"}]
    assert found == {"dataset": "message_receipts", "events": 3, "records": 2, "awaited": awaited}
    assert verdicts(installation)["events"][0] == "ok"
    with installation.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE events SET saved_at = now() - interval '2 hours' WHERE record_id = '2'")
    verdict, detail = verdicts(installation)["events"]
    assert verdict == "warning"
    assert "3 events wait for 2 receipts, the oldest for 2 h (such as 2 of w, 1 of w)" in detail
    assert "events      message_receipts: 3 events wait" in installation.run("status", "--format", "table")
