"""All figures of the workers, for Prometheus: the meaning of each, its unit, and what to do about it.

This list is complete: the values of the first half are counted in `counters`, those of the second are read from the
store in `worker.metrics_server`, and a test compares the tables of docs/operating.md with it.
"""

import enum
from dataclasses import dataclass


class FigureKind(enum.Enum):
    """The types of Prometheus."""

    COUNTER = "counter"
    """A value that only grows: from the start of a worker, or in the store for ever."""

    GAUGE = "gauge"
    """The value at this moment."""

    HISTOGRAM = "histogram"
    """The number of values, the numbers of those up to each bound, and their sum."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `labels` tell its series apart, `bounds` are those of a histogram, in its unit.

    `advice` says what to do if it is high, or in which other case something has to be done.
    """

    name: str
    kind: FigureKind
    unit: str
    about: str
    advice: str
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()


_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_BYTES = (1e3, 1e4, 1e5, 5e5, 1e6, 2e6, 4e6, 8e6, 16e6, 64e6)


class Counted(enum.Enum):
    """Counted by all processes of one worker since it began, including killed ones."""

    WAKES = Figure(
        "indexer_wakes_total",
        FigureKind.COUNTER,
        "wake-ups",
        "Wake-ups of the drain that workers received.",
        "It does not grow although changes are due: no messages arrive. Run `indexer doctor`, and check that a beat "
        "runs.",
    )
    CHANGES_LEASED = Figure(
        "indexer_changes_leased_total",
        FigureKind.COUNTER,
        "leases",
        "Leases of changes in the queue. A change counts each time it is leased.",
        "It grows much faster than the changes indexed: the same changes are leased again and again. See the changes "
        "retried, the seconds of a batch, and the log for killed workers.",
        labels=("dataset",),
    )
    CHANGES_RETRIED = Figure(
        "indexer_changes_retried_total",
        FigureKind.COUNTER,
        "leases",
        "Leases that ended with an error. The change is tried again after a delay.",
        "Elasticsearch does not answer, or accepts nothing at the moment. The event `released` in the log says why.",
        labels=("dataset",),
    )
    BATCH_SECONDS = Figure(
        "indexer_batch_seconds",
        FigureKind.HISTOGRAM,
        "seconds",
        "Time from the lease of a batch of changes to the end of its leases.",
        "Near `INDEXER_LEASE_SECONDS`, other workers lease the same changes again. Raise that setting, or lower "
        "`INDEXER_DRAIN_BATCH`.",
        bounds=_SECONDS,
    )
    COMPUTE_SECONDS = Figure(
        "indexer_compute_seconds",
        FigureKind.HISTOGRAM,
        "seconds",
        "Time to compute the documents of a batch of changes.",
        "If it takes most of the seconds of a batch, the processors are the limit. Raise `INDEXER_WORKER_PROCESSES` up "
        "to their number, then add machines.",
        bounds=_SECONDS,
    )
    DOCUMENTS_COMPUTED = Figure(
        "indexer_documents_computed_total",
        FigureKind.COUNTER,
        "documents",
        "Documents computed in the time of indexer_compute_seconds.",
        "A high rate is good. Documents take more time if conversations become longer.",
    )
    BULK_REQUEST_SECONDS = Figure(
        "indexer_bulk_request_seconds",
        FigureKind.HISTOGRAM,
        "seconds",
        "Time from sending a bulk request to Elasticsearch to its answer.",
        "If it takes most of the seconds of a batch, Elasticsearch is the limit. Check its processors, disks and "
        "replicas. A request without an answer for 30 seconds has failed.",
        bounds=_SECONDS,
    )
    BULK_REQUEST_BYTES = Figure(
        "indexer_bulk_request_bytes",
        FigureKind.HISTOGRAM,
        "bytes",
        "Size of the bodies of bulk requests.",
        "Only a request with a single document exceeds 4 MB: some conversations are very long.",
        bounds=_BYTES,
    )
    BULK_REQUESTS_CONGESTED = Figure(
        "indexer_bulk_requests_congested_total",
        FigureKind.COUNTER,
        "requests",
        "Bulk requests that Elasticsearch rejected because it was overloaded, or did not answer.",
        "Workers slow down by themselves. If it keeps growing, Elasticsearch is too small, or the network loses "
        "requests.",
    )
    BULK_REQUESTS_IN_FLIGHT = Figure(
        "indexer_bulk_requests_in_flight",
        FigureKind.GAUGE,
        "requests",
        "Bulk requests of all processes that have no answer yet.",
        "If it stays at the number of processes or above, they wait for Elasticsearch. See the seconds of a request.",
    )
    BULK_WRITES = Figure(
        "indexer_bulk_writes_total",
        FigureKind.COUNTER,
        "documents",
        "Documents and removals sent to Elasticsearch. Each counts every time it is sent.",
        "It grows much faster than the documents computed: Elasticsearch rejects documents, and they are sent again. "
        "See the requests congested.",
    )


