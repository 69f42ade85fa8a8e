"""Backfills: history to be indexed again, cut into ranges of keys that workers lease one by one.

A range has a cursor (`after`), which moves on with every batch that the index has taken. So a worker that dies costs
a batch, and a backfill goes on where it was whoever works on it. The leases are those of `changes` in little: a
deadline, an id, and whoever comes back late moves nothing.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset, Stored
from indexer.datasets.registry import dataset_named
from indexer.store.entities.stored import columns_of, stored_of

RANGE = 5_000
"""Conversations of a range, about."""

State = Literal["running", "paused", "done", "cancelled"]
Key = tuple[str, str]
"""`(workspace_id, conversation_id)`."""


class Selected(NamedTuple):
    """Which conversations are meant: of one workspace, created from (inclusive) and until (exclusive), in seconds.

    `chosen` chooses further, by their documents, see `indexing.backfiller`.
    """

    workspace_id: str | None = None
    created_from: int | None = None
    created_until: int | None = None
    chosen: str | None = None


class Backfill(NamedTuple):
    """A backfill as it was ordered; `target` is the alias that is written to, `max_rate` in conversations a second."""

    backfill_id: int
    dataset: Dataset
    target: str
    selected: Selected
    max_rate: float | None
    state: State
    conversations: int
    started_at: datetime
    ended_at: datetime | None


class Progress(NamedTuple):
    """How far a backfill is, in conversations.

    `skipped` were not chosen by their documents, `refused` cannot be computed or will never be taken. `working` are
    the ranges that somebody works on now, `seconds` how long it has been going on.
    """

    indexed: int
    superseded: int
    skipped: int
    refused: int
    ranges: int
    ranges_done: int
    working: int
    seconds: float
    last_error: str | None

    @property
    def conversations(self) -> int:
        """Those that have been dealt with."""
        return self.indexed + self.superseded + self.skipped + self.refused


class LeasedRange(NamedTuple):
    """A range to work on by who leased it; without `after` from the first key, without `until` to the last."""

    backfill_id: int
    number: int
    after: Key | None
    until: Key | None
    lease_id: UUID


class Batch(NamedTuple):
    """What became of a part of a range; `error` is an example of what was refused."""

    indexed: int = 0
    superseded: int = 0
    skipped: int = 0
    refused: int = 0
    error: str | None = None


_COLUMNS = """
    backfill_id, dataset, target, workspace_id, created_from, created_until, chosen, max_rate, state, conversations,
    started_at, ended_at
"""

_OF_WORKSPACE = "{own} AND (%(workspace_id)s::text IS NULL OR workspace_id = %(workspace_id)s)"

_SELECTED = f"""
    {_OF_WORKSPACE} AND NOT deleted
    AND (%(created_from)s::bigint IS NULL OR created_at >= %(created_from)s)
    AND (%(created_until)s::bigint IS NULL OR created_at < %(created_until)s)
"""

_COUNT = f"SELECT count(*), coalesce(sum(octet_length(payload)), 0) FROM {{table}} WHERE {_SELECTED}"

# Cut at every so many; what is saved later falls into one of the ranges, for the outer ones have open ends. Counting
# and cutting are one walk along the keys, since nobody can work before it is over. Where all times are meant it is one
# over the keys alone (twenty times as fast), and what is deleted is counted by the index that it has to itself.
_START = """
WITH cuts AS MATERIALIZED (
    SELECT * FROM (
        SELECT workspace_id, {id} AS id,
            row_number() OVER by_key AS place, lead({id}) OVER by_key IS NULL AS last
        FROM {table} WHERE {walked}
        WINDOW by_key AS (ORDER BY workspace_id, {id})
    ) AS numbered WHERE last OR place %% {size} = 0
), started AS (
    INSERT INTO backfills
        (dataset, target, workspace_id, created_from, created_until, chosen, max_rate, state, conversations)
    SELECT %(dataset)s, %(target)s, %(workspace_id)s, %(created_from)s, %(created_until)s, %(chosen)s, %(max_rate)s,
        'running', coalesce(max(place), 0) - {uncounted}
    FROM cuts
    RETURNING {columns}
), ends AS (
    SELECT workspace_id, id, place FROM cuts WHERE place %% {size} = 0
    UNION ALL SELECT NULL, NULL, NULL
), ranges AS (
    INSERT INTO backfill_ranges (backfill_id, number, after_workspace, after_id, until_workspace, until_id)
    SELECT (SELECT backfill_id FROM started), row_number() OVER by_place,
        lag(workspace_id) OVER by_place, lag(id) OVER by_place, workspace_id, id
    FROM ends WINDOW by_place AS (ORDER BY place NULLS LAST)
)
SELECT * FROM started
"""

_DELETED = f"(SELECT count(*) FROM {{table}} WHERE {_OF_WORKSPACE} AND deleted)"

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
WHERE {_SELECTED} {{bounds}}
ORDER BY workspace_id, {{id}} LIMIT {{limit}}
"""

