"""Rebuilds of a dataset's index: the step of each, and the indices written beside the alias.

Workers read the write targets after they have leased (`write_targets`), so a worker that leases after a change of the
targets has seen it. A worker that leased before may not have: a change of the targets records the leases of that
moment (`awaited_leases`), and the next step waits until the last of them has ended. A lease that is taken over has
ended too: its first holder may still write, but nothing newer than what the second one writes to all targets.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from indexer.datasets.dataset import Dataset
from indexer.errors import OperatorError

Step = Literal[
    "create", "dual_write", "backfill", "settle_in", "verify", "ready", "swap", "grace", "undo", "pruned", "rolled_back"
]
"""The steps in the order of a successful rebuild, up to `pruned`; `undo` leads to `rolled_back`."""

ENDED: tuple[Step, ...] = ("pruned", "rolled_back")


class Rebuild(NamedTuple):
    """A rebuild: its old and new index, and the step to be done next."""

    rebuild_id: int
    dataset: str
    step: Step
    from_index: str
    to_index: str
    backfill_id: int | None
    started_at: datetime
    swapped_at: datetime | None
    ended_at: datetime | None
    last_error: str | None


class Target(NamedTuple):
    """An index written beside the alias, by its own alias; `refused` counts documents that it will never take."""

    alias: str
    refused: int
    last_error: str | None


_COLUMNS = ", ".join(Rebuild._fields)


def start_rebuild(connection: Connection, dataset: Dataset, from_index: str, to_index: str) -> Rebuild:
    """Record a new rebuild; raises `OperatorError` if one is in progress."""
    try:
        row = connection.exec_driver_sql(
            f"""
            INSERT INTO rebuilds (dataset, step, from_index, to_index)
            VALUES (%(dataset)s, 'create', %(from_index)s, %(to_index)s) RETURNING {_COLUMNS}
            """,
            {"dataset": dataset.name, "from_index": from_index, "to_index": to_index},
        ).one()
    except IntegrityError as error:
        raise OperatorError(
            f"another rebuild of {dataset} is in progress",
            "see its progress: indexer index status; continue it: indexer index rebuild; "
            "give it up: indexer index rollback",
        ) from error
    return Rebuild(*row)


def current_rebuild(connection: Connection, dataset: Dataset) -> Rebuild | None:
    """The rebuild in progress; None if there is none."""
    row = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM rebuilds WHERE dataset = %(dataset)s AND ended_at IS NULL", {"dataset": dataset.name}
    ).one_or_none()
    return None if row is None else Rebuild(*row)


def is_at_step(connection: Connection, rebuild_id: int, step: Step) -> bool:
    """Whether a rebuild is still at the step; it cannot leave it while the lock of `rebuild_lock` is held."""
    return (
        connection.exec_driver_sql(
            "SELECT FROM rebuilds WHERE rebuild_id = %(id)s AND step = %(step)s", {"id": rebuild_id, "step": step}
        ).one_or_none()
        is not None
    )


def step_on(connection: Connection, rebuild_id: int, step: Step) -> Rebuild:
    """Record the next step."""
    row = connection.exec_driver_sql(
        f"""
        UPDATE rebuilds SET step = %(step)s, stepped_at = now(), last_error = NULL,
            swapped_at = CASE WHEN %(step)s = 'grace' THEN now() ELSE swapped_at END,
            ended_at = CASE WHEN %(step)s = ANY (%(ended)s) THEN now() END
        WHERE rebuild_id = %(id)s RETURNING {_COLUMNS}
        """,
        {"id": rebuild_id, "step": step, "ended": list(ENDED)},
    ).one()
    return Rebuild(*row)


def note_error(connection: Connection, rebuild_id: int, error: str) -> None:
    """Record why a step could not be done."""
    connection.exec_driver_sql(
        "UPDATE rebuilds SET last_error = %(error)s WHERE rebuild_id = %(id)s", {"id": rebuild_id, "error": error}
    )


def set_backfill(connection: Connection, rebuild_id: int, backfill_id: int) -> None:
    """Record the backfill that fills the new index."""
    connection.exec_driver_sql(
        "UPDATE rebuilds SET backfill_id = %(backfill)s WHERE rebuild_id = %(id)s",
        {"id": rebuild_id, "backfill": backfill_id},
    )


def write_targets(connection: Connection, dataset: Dataset) -> list[Target]:
    """The indices written beside the dataset's alias, and before it, in this order."""
    rows = connection.exec_driver_sql(
        "SELECT alias, refused, last_error FROM write_targets WHERE dataset = %(dataset)s ORDER BY place",
        {"dataset": dataset.name},
    )
    return [Target(*row) for row in rows]


def set_targets(connection: Connection, rebuild: Rebuild, aliases: Sequence[str]) -> None:
    """Write these before the dataset's alias from now on, one after the other."""
    names = {"dataset": rebuild.dataset, "id": rebuild.rebuild_id, "aliases": list(aliases)}
    connection.exec_driver_sql(
        "DELETE FROM write_targets WHERE dataset = %(dataset)s AND NOT alias = ANY (%(aliases)s)", names
    )
    connection.exec_driver_sql(
        """
        INSERT INTO write_targets (dataset, alias, place)
        SELECT %(dataset)s, alias, place FROM unnest(%(aliases)s::text[]) WITH ORDINALITY AS given (alias, place)
        ON CONFLICT (dataset, alias) DO UPDATE SET place = EXCLUDED.place
        """,
        names,
    )


def await_leases(connection: Connection, rebuild: Rebuild) -> None:
    """Record the leases of this moment. To be called when the change of the targets has been committed."""
    connection.exec_driver_sql(
        """
        UPDATE rebuilds SET awaited_leases = coalesce((
            SELECT array_agg(DISTINCT lease_id) FROM changes WHERE dataset = %(dataset)s AND lease_id IS NOT NULL
        ), '{}') WHERE rebuild_id = %(id)s
        """,
        {"dataset": rebuild.dataset, "id": rebuild.rebuild_id},
    )


def awaited(connection: Connection, rebuild: Rebuild) -> int:
    """The number of changes under awaited leases, even expired ones: a late holder may still settle."""
    found: int = connection.exec_driver_sql(
        """
        SELECT count(*) FROM changes WHERE dataset = %(dataset)s AND lease_id = ANY (
            SELECT unnest(awaited_leases) FROM rebuilds WHERE rebuild_id = %(id)s
        )
        """,
        {"dataset": rebuild.dataset, "id": rebuild.rebuild_id},
    ).scalar_one()
    return found


def count_refused(connection: Connection, dataset: Dataset, alias: str, refused: int, error: str) -> None:
    """Count documents that a target will never take."""
    connection.exec_driver_sql(
        """
        UPDATE write_targets SET refused = refused + %(refused)s, last_error = %(error)s
        WHERE dataset = %(dataset)s AND alias = %(alias)s
        """,
        {"dataset": dataset.name, "alias": alias, "refused": refused, "error": error[:1_000].replace("\0", "")},
    )
