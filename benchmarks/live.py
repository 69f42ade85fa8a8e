"""Changes a second through store, worker and index, against one Celery task per change; and time to searchable.

Every contestant starts with the first write of distinct ten-part conversations and ends when the last is done, with a
worker of two processes and Celery over the same Redis; this process is the producer, and all of them share the
machine. Ours saves batches of 500 in one transaction each, wakes the workers, and is done when all documents are
in the index and the queue is empty. `vs_noop_tasks`: one message per change for a task that does nothing.
`vs_task_per_index`: batches of the same size saved in a plain table, and for each conversation one message for a task
that reads it, computes the same document and sends one index request. The slower ones are given fewer changes, since
rates are compared, round by round.

Plain tasks are done when no message waits or is unacknowledged. Documents are counted afterwards: every one must be
there. How the time from commit to searchable is measured stands in `_latency.py`; `p50_ms_beyond_refresh` is negative
where half of the changes are searchable sooner than the index's refresh interval lasts.
"""

from collections.abc import Callable, Sequence
from itertools import count
from time import perf_counter

from benchmarks import _latency, _plain_celery
from benchmarks._conversations import numbered, ten_part_conversations
from benchmarks._harness import Progress, Result, timed_in_turn
from benchmarks._site import BATCH, Site, site
from indexer.datasets.conversations import CONVERSATIONS
from indexer.search import ensure_dataset

CHANGES = 10_000
NOOP_TASKS = 4_000
INDEX_TASKS = 1_500
"""How many changes each contestant is given, so that it takes seconds."""


def run(rounds: int, progress: Progress) -> Result:
    """Rates in changes a second, ratios of rates (ours over theirs), and the time to searchable in milliseconds."""
    progress(f"generating {CHANGES:,} conversations")
    distinct = ten_part_conversations(BATCH)
    payloads = numbered(distinct, CHANGES)
    with site(progress) as here, here.indexer_worker():
        progress(f"{CHANGES:,} changes for us, {NOOP_TASKS:,} tasks that do nothing, {INDEX_TASKS:,} that index")
        with here.celery_worker("benchmarks._plain_celery:app"):
            timings = timed_in_turn(
                {
                    "ours": _in_new_workspaces(here, "ours", payloads, _ours),
                    "noop_tasks": lambda: _noop_tasks(here),
                    "task_per_index": _in_new_workspaces(here, "plain", payloads[:INDEX_TASKS], task_per_index),
                },
                rounds,
                progress,
            )
        latency = _latency.measure(here, distinct, progress)
    ours = timings["ours"]
    return Result(
        figures={
            "changes_per_second": 1 / ours.median,
            "noop_tasks_per_second": 1 / timings["noop_tasks"].median,
            "tasks_per_index_per_second": 1 / timings["task_per_index"].median,
            **latency,
        },
        ratios={
            "vs_task_per_index": timings["task_per_index"].times(ours),
            "vs_noop_tasks": timings["noop_tasks"].times(ours),
        },
    )


def _in_new_workspaces(
    here: Site, name: str, payloads: list[bytes], contestant: Callable[[Site, str, list[bytes]], float]
) -> Callable[[], float]:
    """The contestant on the same conversations, in a workspace of their own each time."""
    numbers = count(1)

    def measured() -> float:
        workspace_id = f"{name}_{next(numbers)}"
        here.make_workspace(workspace_id)
        return contestant(here, workspace_id, payloads) / len(payloads)

    return measured


def _ours(here: Site, workspace_id: str, payloads: list[bytes]) -> float:
    """Seconds that we take."""
    begun = perf_counter()
    for batch in _batches(payloads):
        here.save(workspace_id, [CONVERSATIONS.incoming(payload) for payload in batch])
    here.wait_until_indexed()
    took = perf_counter() - begun
    _expect_all(here, here.here.alias, workspace_id, len(payloads))
    return took


def _noop_tasks(here: Site) -> float:
    """Seconds per task that does nothing."""
    begun = perf_counter()
    for number in range(NOOP_TASKS):
        _plain_celery.nothing.delay(str(number))
    _wait_until_executed(here)
    return (perf_counter() - begun) / NOOP_TASKS


def task_per_index(here: Site, workspace_id: str, payloads: list[bytes]) -> float:
    """Seconds that a task and an index request per change take."""
    alias = ensure_dataset(here.here.search, _plain_celery.prefix(), "conversations").alias
    with here.here.store.begin() as connection:
        connection.exec_driver_sql(_plain_celery.MAKE_TABLE)
    begun = perf_counter()
    for batch in _batches(payloads):
        ids = [CONVERSATIONS.incoming(payload).entity_id for payload in batch]
        with here.here.store.begin() as connection:
            connection.exec_driver_sql(
                _plain_celery.SAVE, {"workspace_id": workspace_id, "ids": ids, "payloads": list(batch)}
            )
        for conversation_id in ids:
            _plain_celery.index.delay(workspace_id, conversation_id)
    _wait_until_executed(here)
    took = perf_counter() - begun
    _expect_all(here, alias, workspace_id, len(payloads))
    return took


def _wait_until_executed(here: Site) -> None:
    """Return when no message waits and none is with a worker unacknowledged: all but the last few are executed."""
    redis = here.here.redis
    here.wait_until(
        lambda: redis.llen(_plain_celery.QUEUE) == 0 and redis.hlen("unacked") == 0, "the messages to be taken"
    )


def _expect_all(here: Site, alias: str, workspace_id: str, expected: int) -> None:
    """Wait for what the last tasks may still be doing; every document must come."""
    query: dict[str, object] = {"term": {"workspace_id": workspace_id}}
    here.wait_until(lambda: here.count_documents(alias, query) == expected, f"{expected} documents in {alias}")


def _batches(payloads: list[bytes]) -> Sequence[list[bytes]]:
    return [payloads[start : start + BATCH] for start in range(0, len(payloads), BATCH)]