# By its statistics PostgreSQL often takes a range for a few rows; it then collects the whole of it and sorts it,
# payloads and all, for every batch.
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

_PROGRESS = """
SELECT
    coalesce(sum(indexed), 0)::bigint, coalesce(sum(superseded), 0)::bigint, coalesce(sum(skipped), 0)::bigint,
    coalesce(sum(refused), 0)::bigint, count(r.number), count(*) FILTER (WHERE done),
    count(*) FILTER (WHERE lease_until > now()),
    extract(epoch FROM coalesce(b.ended_at, now()) - b.started_at)::float8, max(last_error)
FROM backfills AS b LEFT JOIN backfill_ranges AS r USING (backfill_id)
WHERE b.backfill_id = %(backfill_id)s GROUP BY b.backfill_id
"""

_TAKE_TURN = """
UPDATE backfills SET next_at = greatest(next_at, now()) + make_interval(secs => %(conversations)s / max_rate)
WHERE backfill_id = %(backfill_id)s AND max_rate IS NOT NULL
RETURNING extract(epoch FROM next_at - make_interval(secs => %(conversations)s / max_rate) - now())::float8
"""


def count_selected(connection: Connection, selected: Selected, dataset: Dataset) -> tuple[int, int]:
    """How many conversations (or records) are meant, and the bytes of their JSON; reads all of them."""
    count, size = connection.exec_driver_sql(_COUNT.format(**dataset.table._asdict()), selected._asdict()).one()
    return count, int(size)


def start_backfill(
    connection: Connection,
    target: str,
    selected: Selected,
    dataset: Dataset,
    max_rate: float | None = None,
    *,
    size: int = RANGE,
) -> Backfill:
    """Order a backfill, cut into ranges of `size` conversations."""
    parameters = {"dataset": dataset.name, "target": target, "max_rate": max_rate, **selected._asdict()}
    of = dataset.table._asdict()
    at_all_times = selected.created_from is None and selected.created_until is None
    walked, uncounted = (_OF_WORKSPACE, _DELETED.format(**of)) if at_all_times else (_SELECTED, "0")
    statement = _START.format(**of, walked=walked.format(**of), uncounted=uncounted, columns=_COLUMNS, size=int(size))
    return _backfill(connection.exec_driver_sql(statement, parameters).one())


def get_backfill(connection: Connection, backfill_id: int) -> Backfill | None:
    """One backfill, if there is one of that number."""
    row = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM backfills WHERE backfill_id = %(id)s", {"id": backfill_id}
    ).one_or_none()
    return None if row is None else _backfill(row)


def list_backfills(connection: Connection, limit: int = 50) -> list[Backfill]:
    """The last backfills, the newest first."""
    rows = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM backfills ORDER BY backfill_id DESC LIMIT %(limit)s", {"limit": limit}
    )
    return [_backfill(row) for row in rows]


def open_backfills(connection: Connection) -> dict[int, int]:
    """For each running backfill that somebody could work on, how many ranges are free."""
    rows = connection.exec_driver_sql("""
        SELECT backfill_id, count(*) FROM backfill_ranges JOIN backfills USING (backfill_id)
        WHERE state = 'running' AND NOT done AND due_at <= now() AND (lease_until IS NULL OR lease_until <= now())
        GROUP BY backfill_id
    """)
    return {int(row[0]): int(row[1]) for row in rows}


def usual_rate(connection: Connection) -> float | None:
    """Conversations a second of the last backfill of a thousand or more that no rate held back; None before one."""
    rate: float | None = connection.exec_driver_sql("""
        SELECT (conversations / extract(epoch FROM ended_at - started_at))::float8 FROM backfills
        WHERE state = 'done' AND max_rate IS NULL AND chosen IS NULL AND conversations >= 1000
        ORDER BY ended_at DESC LIMIT 1
    """).scalar()
    return rate


