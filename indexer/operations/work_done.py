"""The work that an installation's workers have done so far, and the work left; two looks show the work between them."""

from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from indexer.connections import store_at
from indexer.errors import OperatorError
from indexer.operations.queue_status import read_depth

_DONE = """
SELECT (SELECT coalesce(sum(changes), 0)::bigint FROM tallies WHERE outcome <> 'quarantined'),
       (SELECT coalesce(sum(indexed + superseded + skipped + refused), 0)::bigint FROM backfill_ranges)
"""


class Work(NamedTuple):
    """A look: changes due and waiting in the queue, all changes ever done, and all history ever done.

    Both sums are those of all workers together. `waiting` includes changes that are due, leased and put off.
    """

    due: int
    waiting: int
    changes: int
    history: int

    def since(self, before: "Work") -> "Work":
        """The same queue, with the work done since an earlier look."""
        # If rows of old backfills were deleted, that must not look like work undone.
        return self._replace(
            changes=max(0, self.changes - before.changes), history=max(0, self.history - before.history)
        )


def work_done(connection: Connection) -> Work:
    """The present look; reads all of the queue."""
    queue = read_depth(connection)
    changes, history = connection.exec_driver_sql(_DONE).one()
    return Work(queue.due, queue.unindexed, changes, history)


def look(database_url: str) -> Work | None:
    """The same over a connection of its own, so that no process forked from this one has it; None without an answer."""
    try:
        with store_at(database_url) as store, store.connect() as connection:
            return work_done(connection)
    except (OperatorError, SQLAlchemyError):
        return None