class Stored(enum.Enum):
    """Read from the store when asked for: the same from every worker, and exact even if processes were killed."""

    STORE_UP = Figure(
        "indexer_store_up",
        FigureKind.GAUGE,
        "0 or 1",
        "Whether PostgreSQL answered in time. If not, the figures read from it are missing.",
        "0: PostgreSQL cannot be reached, or is very slow. The event `store_not_seen` in the log says why.",
    )
    CHANGES_WRITTEN = Figure(
        "indexer_changes_written_total",
        FigureKind.COUNTER,
        "changes",
        "All changes ever accepted: indexed, superseded, deleted, quarantined and queued.",
        "If it grows faster than the changes indexed for a long time, the age of the oldest change rises. Add workers.",
        labels=("dataset",),
    )
    CHANGES_INDEXED = Figure(
        "indexer_changes_indexed_total",
        FigureKind.COUNTER,
        "changes",
        "Changes that are in the index.",
        "A high rate is good. If it does not grow although changes are due, check whether the drain is stopped, then "
        "run "
        "`indexer doctor`.",
        labels=("dataset",),
    )
    CHANGES_SUPERSEDED = Figure(
        "indexer_changes_superseded_total",
        FigureKind.COUNTER,
        "changes",
        "Changes that were not written because the index had a newer document.",
        "Some are normal after a worker was killed. If there are more, leases expire too early (see the seconds of a "
        "batch), or the index is ahead of a restored store (`indexer reconcile`).",
        labels=("dataset",),
    )
    CHANGES_DELETED = Figure(
        "indexer_changes_deleted_total",
        FigureKind.COUNTER,
        "changes",
        "Changes that removed a document.",
        "If there are more than you meant to delete, find out which program deletes them.",
        labels=("dataset",),
    )
    CHANGES_QUARANTINED = Figure(
        "indexer_changes_quarantined_total",
        FigureKind.COUNTER,
        "changes",
        "Changes that were ever moved to quarantine, including those that have left it.",
        "`indexer quarantine list` says why.",
        labels=("dataset",),
    )
    CHANGES_QUEUED = Figure(
        "indexer_changes_queued",
        FigureKind.GAUGE,
        "changes",
        "Changes not indexed yet. All changes of one conversation are one entry of the queue.",
        "If it is far above the entries of the queue, a few conversations change very often. There is nothing to do.",
        labels=("dataset",),
    )
    QUEUE_ENTRIES = Figure(
        "indexer_queue_entries",
        FigureKind.GAUGE,
        "conversations",
        "Entries of the queue by their state: due, leased or waiting.",
        "due: too few workers, or none. waiting: indexed a moment ago, or tried again later (the event `released`). "
        "leased, but nothing is indexed: workers hang, or were killed and their leases will expire.",
        labels=("dataset", "state"),
    )
    OLDEST_AGE_SECONDS = Figure(
        "indexer_queue_oldest_age_seconds",
        FigureKind.GAUGE,
        "seconds",
        "Age of the oldest change in the queue, or 0 if the queue is empty: how far the index is behind.",
        "Alert on this figure. If many entries are due, add workers. If few are due, one of them is tried again and "
        "again; see the event `released`.",
        labels=("dataset",),
    )
    QUARANTINE_ENTRIES = Figure(
        "indexer_quarantine_entries",
        FigureKind.GAUGE,
        "conversations",
        "Conversations in quarantine. Their documents are old or missing.",
        "See `indexer quarantine list`. Correct the cause, then replay.",
        labels=("dataset",),
    )
    EVENTS_WAITING = Figure(
        "indexer_events_waiting",
        FigureKind.GAUGE,
        "events",
        "Events whose receipts or people have not come. No report counts them.",
        "If it stays high, import the missing receipts or people. If these are lost, the events can stay as they are.",
        labels=("dataset",),
    )
    EVENTS_WAITING_AGE_SECONDS = Figure(
        "indexer_events_waiting_oldest_age_seconds",
        FigureKind.GAUGE,
        "seconds",
        "Time since the event that waits longest for its receipt or person was saved, or 0 if none waits.",
        "If it rises for hours, the source sends events without their receipts or people. Import these.",
        labels=("dataset",),
    )
    DRAIN_STOPPED = Figure(
        "indexer_drain_stopped",
        FigureKind.GAUGE,
        "0 or 1",
        "Whether the limit of the quarantine has stopped all indexing.",
        "1: correct the cause, then run `indexer quarantine resume`.",
        labels=("dataset",),
    )


FIGURES: tuple[Figure, ...] = tuple(figure.value for figure in (*Counted, *Stored))
"""All figures, in the order of the documentation."""