def set_state(connection: Connection, backfill_id: int, state: Literal["running", "paused", "cancelled"]) -> bool:
    """Pause a running backfill, let a paused one go on, or cancel either; whether that was possible."""
    before = {"paused": ["running"], "running": ["paused"], "cancelled": ["running", "paused"]}[state]
    done = connection.exec_driver_sql(
        """
        UPDATE backfills SET state = %(state)s, ended_at = CASE WHEN %(state)s = 'cancelled' THEN now() END
        WHERE backfill_id = %(id)s AND state = ANY (%(before)s)
        """,
        {"id": backfill_id, "state": state, "before": before},
    )
    return done.rowcount == 1


def progress(connection: Connection, backfill_id: int) -> Progress:
    """How far it is."""
    return Progress(*connection.exec_driver_sql(_PROGRESS, {"backfill_id": backfill_id}).one())


def lease_range(connection: Connection, backfill_id: int, lease_seconds: float) -> LeasedRange | None:
    """A range to work on, None if there is none that is free and due."""
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
        None if after_id is None else (after_workspace, after_id),
        None if until_id is None else (until_workspace, until_id),
        lease_id,
    )


def read_selected(
    connection: Connection,
    selected: Selected,
    after: Key | None,
    until: Key | None,
    limit: int,
    *,
    dataset: Dataset,
) -> list[Stored]:
    """The first `limit` entities that are meant, with keys after `after` up to `until`, in order."""
    where = dataset.table
    bounds = ""
    keys: dict[str, str] = {}
    if after is not None:
        bounds += f" AND (workspace_id, {where.id}) > (%(after_workspace)s, %(after_id)s)"
        keys |= {"after_workspace": after[0], "after_id": after[1]}
    if until is not None:
        bounds += f" AND (workspace_id, {where.id}) <= (%(until_workspace)s, %(until_id)s)"
        keys |= {"until_workspace": until[0], "until_id": until[1]}
    connection.exec_driver_sql(_ALONG_THE_KEYS)
    rows = connection.exec_driver_sql(
        _READ.format(**where._asdict(), columns=columns_of(dataset), bounds=bounds, limit=int(limit)),
        {**selected._asdict(), **keys},
        execution_options={"binary_results": True},
    )
    return stored_of(rows)


def move_on(connection: Connection, lease: LeasedRange, to: Key, batch: Batch, lease_seconds: float) -> bool:
    """Set the cursor of a leased range after a batch; False where the lease is somebody else's by now.

    Nobody waits for the disk: should PostgreSQL die, a batch is written again, which changes nothing.
    """
    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
    moved = connection.exec_driver_sql(
        _MOVE,
        {**_of(lease), **batch._asdict(), "workspace_id": to[0], "conversation_id": to[1], "seconds": lease_seconds},
    )
    return moved.rowcount == 1


def end_range(
    connection: Connection, lease: LeasedRange, *, done: bool, delay_seconds: float = 0, error: str | None = None
) -> None:
    """Give a range back, done or to be gone on with after a delay; the last one that is done ends the backfill."""
    connection.exec_driver_sql(_END_RANGE, {**_of(lease), "done": done, "delay": delay_seconds, "error": error})
    if done:
        connection.exec_driver_sql(_END, {"backfill_id": lease.backfill_id})


def take_turn(connection: Connection, backfill_id: int, conversations: int) -> float:
    """Reserve time for so many conversations at the backfill's rate; how many seconds to wait before them."""
    waits: float | None = connection.exec_driver_sql(
        _TAKE_TURN, {"backfill_id": backfill_id, "conversations": float(conversations)}
    ).scalar()
    return max(0.0, waits or 0.0)


def _of(lease: LeasedRange) -> Mapping[str, object]:
    return {"backfill_id": lease.backfill_id, "number": lease.number, "lease_id": lease.lease_id}


def _backfill(row: Any) -> Backfill:
    backfill_id, dataset, target, workspace_id, created_from, created_until, chosen, *rest = row
    selected = Selected(workspace_id, created_from, created_until, chosen)
    return Backfill(backfill_id, dataset_named(dataset), target, selected, *rest)
