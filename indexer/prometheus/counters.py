"""The counters of a worker's processes: a few values a batch, and nothing at all if figures are not served.

A worker that serves figures calls `begin` before it forks. Then each of its processes counts in files of its own,
which outlive it: the counts of a killed process are not lost.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import datasets
from indexer.prometheus.definitions import Counted
from indexer.search import Exchange

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge, Histogram

_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"


class _Values(NamedTuple):
    wakes: "Counter"
    leased: "Counter"
    retried: "Counter"
    batch_seconds: "Histogram"
    compute_seconds: "Histogram"
    documents: "Counter"
    request_seconds: "Histogram"
    request_bytes: "Histogram"
    congested: "Counter"
    in_flight: "Gauge"
    writes: "Counter"


def begin(directory: Path) -> None:
    """Count from now on in `directory`, which is empty: for this process, and those that it forks or starts."""
    os.environ[_DIRECTORY] = str(directory)
    _look_again()
    _values()


def end() -> None:
    """Count nothing from now on. Also to be called without `begin`: the variable may be set for another program."""
    if os.environ.pop(_DIRECTORY, None) is not None:
        _look_again()


def woken() -> None:
    """Count a wake-up of the drain that was taken."""
    if values := _values():
        values.wakes.inc()


def leased(changes: int, dataset: Dataset) -> None:
    """Count changes that were taken from the queue."""
    if values := _values():
        values.leased.labels(dataset.name).inc(changes)


def retried(changes: int, dataset: Dataset) -> None:
    """Count changes that were given back with an error."""
    if values := _values():
        values.retried.labels(dataset.name).inc(changes)


@contextmanager
def batch() -> Iterator[None]:
    """Measure a batch, from its lease until its leases have ended; a batch that raises is not counted."""
    if values := _values():
        began = time.monotonic()
        yield
        values.batch_seconds.observe(time.monotonic() - began)
    else:
        yield


@contextmanager
def computing(documents: int) -> Iterator[None]:
    """Measure the computing of this many documents."""
    if values := _values():
        began = time.monotonic()
        yield
        values.compute_seconds.observe(time.monotonic() - began)
        values.documents.inc(documents)
    else:
        yield


def request_began() -> None:
    """Count a bulk request on its way; `observe` has to follow, whatever the outcome."""
    if values := _values():
        values.in_flight.inc()


def observe(exchange: Exchange) -> None:
    """Count a bulk request that is over."""
    if values := _values():
        values.in_flight.dec()
        values.request_seconds.observe(exchange.seconds)
        values.request_bytes.observe(exchange.bytes)
        values.writes.inc(exchange.writes)
        values.congested.inc(exchange.congested)


def _look_again() -> None:
    """Make prometheus_client read the variable again, which it has done already if another module imported it."""
    from prometheus_client import values

    choose: Callable[[], type] = values.get_value_class
    values.ValueClass = choose()
    _values.cache_clear()


@cache
def _values() -> _Values | None:
    if _DIRECTORY not in os.environ:
        return None
    # Imported here, because it takes a tenth of a second, which most commands need not wait.
    from prometheus_client import Counter, Gauge, Histogram

    def counter(counted: Counted) -> Counter:
        figure = counted.value
        made = Counter(figure.name, figure.about, figure.labels, registry=None)
        for dataset in datasets() if figure.labels else ():
            made.labels(dataset.name)  # is 0 from the beginning
        return made

    def histogram(counted: Counted) -> Histogram:
        figure = counted.value
        return Histogram(figure.name, figure.about, buckets=figure.bounds, registry=None)

    in_flight = Counted.BULK_REQUESTS_IN_FLIGHT.value
    return _Values(
        wakes=counter(Counted.WAKES),
        leased=counter(Counted.CHANGES_LEASED),
        retried=counter(Counted.CHANGES_RETRIED),
        batch_seconds=histogram(Counted.BATCH_SECONDS),
        compute_seconds=histogram(Counted.COMPUTE_SECONDS),
        documents=counter(Counted.DOCUMENTS_COMPUTED),
        request_seconds=histogram(Counted.BULK_REQUEST_SECONDS),
        request_bytes=histogram(Counted.BULK_REQUEST_BYTES),
        congested=counter(Counted.BULK_REQUESTS_CONGESTED),
        in_flight=Gauge(in_flight.name, in_flight.about, registry=None, multiprocess_mode="livesum"),
        writes=counter(Counted.BULK_WRITES),
    )
