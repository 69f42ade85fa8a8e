"""The ranges of a backfill as workers lease them, read them and move on in them.

A range has a cursor (`after`), which moves with every batch that the index has taken. So a worker that dies costs a
batch, and another worker continues where it was. The leases are like those of `changes`: a deadline and an id, and a
worker that comes back late moves nothing.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset, Stored
from indexer.keys import EntityKey
from indexer.store.entities.key_bounds import key_bound
from indexer.store.entities.stored import columns_of, stored_of
from indexer.store.jobs.backfills import SELECTED, Selected


class LeasedRange(NamedTuple):
    """A leased range to work on; without `after` it begins at the first key, without `until` it ends at the last."""

    backfill_id: int
    number: int
    after: EntityKey | None
    until: EntityKey | None
    lease_id: UUID


class Batch(NamedTuple):
    """The outcome of a part of a range; `error` is an example of a refused document."""

    indexed: int = 0
    superseded: int = 0
    skipped: int = 0
    refused: int = 0
    error: str | None = None


_LEASE = """
UPDATE backfill_ranges AS r SET lease_id = %(lease_id)s, lease_until = now() + make_interval(secs => %(seconds)s)
FROM (
    SELECT backfill_id, number FROM backfill_ranges JOIN backfills USING (backfill_id)
    WHERE backfill_id = %(backfill_id)s AND state = 'running' AND NOT done AND due_at <= now()
        AND (lease_until IS NULL OR lease_until <= now())
    ORDER BY due_at, number LIMIT 1 FOR UPDATE OF backfill_ranges SKIP LOCKED
) AS free
WHERE (r.backfill_id, r.number) = (free.backfill_id, free.number)
RETURNING r.number, r.after_workspace, r.after_id, r.until_workspace, r.until_id
"""

_READ = f"""
SELECT {{columns}}
FROM {{table}} AS stored
WHERE {SELECTED} {{bounds}}
ORDER BY workspace_id, {{id}} LIMIT {{limit}}
"""

# By its statistics PostgreSQL often expects a range to be a few rows; it then collects the whole range and sorts it,
# including payloads, for every batch.
_ALONG_THE_KEYS = "SELECT set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)"

_MINE = "backfill_id = %(backfill_id)s AND number = %(number)s AND lease_id = %(lease_id)s"

_MOVE = f"""
UPDATE backfill_ranges SET
    after_workspace = %(workspace_id)s, after_id = %(conversation_id)s,
    indexed = indexed + %(indexed)s, superseded = superseded + %(superseded)s,
    skipped = skipped + %(skipped)s, refused = refused + %(refused)s,
    last_error = coalesce(%(error)s, last_error),
    lease_until = now() + make_interval(secs => %(seconds)s)
WHERE {_MINE}
"""

_END_RANGE = f"""
UPDATE backfill_ranges SET
    done = %(done)s, due_at = now() + make_interval(secs => %(delay)s), lease_id = NULL, lease_until = NULL,
    last_error = coalesce(%(error)s, last_error)
WHERE {_MINE}
"""

_END = """
UPDATE backfills SET state = 'done', ended_at = now()
WHERE backfill_id = %(backfill_id)s AND state = 'running'
    AND NOT EXISTS (SELECT FROM backfill_ranges AS r WHERE r.backfill_id = %(backfill_id)s AND NOT done)
"""

_TAKE_TURN = """
UPDATE backfills SET next_at = greatest(next_at, now()) + make_interval(secs => %(conversations)s / max_rate)
WHERE backfill_id = %(backfill_id)s AND max_rate IS NOT NULL
RETURNING extract(epoch FROM next_at - make_interval(secs => %(conversations)s / max_rate) - now())::float8
"""


def lease_range(connection: Connection, backfill_id: int, lease_seconds: float) -> LeasedRange | None:
    """Lease a range to work on; returns None if no range is free and due."""
    lease_id = uuid4()
    row = connection.exec_driver_sql(
        _LEASE, {"backfill_id": backfill_id, "lease_id": lease_id, "seconds": lease_seconds}
    ).one_or_none()
    if row is None:
        return None
    number, after_workspace, after_id, until_workspace, until_id = row
    return LeasedRange(
        backfill_id,
        number,
        None if after_id is None else EntityKey(after_workspace, after_id),
        None if until_id is None else EntityKey(until_workspace, until_id),
        lease_id,
    )


def read_selected(
    connection: Connection,
    selected: Selected,
    after: EntityKey | None,
    until: EntityKey | None,
    limit: int,
    *,
    dataset: Dataset,
) -> list[Stored]:
    """The first `limit` selected entities, with keys after `after` up to `until`, in order."""
    beyond, first = key_bound("after", after, dataset, selected.workspace_id)
    up_to, last = key_bound("until", until, dataset, selected.workspace_id)
    connection.exec_driver_sql(_ALONG_THE_KEYS)
    rows = connection.exec_driver_sql(
        _READ.format(**dataset.table._asdict(), columns=columns_of(dataset), bounds=beyond + up_to, limit=int(limit)),
        {**selected._asdict(), **first, **last},
        execution_options={"binary_results": True},
    )
    return stored_of(connection, rows, dataset)


def move_on(connection: Connection, lease: LeasedRange, to: EntityKey, batch: Batch, lease_seconds: float) -> bool:
    """Set the cursor of a leased range after a batch; False if another worker has the lease by now.

    Nobody waits for the disk: should PostgreSQL die, a batch is written again, which changes nothing.
    """
    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
    moved = connection.exec_driver_sql(
        _MOVE,
        {
            **_of(lease),
            **batch._asdict(),
            "workspace_id": to.workspace_id,
            "conversation_id": to.entity_id,
            "seconds": lease_seconds,
        },
    )
    return moved.rowcount == 1


def end_range(
    connection: Connection, lease: LeasedRange, *, done: bool, delay_seconds: float = 0, error: str | None = None
) -> None:
    """Give a range back, done or to be continued after a delay; the last range that is done ends the backfill."""
    connection.exec_driver_sql(_END_RANGE, {**_of(lease), "done": done, "delay": delay_seconds, "error": error})
    if done:
        connection.exec_driver_sql(_END, {"backfill_id": lease.backfill_id})


def take_turn(connection: Connection, backfill_id: int, conversations: int) -> float:
    """Reserve time for this many conversations at the backfill's rate; returns the seconds to wait before them."""
    waits: float | None = connection.exec_driver_sql(
        _TAKE_TURN, {"backfill_id": backfill_id, "conversations": float(conversations)}
    ).scalar()
    return max(0.0, waits or 0.0)


def _of(lease: LeasedRange) -> Mapping[str, object]:
    return {"backfill_id": lease.backfill_id, "number": lease.number, "lease_id": lease.lease_id}
