"""Backfills: history to be indexed again, cut into ranges of keys that workers lease one by one.

This is the operators' side: orders, progress and states. The workers' side is `backfill_ranges`.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import dataset_named

RANGE = 5_000
"""The approximate number of conversations in a range."""

State = Literal["running", "paused", "done", "cancelled"]


class Selected(NamedTuple):
    """The selected conversations: of one workspace, created from (inclusive) until (exclusive), in seconds.

    `chosen` selects further by their documents, see `indexing.backfill_filter`.
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
    """The progress of a backfill, in conversations.

    `skipped` were not chosen by their documents, `refused` cannot be computed or will never be taken. `working` are
    the ranges that a worker has now, `seconds` how long the backfill has been running.
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
        """The conversations that are done."""
        return self.indexed + self.superseded + self.skipped + self.refused


_COLUMNS = """
    backfill_id, dataset, target, workspace_id, created_from, created_until, chosen, max_rate, state, conversations,
    started_at, ended_at
"""

_OF_WORKSPACE = "{own} AND (%(workspace_id)s::text IS NULL OR workspace_id = %(workspace_id)s)"

SELECTED = f"""
    {_OF_WORKSPACE} AND NOT deleted
    AND (%(created_from)s::bigint IS NULL OR created_at >= %(created_from)s)
    AND (%(created_until)s::bigint IS NULL OR created_at < %(created_until)s)
"""
"""Which rows of a table are selected by the parameters of a `Selected`; formatted with the fields of `Table`."""

_COUNT = f"SELECT count(*), coalesce(sum(octet_length(payload)), 0) FROM {{table}} WHERE {SELECTED}"

# Cut after each `size` conversations; those saved later are in one of the ranges, since the outer ones have open ends.
# Counting and cutting are one walk along the keys, since no worker can begin before it ends. If all times are selected,
# it reads the keys alone (twenty times as fast), and deleted conversations are counted by an index of their own.
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

_PROGRESS = """
SELECT
    coalesce(sum(indexed), 0)::bigint, coalesce(sum(superseded), 0)::bigint, coalesce(sum(skipped), 0)::bigint,
    coalesce(sum(refused), 0)::bigint, count(r.number), count(*) FILTER (WHERE done),
    count(*) FILTER (WHERE lease_until > now()),
    extract(epoch FROM coalesce(b.ended_at, now()) - b.started_at)::float8, max(last_error)
FROM backfills AS b LEFT JOIN backfill_ranges AS r USING (backfill_id)
WHERE b.backfill_id = %(backfill_id)s GROUP BY b.backfill_id
"""


def count_selected(connection: Connection, selected: Selected, dataset: Dataset) -> tuple[int, int]:
    """The number of selected conversations (or records), and the bytes of their JSON; reads all of them."""
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
    walked, uncounted = (_OF_WORKSPACE, _DELETED.format(**of)) if at_all_times else (SELECTED, "0")
    statement = _START.format(**of, walked=walked.format(**of), uncounted=uncounted, columns=_COLUMNS, size=int(size))
    return _backfill(connection.exec_driver_sql(statement, parameters).one())


def get_backfill(connection: Connection, backfill_id: int) -> Backfill | None:
    """The backfill of that number, if it exists."""
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
    """The number of free ranges of each running backfill that a worker could work on."""
    rows = connection.exec_driver_sql("""
        SELECT backfill_id, count(*) FROM backfill_ranges JOIN backfills USING (backfill_id)
        WHERE state = 'running' AND NOT done AND due_at <= now() AND (lease_until IS NULL OR lease_until <= now())
        GROUP BY backfill_id
    """)
    return {int(row[0]): int(row[1]) for row in rows}


def is_any_running(connection: Connection) -> bool:
    """Whether a backfill runs, also if no range of it is free."""
    found: bool = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM backfills WHERE state = 'running')"
    ).scalar_one()
    return found


def usual_rate(connection: Connection) -> float | None:
    """Conversations a second of the last backfill of a thousand or more without a rate limit; None before one."""
    rate: float | None = connection.exec_driver_sql("""
        SELECT (conversations / extract(epoch FROM ended_at - started_at))::float8 FROM backfills
        WHERE state = 'done' AND max_rate IS NULL AND chosen IS NULL AND conversations >= 1000
        ORDER BY ended_at DESC LIMIT 1
    """).scalar()
    return rate


def set_state(connection: Connection, backfill_id: int, state: Literal["running", "paused", "cancelled"]) -> bool:
    """Pause a running backfill, resume a paused one, or cancel either; returns whether that was possible."""
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
    """The progress of a backfill."""
    return Progress(*connection.exec_driver_sql(_PROGRESS, {"backfill_id": backfill_id}).one())


def _backfill(row: Any) -> Backfill:
    backfill_id, dataset, target, workspace_id, created_from, created_until, chosen, *rest = row
    selected = Selected(workspace_id, created_from, created_until, chosen)
    return Backfill(backfill_id, dataset_named(dataset), target, selected, *rest)
