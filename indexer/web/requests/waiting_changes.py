"""The changes of workspaces that are still to be indexed, as readers see them beside an answer."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from indexer.datasets.dataset import Dataset
from indexer.errors import ServiceUnavailable
from indexer.operations.freshness import waiting_of
from indexer.reports import Waiting

_KEPT_SECONDS = 1.0
_MOST_KEPT = 1_000
_AWAY_SECONDS = 30.0


class WaitingChanges:
    """Reads them for all requests of the server; a store that is away is not asked for a while."""

    def __init__(self, connect: Callable[[], AbstractContextManager[Connection]], runs: Callable[[], bool]) -> None:
        """`connect` opens a connection to the store, `runs` says whether that starts no service."""
        self._connect = connect
        self._runs = runs
        self._found: dict[tuple[str, Dataset], tuple[float, Waiting | None]] = {}
        self._away_until = 0.0

    def of(self, workspace: str, dataset: Dataset) -> Waiting | None:
        """A workspace's changes still to be indexed, as of a moment ago; None if the store cannot be asked."""
        key, now = (workspace, dataset), time.monotonic()
        if not self._runs() or now < self._away_until:
            return None
        if key not in self._found or now - self._found[key][0] > _KEPT_SECONDS:
            if len(self._found) > _MOST_KEPT:
                self._found.clear()
            try:
                with self._connect() as connection:
                    self._found[key] = now, waiting_of(connection, workspace, dataset)
            except (DBAPIError, ServiceUnavailable):
                self._away_until = time.monotonic() + _AWAY_SECONDS
                return None
        return self._found[key][1]
