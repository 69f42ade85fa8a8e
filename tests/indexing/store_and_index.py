"""Conversations and their documents, and what can be done to either behind the system's back."""

# ruff: noqa: S608 - the statements are the tests' own

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from elasticsearch import Elasticsearch
from sqlalchemy import Engine, func, insert

from indexer.connections import Connections
from indexer.datasets.conversations import CONVERSATIONS
from indexer.indexing.backfiller import Backfiller
from indexer.indexing.drain import Drain
from indexer.indexing.rebuild_site import RebuildSite
from indexer.indexing.rebuild_steps import Watch
from indexer.indexing.rebuilder import Rebuilder
from indexer.indexing.recheck import DifferenceKind
from indexer.indexing.reconciler import Reconciled, ReconcileOptions, Reconciler
from indexer.search import (
    IndexName,
    Write,
    alias_name,
    bulk_write,
    create_for_bulk,
    ensure_dataset,
    point_alias,
    restore_settings,
)
from indexer.settings import Settings
from indexer.store.entities.conversations import save_conversations
from indexer.store.jobs.backfills import open_backfills
from indexer.store.jobs.rebuilds import Rebuild
from indexer.store.schema import workspaces
from tests.builders import conversation, part

W = "w"


@contextmanager
def installed(settings: Settings, *, version: int | None = None) -> Iterator[Drain]:
    """An empty store, an empty index (of the newest version), and the way from one to the other."""
    here = Connections(settings)
    if version is not None:
        make_index(here.search, settings.index_prefix, version)
    ensure_dataset(here.search, settings.index_prefix, "conversations")
    yield Drain.from_connections(here, CONVERSATIONS)
    here.search.close()
    here.store.dispose()


def make_index(client: Elasticsearch, prefix: str, version: int) -> str:
    """An index behind its alias as the release that had that version made it."""
    name = str(IndexName(prefix, "conversations", version, "20260101t000000"))
    create_for_bulk(client, name)
    restore_settings(client, name)
    point_alias(client, alias_name(prefix, "conversations"), name)
    return name


def allow_workspace(store: Engine, name: str) -> None:
    """Let the store have a workspace with a name that no new one can have, as one of an earlier release may."""
    with store.begin() as connection:
        connection.execute(insert(workspaces).values(workspace_id=name, revision=0, updated_at=func.now()))


def save(drain: Drain, *ids: int | str, at: int = 0, workspace: str = W) -> None:
    raws = [conversation(part("A", "comment", 61), at=1, id=str(id_), updated_at=at) for id_ in ids]
    with drain.store.begin() as connection:
        save_conversations(connection, workspace, [CONVERSATIONS.incoming(orjson.dumps(raw)) for raw in raws])


def saved(drain: Drain, *ids: int | str) -> None:
    """Conversations in the store and in the index."""
    save(drain, *ids)
    drain.run()


def run(drain: Drain, sql: str) -> None:
    with drain.store.begin() as connection:
        connection.exec_driver_sql(sql)


def document(drain: Drain, id_: int | str) -> tuple[int, dict[str, Any]]:
    """Version and content."""
    found = drain.search.get(index=drain.alias, id=f"{W}:{id_}")
    return found["_version"], found["_source"]


def write(drain: Drain, name: str, version: int, content: dict[str, Any]) -> None:
    """A document behind the system's back."""
    (settled,) = bulk_write(drain.search, drain.alias, [Write(name, version, orjson.dumps(content))])
    assert settled.reason == ""


def make_stale(drain: Drain, id_: int | str) -> int:
    """The document as it was one revision before: the store goes on without it. Its version."""
    version, _ = document(drain, id_)
    run(drain, f"UPDATE conversations SET revision = nextval('revision') WHERE conversation_id = '{id_}'")
    return version


def orphan(drain: Drain, *keys: tuple[str, str]) -> None:
    """Documents that were never stored."""
    bodies = {f"{w}:{c}": orjson.dumps({"workspace_id": w, "conversation_id": c}) for w, c in keys}
    bulk_write(drain.search, drain.alias, [Write(name, 1, body) for name, body in bodies.items()])


def remove(drain: Drain, id_: int | str) -> None:
    drain.search.delete(index=drain.alias, id=f"{W}:{id_}")


def seen(found: Reconciled) -> list[tuple[str, str]]:
    return [(one.kind.value, one.document) for one in found.samples]


def counts(found: Reconciled) -> dict[str, int]:
    return {kind.value: getattr(found, kind.value) for kind in DifferenceKind if getattr(found, kind.value)}


def repaired(drain: Drain, reconciler: Reconciler, deep_share: float = 0) -> Reconciled:
    """The differences that a repair found; afterwards, when the queue is empty, there must be none left."""
    found = reconciler.run(options=ReconcileOptions(deep_share, repair=True))
    drain.run()
    again = reconciler.run(options=ReconcileOptions(deep_share=1))
    assert (counts(again), again.queued, again.quarantined) == ({}, 0, 0)
    return found


def light_rows(drain: Drain, first: int, last: int) -> None:
    """Conversations and documents with nothing in them but their keys; every tenth document is missing."""
    run(
        drain,
        f"""
        INSERT INTO conversations (workspace_id, conversation_id, payload, created_at, updated_at, revision, saved_at)
        SELECT 'w', n::text, '', 0, 0, n, now() FROM generate_series({first}, {last}) AS n
        """,
    )
    numbers = [number for number in range(first, last + 1) if number % 10]
    bulk_write(
        drain.search,
        drain.alias,
        [Write(f"w:{n}", n, b'{"workspace_id":"w","conversation_id":"%d"}' % n) for n in numbers],
    )


def workers_of(drain: Drain, backfiller: Backfiller) -> Callable[[], None]:
    """What workers do while a rebuild waits: they run the open backfills, and drain the queue."""

    def work() -> None:
        with drain.store.connect() as connection:
            found = open_backfills(connection)
        for backfill_id in found:
            backfiller.run(backfill_id)
        drain.run()

    return work


def ready_rebuild(settings: Settings, drain: Drain) -> Rebuild:
    """A rebuild of the conversations that waits for its swap; the drain and its writer work for it."""
    work = workers_of(drain, Backfiller(drain.store, drain.search, drain.writer, batch=50))
    with contextlib.closing(Connections(settings)) as here:
        rebuilder = Rebuilder(RebuildSite.from_connections(here, CONVERSATIONS), Watch(on_wait=work))
        return rebuilder.run(rebuilder.start(), "ready")
