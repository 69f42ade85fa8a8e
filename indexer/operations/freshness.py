"""Whether the index is up to date: how many changes it lacks, and up to which time it has all of them."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.reports import Waiting

START_A_WORKER = "indexer worker --until-idle"

_WAITING = """
SELECT count(*), min(first_changed_at) FROM changes
WHERE (%(dataset)s::text IS NULL OR dataset = %(dataset)s)
    AND (%(workspace)s::text IS NULL OR workspace_id = %(workspace)s)
"""


class Freshness(NamedTuple):
    """How many changes wait, and the time (aware) of the oldest: before it, the index is complete.

    Changes are counted as entries of the queue, one for all changes of a conversation. `as_of` is None if none wait.
    """

    waiting: int
    as_of: datetime | None


def freshness(connection: Connection, workspace: str | None = None, dataset: Dataset | None = None) -> Freshness:
    """The freshness of the index, for one workspace and dataset or for all; reads only their entries of the queue."""
    waiting, oldest = connection.exec_driver_sql(
        _WAITING, {"workspace": workspace, "dataset": dataset and dataset.name}
    ).one()
    return Freshness(waiting, oldest)


def waiting_of(connection: Connection, workspace: str, dataset: Dataset) -> Waiting | None:
    """The changes that wait, for an answer about a workspace; None if none do."""
    found = freshness(connection, workspace, dataset)
    return None if found.as_of is None else Waiting(changes=found.waiting, as_of=int(found.as_of.timestamp()))


def still_to_be_indexed(waiting: Waiting, dataset: Dataset) -> str:
    """`3 conversations are still to be indexed`."""
    return f"{_records(waiting, dataset)} {'is' if waiting.changes == 1 else 'are'} still to be indexed"


def wait_for_a_worker(waiting: Waiting, dataset: Dataset) -> str:
    """`3 conversations wait for a worker`, with the command that helps."""
    return f"{_records(waiting, dataset)} {'waits' if waiting.changes == 1 else 'wait'} for a worker: {START_A_WORKER}"


def _records(waiting: Waiting, dataset: Dataset) -> str:
    return f"{waiting.changes:,} {dataset.entity.of(waiting.changes)}"
