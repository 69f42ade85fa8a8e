"""An endless walk through store and index, a step at a time; how far it has come is kept in Redis."""

from typing import NamedTuple

import orjson
import structlog
from redis import Redis

from indexer.datasets.dataset import Dataset, Key
from indexer.indexing.recheck import DifferenceKind
from indexer.indexing.reconciler import LOOK, Reconciled, ReconcileOptions, Reconciler

log = structlog.get_logger()


class Walk(NamedTuple):
    """The progress of an endless walk: the key that it has come to (None: it begins), and its counts since it began."""

    cursor: Key | None = None
    indexed: int = 0
    orphaned: int = 0


class Step(NamedTuple):
    """A part of a walk: the progress after it, and its differences."""

    walk: Walk
    found: Reconciled


def reconcile_step(reconciler: Reconciler, walk: Walk, limit: int, options: ReconcileOptions = LOOK) -> Step:
    """A part of an endless walk: about `limit` documents from its cursor on; differences are logged.

    To be called again and again, each time with the walk that the last call returned; a lost one costs time.
    """
    found = Reconciled(indexed_before=walk.indexed, orphaned_before=walk.orphaned)
    cursor = reconciler.step(found, walk.cursor, limit, options=options)
    if found.differences:
        counts = {kind.value: getattr(found, kind.value) for kind in DifferenceKind}
        first = [f"{one.kind}: {one.document}" for one in found.samples]
        log.warning("differences", **counts, repaired=found.repaired, spared=found.spared, first=first)
    else:
        log.info("reconciled", documents=found.documents, queued=found.queued, quarantined=found.quarantined)
    if cursor is None:
        return Step(Walk(), found)
    return Step(Walk(cursor, walk.indexed + found.indexed, walk.orphaned + found.orphaned), found)


def load_walk(redis: Redis, dataset: Dataset) -> Walk:
    """How far the walk by steps has come; it begins where Redis has forgotten it."""
    kept = redis.get(_walk_key(dataset))
    if not isinstance(kept, bytes):
        return Walk()
    workspace_id, conversation_id, indexed, orphaned = orjson.loads(kept)
    return Walk((workspace_id, conversation_id), indexed, orphaned)


def save_walk(redis: Redis, walk: Walk, dataset: Dataset) -> None:
    """Keep the cursor and the counts of the walk by steps."""
    if walk.cursor is None:
        redis.delete(_walk_key(dataset))
    else:
        redis.set(_walk_key(dataset), orjson.dumps([*walk.cursor, walk.indexed, walk.orphaned]))


def _walk_key(dataset: Dataset) -> str:
    return f"indexer:reconciling:{dataset}:walk"
