"""The queue as operators see it: what waits of each dataset, and whether indexing has stopped."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import datasets
from indexer.store.queue.changes import Depth, depth
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


_BY_WORKSPACE = """
WITH queued AS (
    SELECT dataset, workspace_id,
        count(*) FILTER (WHERE coalesce(lease_until, due_at) <= now()) AS due,
        count(*) FILTER (WHERE lease_until > now()) AS leased,
        count(*) FILTER (WHERE lease_id IS NULL AND due_at > now()) AS waiting,
        extract(epoch FROM now() - min(first_changed_at))::float8 AS oldest
    FROM changes WHERE dataset = ANY (%(datasets)s)
        AND (%(workspaces)s::text[] IS NULL OR workspace_id = ANY (%(workspaces)s))
    GROUP BY dataset, workspace_id
), quarantined AS (
    SELECT dataset, workspace_id, count(*) AS entries FROM quarantine WHERE dataset = ANY (%(datasets)s)
        AND (%(workspaces)s::text[] IS NULL OR workspace_id = ANY (%(workspaces)s))
    GROUP BY dataset, workspace_id
)
SELECT dataset, workspace_id, coalesce(due, 0), coalesce(leased, 0), coalesce(waiting, 0), coalesce(entries, 0),
    coalesce(oldest, 0)
FROM queued FULL JOIN quarantined USING (dataset, workspace_id)
ORDER BY coalesce(oldest, 0) DESC, workspace_id, dataset
"""


def read_workspace_queues(connection: Connection, workspaces: Collection[str] | None = None) -> list[WorkspaceQueue]:
    """What waits by workspace and dataset, the oldest first; of these workspaces, or of all. Reads all of the queue."""
    named = {each.name: each for each in datasets()}
    chosen = {"datasets": list(named), "workspaces": None if workspaces is None else list(workspaces)}
    return [
        WorkspaceQueue(named[dataset], workspace_id, Depth(*numbers))
        for dataset, workspace_id, *numbers in connection.exec_driver_sql(_BY_WORKSPACE, chosen)
    ]
