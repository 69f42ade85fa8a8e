"""How an installation stands: what waits to be indexed, who works on it, and what is under way."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from elasticsearch import ApiError, Elasticsearch
from sqlalchemy import Connection

from indexer import search
from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import datasets
from indexer.store.jobs.backfills import get_backfill, list_backfills, progress
from indexer.store.jobs.exports import list_exports
from indexer.store.jobs.rebuilds import current_rebuild
from indexer.store.queue.changes import Depth, depth
from indexer.store.queue.drain_stops import DrainStop, drain_stop
from indexer.store.signs import Role, Sign, list_signs, takers

Kind = Literal["rebuild", "backfill", "export"]


class Queue(NamedTuple):
    """What waits of one dataset, and why nothing of it is taken, if the limit of the quarantine has stopped it."""

    dataset: Dataset
    depth: Depth
    stop: DrainStop | None


class Job(NamedTuple):
    """Something long that workers do: how far it is, in conversations or rows (`total` None if not counted yet).

    `unattended`: no living worker takes from the queue that it comes through, although it could be worked on.
    """

    kind: Kind
    name: str
    state: str
    done: int
    total: int | None
    per_second: float
    unattended: bool
    error: str | None


class Overview(NamedTuple):
    """The store's side at one moment."""

    at: datetime
    queues: tuple[Queue, ...]
    signs: tuple[Sign, ...]
    jobs: tuple[Job, ...]

    @property
    def waiting(self) -> int:
        """How many changes are not in the index yet, whether or not somebody works on them."""
        return sum(one.depth.due + one.depth.leased + one.depth.waiting for one in self.queues)

    @property
    def due(self) -> int:
        """How many of them could be taken by a worker now."""
        return sum(one.depth.due for one in self.queues)

    @property
    def oldest_age_seconds(self) -> float:
        """The age of the oldest of them, 0 if there are none."""
        return max(one.depth.oldest_age_seconds for one in self.queues)

    @property
    def quarantined(self) -> int:
        """How many entries are in quarantine."""
        return sum(one.depth.quarantined for one in self.queues)

    def alive(self, role: Role) -> list[Sign]:
        """The processes in a role that have given a sign lately."""
        return [sign for sign in self.signs if sign.role == role and sign.alive]

    def last(self, role: Role) -> Sign | None:
        """The process in a role that was seen last, alive or not; None if there has never been one."""
        return next((sign for sign in self.signs if sign.role == role), None)


class Shown(NamedTuple):
    """An index that readers see, and the newest `updated_at` in it (None: no document has one)."""

    status: search.IndexStatus
    newest: datetime | None


def overview(connection: Connection) -> Overview:
    """How the store says that things stand; reads all of the queue."""
    signs = list_signs(connection)
    return Overview(
        connection.exec_driver_sql("SELECT now()").scalar_one(),
        tuple(Queue(each, depth(connection, each), drain_stop(connection, each)) for each in datasets()),
        tuple(signs),
        (*_histories(connection, signs), *_exports(connection, signs)),
    )


def takes_from(connection: Connection, queue: str) -> bool:
    """Whether a living worker takes from a queue."""
    return bool(takers(list_signs(connection), queue))


def indices(client: Elasticsearch, prefix: str, names: Iterable[str] | None = None) -> list[Shown]:
    """The indices behind the aliases, each with the time of its newest document."""
    return [
        Shown(one, _newest(client, one.index))
        for one in search.status(client, prefix, names or [each.name for each in datasets()])
        if one.alias
    ]


def _newest(client: Elasticsearch, index: str) -> datetime | None:
    body: dict[str, Any] = {"size": 0, "aggs": {"newest": {"max": {"field": "updated_at"}}}}
    try:
        found = client.search(index=index, **body)["aggregations"]["newest"]["value"]
    except ApiError:  # an index that is being made has no shard to search yet
        return None
    return None if found is None else datetime.fromtimestamp(found / 1000).astimezone()


def _histories(connection: Connection, signs: Sequence[Sign]) -> Iterable[Job]:
    """Rebuilds that are going on, and backfills that are not over; that of a rebuild is the rebuild's."""
    attended = bool(takers(signs, "backfill"))
    of_rebuilds: set[int] = set()
    for dataset in datasets():
        rebuild = current_rebuild(connection, dataset)
        if rebuild is None:
            continue
        found = None if rebuild.backfill_id is None else get_backfill(connection, rebuild.backfill_id)
        if found is None:
            yield Job("rebuild", dataset.name, rebuild.step, 0, None, 0, unattended=False, error=rebuild.last_error)
            continue
        of_rebuilds.add(found.backfill_id)
        far = progress(connection, found.backfill_id)
        unattended = rebuild.step == "backfill" and found.state == "running" and not (far.working or attended)
        yield Job(
            "rebuild",
            dataset.name,
            rebuild.step,
            far.conversations,
            found.conversations,
            far.conversations / far.seconds if far.seconds else 0,
            unattended,
            rebuild.last_error or far.last_error,
        )
    for backfill in list_backfills(connection):
        if backfill.ended_at is None and backfill.backfill_id not in of_rebuilds:
            far = progress(connection, backfill.backfill_id)
            yield Job(
                "backfill",
                str(backfill.backfill_id),
                backfill.state,
                far.conversations,
                backfill.conversations,
                far.conversations / far.seconds if far.seconds else 0,
                backfill.state == "running" and not (far.working or attended),
                far.last_error,
            )


def _exports(connection: Connection, signs: Sequence[Sign]) -> Iterable[Job]:
    attended = bool(takers(signs, "maintenance"))
    for export in list_exports(connection):
        if export.state in ("queued", "running"):
            yield Job(
                "export", export.export_id, export.state, export.rows, export.total, 0, not attended, export.error
            )
