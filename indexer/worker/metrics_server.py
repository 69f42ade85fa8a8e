"""Serves a worker's figures for Prometheus: the counts of its processes, and figures read from the store."""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import structlog
from prometheus_client import CollectorRegistry, Metric, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError

from indexer.connections import store_at
from indexer.datasets.dataset import Dataset
from indexer.errors import OperatorError
from indexer.operations.queue_status import read_queues
from indexer.operations.waiting_events import read_waiting_events
from indexer.plain_text import first_line
from indexer.prometheus import counters
from indexer.prometheus.definitions import FigureKind, Stored
from indexer.prometheus.process_files import ProcessFiles
from indexer.services import Service, service_urls
from indexer.settings import Settings
from indexer.store.database import snapshot
from indexer.store.entities.record_events import Waiting
from indexer.store.queue.changes import Depth, WriteTally, read_write_tally

log = structlog.get_logger()

KEPT_SECONDS = 5.0
"""How long an answer of the store is reused: each answer reads all of the queue."""

PATIENCE_SECONDS = 5.0
"""How long a request waits for the store; less than Prometheus waits for the whole answer (10 s by default)."""

_HOPELESS_SECONDS = 60.0
"""After this long without an answer the store is asked once more, on another connection."""

_MEMORY = Path("/dev/shm")  # noqa: S108 - the directory in it is made for us alone
"""The place for files of processes: they are mapped, so a full disk would kill a process that writes (SIGBUS)."""


@contextmanager
def figures_served(settings: Settings) -> Iterator[str | None]:
    """Serve the figures of this process and its children while inside; yields the URL, None if they are not served.

    To be entered before anything is forked. Raises `OperatorError` if the server cannot listen on the address.
    """
    if settings.metrics_address is None:
        counters.end()
        yield None
        return
    parent = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="indexer-figures-", dir=parent, ignore_cleanup_errors=True) as directory:
        registry = CollectorRegistry()
        registry.register(ProcessFiles(Path(directory)))
        registry.register(StoredFigures(service_urls(settings, Service.POSTGRESQL).database))
        with _serving(settings.metrics_address, registry) as url:
            counters.begin(Path(directory))
            try:
                yield url
            finally:
                counters.end()


@contextmanager
def _serving(address: str, registry: CollectorRegistry) -> Iterator[str]:
    host, _, port = address.rpartition(":")
    try:
        server, thread = start_http_server(int(port), host.strip("[]"), registry)
    except (OSError, OverflowError, UnicodeError) as error:
        raise OperatorError(
            f"INDEXER_METRICS_ADDRESS: cannot listen on {address}: {getattr(error, 'strerror', None) or error}",
            "name an address of this machine and a port that is free, such as 127.0.0.1:9464",
        ) from error
    try:
        yield f"http://{host}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Seen(NamedTuple):
    depth: Depth
    tally: WriteTally
    stopped: bool
    events: Waiting | None


class StoredFigures:
    """The figures from the store, as a collector of prometheus_client; without the store, only that it is not up.

    It keeps no connection, so the processes that a worker forks do not inherit one.
    """

    def __init__(self, database_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` is in seconds. The store is not read before `collect`."""
        self._database_url = database_url
        self._clock = clock
        self._lock = threading.Lock()
        self._answer: Future[dict[Dataset, _Seen]] | None = None
        self._asked_at = 0.0

    def collect(self) -> Iterable[Metric]:
        """All figures of `Stored`, at most `KEPT_SECONDS` old, after `PATIENCE_SECONDS` at most."""
        try:
            seen = self._ask().result(PATIENCE_SECONDS)
        except (TimeoutError, OperatorError, SQLAlchemyError):
            return [_metric(Stored.STORE_UP, [((), 0)])]
        return [_metric(Stored.STORE_UP, [((), 1)]), *_metrics(seen)]

    def _ask(self) -> Future[dict[Dataset, _Seen]]:
        """The present answer, or a future one: requests at the same time share it."""
        with self._lock:
            age = self._clock() - self._asked_at
            if self._answer is None or age >= (KEPT_SECONDS if self._answer.done() else _HOPELESS_SECONDS):
                self._answer = Future()
                self._asked_at = self._clock()
                # A daemon: a store that does not answer must not keep the worker from ending.
                threading.Thread(target=self._look, args=(self._answer,), name="store-figures", daemon=True).start()
            return self._answer

    def _look(self, answer: Future[dict[Dataset, _Seen]]) -> None:
        try:
            answer.set_result(_read(self._database_url))
        except Exception as error:  # for the requests that wait
            log.warning("store_not_seen", error=first_line(error))
            answer.set_exception(error)


def _read(database_url: str) -> dict[Dataset, _Seen]:
    with store_at(database_url) as store, snapshot(store) as connection:
        events = {one.dataset: one.waiting for one in read_waiting_events(connection)}
        return {
            one.dataset: _Seen(
                one.depth, read_write_tally(connection, one.dataset), one.stop is not None, events.get(one.dataset)
            )
            for one in read_queues(connection)
        }


def _metrics(seen: dict[Dataset, _Seen]) -> Iterable[Metric]:
    def of(figure: Stored, value: Callable[[_Seen], float]) -> Metric:
        return _metric(figure, [((dataset.name,), value(found)) for dataset, found in seen.items()])

    yield of(Stored.CHANGES_WRITTEN, lambda found: found.tally.written)
    yield of(Stored.CHANGES_INDEXED, lambda found: found.tally.indexed)
    yield of(Stored.CHANGES_SUPERSEDED, lambda found: found.tally.superseded)
    yield of(Stored.CHANGES_DELETED, lambda found: found.tally.deleted)
    yield of(Stored.CHANGES_QUARANTINED, lambda found: found.tally.quarantined)
    yield of(Stored.CHANGES_QUEUED, lambda found: found.tally.queued)
    yield _metric(
        Stored.QUEUE_ENTRIES,
        [
            ((dataset.name, state), getattr(found.depth, state))
            for dataset, found in seen.items()
            for state in ("due", "leased", "waiting")
        ],
    )
    yield of(Stored.OLDEST_AGE_SECONDS, lambda found: found.depth.oldest_age_seconds)
    yield of(Stored.QUARANTINE_ENTRIES, lambda found: found.depth.quarantined)
    events = [(dataset.name, found.events) for dataset, found in seen.items() if found.events is not None]
    yield _metric(Stored.EVENTS_WAITING, [((name,), waiting.events) for name, waiting in events])
    yield _metric(
        Stored.EVENTS_WAITING_AGE_SECONDS, [((name,), waiting.oldest_age_seconds) for name, waiting in events]
    )
    yield of(Stored.DRAIN_STOPPED, lambda found: found.stopped)


def _metric(stored: Stored, samples: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    figure = stored.value
    family = CounterMetricFamily if figure.kind is FigureKind.COUNTER else GaugeMetricFamily
    metric = family(figure.name, figure.about, labels=figure.labels)
    for labels, value in samples:
        metric.add_metric(labels, value)
    return metric
