"""Rebuilds of a dataset's index: at which step each is, and which indices are written beside the alias.

Workers read the write targets after they have leased (`write_targets`), so whoever leases after a change of the
targets has seen it. Who leased before may not have: a change of the targets keeps the leases of that moment
(`awaited_leases`), and the next step waits until the last of them has ended. A lease that is taken over has ended
too: its first holder may still write, but not anything newer than what the second one writes to all targets.
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
"""In the order of a rebuild that goes well, up to `pruned`; `undo` is on the way to `rolled_back`."""

ENDED: tuple[Step, ...] = ("pruned", "rolled_back")


class Rebuild(NamedTuple):
    """A rebuild: from which index to which, and the step that is to be done next."""

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
    """An index that is written beside the alias, by its own alias; `refused` documents it will never take."""

    alias: str
    refused: int
    last_error: str | None


_COLUMNS = ", ".join(Rebuild._fields)


def start_rebuild(connection: Connection, dataset: Dataset, from_index: str, to_index: str) -> Rebuild:
    """Put a new rebuild on record; raises `OperatorError` where one is going on."""
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
    """The rebuild that is going on."""
    row = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM rebuilds WHERE dataset = %(dataset)s AND ended_at IS NULL", {"dataset": dataset.name}
    ).one_or_none()
    return None if row is None else Rebuild(*row)


def is_at_step(connection: Connection, rebuild_id: int, step: Step) -> bool:
    """Whether a rebuild has not left the step; under the lock of `rebuild_lock` it cannot until that is let go."""
    return (
        connection.exec_driver_sql(
            "SELECT FROM rebuilds WHERE rebuild_id = %(id)s AND step = %(step)s", {"id": rebuild_id, "step": step}
        ).one_or_none()
        is not None
    )


def step_on(connection: Connection, rebuild_id: int, step: Step) -> Rebuild:
    """Put the next step on record."""
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
    """Keep why a step could not be done."""
    connection.exec_driver_sql(
        "UPDATE rebuilds SET last_error = %(error)s WHERE rebuild_id = %(id)s", {"id": rebuild_id, "error": error}
    )


def set_backfill(connection: Connection, rebuild_id: int, backfill_id: int) -> None:
    """Say which backfill fills the new index."""
    connection.exec_driver_sql(
        "UPDATE rebuilds SET backfill_id = %(backfill)s WHERE rebuild_id = %(id)s",
        {"id": rebuild_id, "backfill": backfill_id},
    )


def write_targets(connection: Connection, dataset: Dataset) -> list[Target]:
    """What is written beside the dataset's alias, and before it, in this order."""
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
    """Remember the leases of this moment. To be called when the change of the targets has been committed."""
    connection.exec_driver_sql(
        """
        UPDATE rebuilds SET awaited_leases = coalesce((
            SELECT array_agg(DISTINCT lease_id) FROM changes WHERE dataset = %(dataset)s AND lease_id IS NOT NULL
        ), '{}') WHERE rebuild_id = %(id)s
        """,
        {"dataset": rebuild.dataset, "id": rebuild.rebuild_id},
    )


def awaited(connection: Connection, rebuild: Rebuild) -> int:
    """How many changes are held by leases that are waited for, also beyond their time: a late holder may settle."""
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
