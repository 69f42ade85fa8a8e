"""Stops of the drain: while a dataset is stopped, workers lease none of its changes (docs/decisions/0007)."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset


class DrainStop(NamedTuple):
    """The reason why a dataset's drain is stopped, and the most frequent error as an example."""

    dataset: str
    since: datetime
    reason: str
    error: str


def drain_stop(connection: Connection, dataset: Dataset) -> DrainStop | None:
    """The stop that is in force, if there is one."""
    row = connection.exec_driver_sql(
        "SELECT dataset, since, reason, error FROM drain_stops WHERE dataset = %(dataset)s", {"dataset": dataset.name}
    ).one_or_none()
    return None if row is None else DrainStop(*row)


def stop_drain(connection: Connection, dataset: Dataset, reason: str, error: str) -> DrainStop:
    """Stop the drain; returns the stop in force. If several workers do so at once, that of the first is in force."""
    row = connection.exec_driver_sql(
        """
        INSERT INTO drain_stops (dataset, since, reason, error) VALUES (%(dataset)s, now(), %(reason)s, %(error)s)
        ON CONFLICT (dataset) DO UPDATE SET since = drain_stops.since
        RETURNING dataset, since, reason, error
        """,
        {"dataset": dataset.name, "reason": reason, "error": error.replace("\0", "")},
    ).one()
    return DrainStop(*row)


def resume_drain(connection: Connection, dataset: Dataset) -> DrainStop | None:
    """Let the drain continue; returns the stop that was in force."""
    row = connection.exec_driver_sql(
        "DELETE FROM drain_stops WHERE dataset = %(dataset)s RETURNING dataset, since, reason, error",
        {"dataset": dataset.name},
    ).one_or_none()
    return None if row is None else DrainStop(*row)
