"""A migrated store of its own for every test, and short words for what the tests do with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.store.database import open_store, upgrade
from indexer.store.entities.conversations import Saved, save_conversations
from indexer.store.queue.changes import mark_changed
from indexer.store.queue.leased_change import Ended, LeasedChange, Poisoned, Release, Settle
from indexer.store.queue.leases import lease_changes, quarantine_changes, release_changes, settle_changes


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_store(database_url)
    upgrade(engine)
    with engine.begin() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        # A wait that should not be is an error in the end, not a test that hangs.
        connection.exec_driver_sql(f"ALTER DATABASE \"{name}\" SET lock_timeout = '20s'")
    engine.dispose()
    yield engine
    engine.dispose()


@dataclass
class Store:
    """Every method is one committed transaction in workspace `w`."""

    engine: Engine

    def save(self, *ids: str, body: str = "hello", updated_at: int = 100, workspace_id: str = "w") -> Saved:
        batch = [Incoming(id_, body.encode(), 1, updated_at) for id_ in ids]
        with self.engine.begin() as connection:
            return save_conversations(connection, workspace_id, batch)

    def mark(self, *ids: str) -> None:
        with self.engine.begin() as connection:
            mark_changed(connection, CONVERSATIONS, "w", ids)

    def lease(self, limit: int = 100, shard: int | None = None) -> list[LeasedChange]:
        with self.engine.begin() as connection:
            return lease_changes(connection, CONVERSATIONS, shard, limit, 60)

    def settle(self, leases: Sequence[LeasedChange], rest: float = 0) -> Ended:
        with self.engine.begin() as connection:
            return settle_changes(connection, [Settle(lease, "indexed") for lease in leases], rest)

    def release(self, lease: LeasedChange, delay: float = 0, error: str | None = "busy") -> Ended:
        with self.engine.begin() as connection:
            return release_changes(connection, [Release(lease, delay, error)])

    def quarantine(self, lease: LeasedChange, error: str = "no such field") -> Ended:
        with self.engine.begin() as connection:
            return quarantine_changes(connection, [Poisoned(lease, "mapping", error, b"{}")])

    def end_leases(self) -> None:
        """As if the time of all leases had passed."""
        self.run("UPDATE changes SET lease_until = now() - interval '1 second' WHERE lease_id IS NOT NULL")

    def run(self, sql: str, **parameters: object) -> None:
        with self.engine.begin() as connection:
            connection.exec_driver_sql(sql, parameters)

    def rows(self, sql: str, **parameters: object) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.exec_driver_sql(sql, parameters))

    def somebody_waits(self) -> bool:
        """Whether a connection to this database waits for the lock of another."""
        blocked = "datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
        return bool(self.rows(f"SELECT FROM pg_stat_activity WHERE {blocked}"))

    def change(self, entity_id: str = "1") -> Any:
        """The row of the queue, or None; `overdue` is in seconds."""
        found = self.rows(
            "SELECT *, extract(epoch FROM now() - due_at)::float8 AS overdue FROM changes WHERE entity_id = %(id)s",
            id=entity_id,
        )
        return found[0] if found else None

    def revision(self, conversation_id: str = "1") -> int:
        [row] = self.rows("SELECT revision FROM conversations WHERE conversation_id = %(id)s", id=conversation_id)
        return int(row.revision)


@pytest.fixture
def store(engine: Engine) -> Store:
    return Store(engine)
