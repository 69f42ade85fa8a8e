"""An endless walk through store and index, a step at a time; how far it has come, and what it found, is in Redis."""

import time
from dataclasses import astuple, dataclass, field
from typing import NamedTuple

import orjson
import structlog
from redis import Redis

from indexer.datasets.dataset import Dataset
from indexer.indexing.recheck import DifferenceKind
from indexer.indexing.reconciler import LOOK, ReconcileCounts, Reconciled, ReconcileOptions, Reconciler
from indexer.keys import EntityKey

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Walk:
    """The progress of an endless walk: the key that it has come to (None: it begins), and its counts since it began.

    `indexed` are the documents that were found in the index, `began_at` is in epoch seconds.
    """

    cursor: EntityKey | None = None
    indexed: int = 0
    counts: ReconcileCounts = field(default_factory=ReconcileCounts)
    began_at: int = 0


class Result(NamedTuple):
    """The result of a whole comparison of a dataset, with its begin and end in epoch seconds."""

    began_at: int
    ended_at: int
    counts: ReconcileCounts


class Step(NamedTuple):
    """A part of a walk: the progress after it, and its differences; `result` is that of the whole walk if it ended."""

    walk: Walk
    found: Reconciled
    result: Result | None = None


def reconcile_step(reconciler: Reconciler, walk: Walk, limit: int, options: ReconcileOptions = LOOK) -> Step:
    """A part of an endless walk: about `limit` documents from its cursor on; differences are logged.

    To be called again and again, each time with the walk that the last call returned; a lost one costs time.
    """
    began_at = walk.began_at or int(time.time())
    found = Reconciled(indexed_before=walk.indexed, orphaned_before=walk.counts.orphaned)
    cursor = reconciler.step(found, walk.cursor, limit, options=options)
    if found.differences:
        counts = {kind.value: getattr(found, kind.value) for kind in DifferenceKind}
        first = [f"{one.kind}: {one.document}" for one in found.samples]
        log.warning("differences", **counts, repaired=found.repaired, spared=found.spared, first=first)
    else:
        log.info("reconciled", documents=found.documents, queued=found.queued, quarantined=found.quarantined)
    so_far = walk.counts + found
    if cursor is None:
        return Step(Walk(), found, Result(began_at, int(time.time()), so_far))
    return Step(Walk(cursor, walk.indexed + found.indexed, so_far, began_at), found)


def load_walk(redis: Redis, dataset: Dataset) -> Walk:
    """How far the walk by steps has come; it begins where Redis has forgotten it, or has it from another release."""
    kept = redis.get(_walk_key(dataset))
    match orjson.loads(kept) if isinstance(kept, bytes) else None:
        case [workspace_id, entity_id, int(indexed), list(counts), int(began_at)]:
            return Walk(EntityKey(workspace_id, entity_id), indexed, ReconcileCounts(*counts), began_at)
        case _:
            return Walk()


def save_walk(redis: Redis, walk: Walk, dataset: Dataset) -> None:
    """Keep the cursor and the counts of the walk by steps."""
    if walk.cursor is None:
        redis.delete(_walk_key(dataset))
    else:
        redis.set(_walk_key(dataset), orjson.dumps([*walk.cursor, walk.indexed, astuple(walk.counts), walk.began_at]))


def load_result(redis: Redis, dataset: Dataset) -> Result | None:
    """The result of the last whole comparison; None before the first, or if Redis has forgotten it."""
    kept = redis.get(_result_key(dataset))
    match orjson.loads(kept) if isinstance(kept, bytes) else None:
        case [int(began_at), int(ended_at), list(counts)]:
            return Result(began_at, ended_at, ReconcileCounts(*counts))
        case _:
            return None


def save_result(redis: Redis, result: Result, dataset: Dataset) -> None:
    """Keep the result of a whole comparison, for operators to look at."""
    redis.set(_result_key(dataset), orjson.dumps([result.began_at, result.ended_at, astuple(result.counts)]))


def _walk_key(dataset: Dataset) -> str:
    return f"indexer:reconciling:{dataset}:walk"


def _result_key(dataset: Dataset) -> str:
    return f"indexer:reconciling:{dataset}:result"
