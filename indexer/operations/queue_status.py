"""The queue as operators see it: what waits of each dataset, and whether indexing has stopped."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import datasets
from indexer.store.queue.changes import Depth, depth, depths_by_workspace
from indexer.store.queue.drain_stops import DrainStop, drain_stop


class QueueStatus(NamedTuple):
    """What waits of one dataset, and why none of it is taken if the limit of the quarantine has stopped indexing."""

    dataset: Dataset
    depth: Depth
    stop: DrainStop | None


def read_queues(connection: Connection) -> tuple[QueueStatus, ...]:
    """The queue of each dataset; reads all of it."""
    return tuple(QueueStatus(each, depth(connection, each), drain_stop(connection, each)) for each in datasets())


def read_depth(connection: Connection) -> Depth:
    """The queue of all datasets together, in numbers; reads all of it."""
    return total([depth(connection, dataset) for dataset in datasets()])


def total(depths: Sequence[Depth]) -> Depth:
    """The depths of several datasets together; the oldest age is that of the oldest of them."""
    return Depth(
        due=sum(one.due for one in depths),
        leased=sum(one.leased for one in depths),
        waiting=sum(one.waiting for one in depths),
        quarantined=sum(one.quarantined for one in depths),
        oldest_age_seconds=max((one.oldest_age_seconds for one in depths), default=0),
    )


class WorkspaceQueue(NamedTuple):
    """What waits of one workspace in one dataset, and what of it is in quarantine."""

    dataset: Dataset
    workspace_id: str
    depth: Depth


def read_workspace_queues(connection: Connection, workspaces: Collection[str] | None = None) -> list[WorkspaceQueue]:
    """What waits by workspace and dataset, the oldest first; of these workspaces, or of all. Reads all of the queue."""
    return [WorkspaceQueue(*one) for one in depths_by_workspace(connection, workspaces)]
