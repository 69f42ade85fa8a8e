"""Walks along the keys: from a key, up to a key, in one workspace or in all of them."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Connection

from indexer.datasets.conversations import CONVERSATIONS
from indexer.keys import EntityKey
from indexer.store.entities.key_scan import read_keys
from indexer.store.jobs.backfill_ranges import read_selected
from indexer.store.jobs.backfills import Selected
from tests.store.conftest import Store

pytestmark = pytest.mark.services

IDS = [f"{number:0120}" for number in range(1_500)]
LATE = EntityKey("w", IDS[-20])


def walked(
    connection: Connection, after: EntityKey | None, until: EntityKey | None, workspace: str | None
) -> list[str]:
    found = read_selected(connection, Selected(workspace), after, until, 9, dataset=CONVERSATIONS)
    return [f"{one.workspace_id}{one.entity_id}" for one in found]


def selected(connection: Connection, workspace: str | None) -> Sequence[object]:
    return read_selected(connection, Selected(workspace), LATE, EntityKey("w", IDS[-1]), 100, dataset=CONVERSATIONS)


def keys(connection: Connection, workspace: str | None) -> Sequence[object]:
    return read_keys(connection, CONVERSATIONS, LATE, 19, workspace)


def pages_read(connection: Connection) -> int:
    """How often this transaction has read a page of the keys."""
    read = "SELECT pg_stat_get_xact_blocks_fetched('conversations_pkey'::regclass)"
    found: int = connection.exec_driver_sql(read).scalar_one()
    return found


def test_a_walk_is_between_its_bounds_and_in_its_workspace(store: Store) -> None:
    for workspace in ("a", "b", "c"):
        store.save("1", "2", "3", workspace_id=workspace)
    a2, b1, b2 = EntityKey("a", "2"), EntityKey("b", "1"), EntityKey("b", "2")
    with store.engine.connect() as connection:
        assert walked(connection, a2, b2, None) == ["a3", "b1", "b2"]
        assert walked(connection, b1, None, "b") == ["b2", "b3"]
        assert walked(connection, None, b2, "b") == ["b1", "b2"]
        assert walked(connection, b1, b2, "b") == ["b2"]
        assert walked(connection, a2, None, "b") == ["b1", "b2", "b3"]
        assert walked(connection, None, b2, "c") == []


@pytest.mark.parametrize("workspace", ["w", None])
@pytest.mark.parametrize("read", [selected, keys])
def test_a_walk_reads_the_index_from_its_first_key_on(
    store: Store, read: Callable[[Connection, str | None], Sequence[object]], workspace: str | None
) -> None:
    store.save(*IDS)
    store.run("ANALYZE conversations")
    pages = store.rows("SELECT pg_relation_size('conversations_pkey') / 8192")[0][0]
    with store.engine.connect() as connection:
        before = pages_read(connection)
        assert len(read(connection, workspace)) == 19
        assert 0 < pages_read(connection) - before < pages / 3
