from datetime import UTC, datetime
from typing import Any

import pytest

from indexer.datasets.conversations import CONVERSATIONS
from indexer.operations.backfill_status import BackfillStatus
from indexer.operations.job_status import JobStatus
from indexer.operations.rebuild_status import RebuildStatus
from indexer.store.jobs.backfills import Backfill, Progress, Selected
from indexer.store.jobs.rebuilds import Rebuild

NOW = datetime(2026, 10, 1, tzinfo=UTC)
BACKFILL = Backfill(7, CONVERSATIONS, "some-alias", Selected(), None, "running", 1_000, NOW, None)
PROGRESS = Progress(
    indexed=150,
    superseded=30,
    skipped=15,
    refused=5,
    ranges=10,
    ranges_done=2,
    working=1,
    seconds=40,
    last_error=None,
)
REBUILD = Rebuild(3, "conversations", "backfill", "old", "new", 7, NOW, None, None, None)


def status(*, conversations: int = 1_000, state: Any = "running", **progress: Any) -> BackfillStatus:
    return BackfillStatus(BACKFILL._replace(conversations=conversations, state=state), PROGRESS._replace(**progress))


def test_the_rate_and_the_time_left_count_everything_that_is_done() -> None:
    found = status()
    assert found.per_second == pytest.approx(5)  # 200 in 40 seconds
    assert found.seconds_left == pytest.approx(160)


def test_the_time_left_is_unknown_before_the_first_conversation_and_while_it_is_paused() -> None:
    begun = status(indexed=0, superseded=0, skipped=0, refused=0)
    assert (begun.per_second, begun.seconds_left) == (0, None)
    assert status(seconds=0.0).per_second == 0
    paused = status(state="paused")
    assert paused.per_second == pytest.approx(5)
    assert paused.seconds_left is None


def test_no_time_is_left_if_more_is_done_than_was_counted() -> None:
    assert status(conversations=150).seconds_left == 0


@pytest.mark.parametrize(
    ("state", "working", "waits"), [("running", 0, True), ("running", 1, False), ("paused", 0, False)]
)
def test_a_running_backfill_that_no_worker_works_on_waits(state: str, working: int, waits: bool) -> None:
    assert status(state=state, working=working).waits_for_a_worker is waits


def test_a_rebuild_waits_for_a_worker_while_it_writes_history_only() -> None:
    idle = status(working=0)
    assert RebuildStatus(REBUILD, idle, None).waits_for_a_worker
    assert not RebuildStatus(REBUILD._replace(step="verify"), idle, None).waits_for_a_worker
    assert not RebuildStatus(REBUILD, None, None).waits_for_a_worker


def test_a_job_is_unattended_if_it_waits_and_no_worker_takes_from_its_queue() -> None:
    idle = RebuildStatus(REBUILD, status(working=0, last_error="refused"), None)
    job = JobStatus.of_rebuild(idle, is_attended=False)
    assert job == JobStatus("rebuild", "conversations", "backfill", 200, 1_000, 5.0, unattended=True, error="refused")
    assert not JobStatus.of_rebuild(idle, is_attended=True).unattended
    assert not JobStatus.of_backfill(status(working=1), is_attended=False).unattended


def test_the_error_of_a_step_comes_before_that_of_its_history() -> None:
    history = status(last_error="one document")
    assert RebuildStatus(REBUILD, history, None).error == "one document"
    assert RebuildStatus(REBUILD._replace(last_error="no room"), history, None).error == "no room"
