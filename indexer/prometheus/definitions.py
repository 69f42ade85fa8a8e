"""All figures of the workers, for Prometheus: what each one says, in what unit, and what to do about it.

This list is all there is: the values of the first half are counted in `counters`, those of the second are read from
the store in `server`, and a test holds the tables of docs/operating.md to it.
"""

import enum
from dataclasses import dataclass


class Kind(enum.Enum):
    """The types of Prometheus."""

    COUNTER = "counter"
    """Only grows: from the start of a worker, or in the store for ever."""

    GAUGE = "gauge"
    """How it is at this moment."""

    HISTOGRAM = "histogram"
    """How many values there were, how many of them up to each bound, and their sum."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `labels` tell its series apart, `bounds` are those of a histogram, in its unit.

    `advice` says what to do when it is high, or when else it asks for something to be done.
    """

    name: str
    kind: Kind
    unit: str
    about: str
    advice: str
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()


_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_BYTES = (1e3, 1e4, 1e5, 5e5, 1e6, 2e6, 4e6, 8e6, 16e6, 64e6)


class Counted(enum.Enum):
    """Counted by all processes of one worker since it began, those that have been killed included."""

    WAKES = Figure(
        "indexer_wakes_total",
        Kind.COUNTER,
        "wake-ups",
        "Wake-ups of the drain that workers took.",
        "Stands still while changes are due: no message arrives. `indexer doctor`, and see that a beat runs.",
    )
    CHANGES_LEASED = Figure(
        "indexer_changes_leased_total",
        Kind.COUNTER,
        "leases",
        "Changes taken from the queue, each as often as it was taken.",
        "Far above what is done with them: the same ones are taken again and again. See the changes retried, the "
        "seconds of a batch, and the log for workers that were killed.",
        labels=("dataset",),
    )
    CHANGES_RETRIED = Figure(
        "indexer_changes_retried_total",
        Kind.COUNTER,
        "leases",
        "Changes given back with an error, to be tried again after a delay.",
        "Elasticsearch does not answer, or takes nothing for the moment: the event `released` in the log says why.",
        labels=("dataset",),
    )
    BATCH_SECONDS = Figure(
        "indexer_batch_seconds",
        Kind.HISTOGRAM,
        "seconds",
        "From the lease of a batch of changes to the end of its leases.",
        "Near `INDEXER_LEASE_SECONDS` others take the same changes again: raise that, or lower `INDEXER_DRAIN_BATCH`.",
        bounds=_SECONDS,
    )
    COMPUTE_SECONDS = Figure(
        "indexer_compute_seconds",
        Kind.HISTOGRAM,
        "seconds",
        "Computing the documents of a batch of changes.",
        "Most of the seconds of a batch: the processors are the limit. Raise `INDEXER_WORKER_PROCESSES` up to their "
        "number, then add machines.",
        bounds=_SECONDS,
    )
    DOCUMENTS_COMPUTED = Figure(
        "indexer_documents_computed_total",
        Kind.COUNTER,
        "documents",
        "Documents computed, in the seconds of indexer_compute_seconds.",
        "The more the better. The seconds of one document rise where conversations become longer.",
    )
    BULK_REQUEST_SECONDS = Figure(
        "indexer_bulk_request_seconds",
        Kind.HISTOGRAM,
        "seconds",
        "Bulk requests to Elasticsearch, from sending to the answer.",
        "Most of the seconds of a batch: Elasticsearch is the limit. Look at its processors, disks and replicas. "
        "After 30 seconds of silence a request has failed.",
        bounds=_SECONDS,
    )
    BULK_REQUEST_BYTES = Figure(
        "indexer_bulk_request_bytes",
        Kind.HISTOGRAM,
        "bytes",
        "Bodies of bulk requests.",
        "Above 4 MB a request carries a single document: some conversations are very long.",
        bounds=_BYTES,
    )
    BULK_REQUESTS_CONGESTED = Figure(
        "indexer_bulk_requests_congested_total",
        Kind.COUNTER,
        "requests",
        "Bulk requests that were turned away because too much came at once, or had no answer.",
        "Workers slow down by themselves. Where it goes on, Elasticsearch is too small, or the network loses requests.",
    )
    BULK_REQUESTS_IN_FLIGHT = Figure(
        "indexer_bulk_requests_in_flight",
        Kind.GAUGE,
        "requests",
        "Bulk requests without an answer yet, of all processes.",
        "For long as many as there are processes, or more: they wait for Elasticsearch. See the seconds of a request.",
    )
    BULK_WRITES = Figure(
        "indexer_bulk_writes_total",
        Kind.COUNTER,
        "documents",
        "Documents sent to Elasticsearch, and removals, each as often as it was sent.",
        "Far above the documents computed: they are turned away and sent again. See the requests congested.",
    )


class Stored(enum.Enum):
    """Read from the store when somebody asks: the same from every worker, and exact whoever was killed."""

    STORE_UP = Figure(
        "indexer_store_up",
        Kind.GAUGE,
        "0 or 1",
        "Whether PostgreSQL answered in time; if not, what is read from it is missing.",
        "0: PostgreSQL is away, or very slow. The event `store_not_seen` in the log says why.",
    )
    CHANGES_WRITTEN = Figure(
        "indexer_changes_written_total",
        Kind.COUNTER,
        "changes",
        "All changes ever accepted: those indexed, superseded, deleted, quarantined and queued.",
        "Above the rate of those indexed for long: the age of the oldest change rises. Add workers.",
        labels=("dataset",),
    )
    CHANGES_INDEXED = Figure(
        "indexer_changes_indexed_total",
        Kind.COUNTER,
        "changes",
        "Changes that the index holds.",
        "The more the better. Stands still while changes are due: see whether the drain is stopped, then "
        "`indexer doctor`.",
        labels=("dataset",),
    )
    CHANGES_SUPERSEDED = Figure(
        "indexer_changes_superseded_total",
        Kind.COUNTER,
        "changes",
        "Changes for which the index had something newer.",
        "Some are normal after workers were killed. More: leases end too early (see the seconds of a batch), or the "
        "index is ahead of a restored store (`indexer reconcile`).",
        labels=("dataset",),
    )
    CHANGES_DELETED = Figure(
        "indexer_changes_deleted_total",
        Kind.COUNTER,
        "changes",
        "Changes that removed a document.",
        "More than were meant to be deleted: find out which program deletes.",
        labels=("dataset",),
    )
    CHANGES_QUARANTINED = Figure(
        "indexer_changes_quarantined_total",
        Kind.COUNTER,
        "changes",
        "Changes that ended in quarantine, whether or not they have left it since.",
        "`indexer quarantine list` says why.",
        labels=("dataset",),
    )
    CHANGES_QUEUED = Figure(
        "indexer_changes_queued",
        Kind.GAUGE,
        "changes",
        "Changes that nothing has become of yet; all those of one conversation are one entry of the queue.",
        "Far above the entries of the queue: a few conversations change very often. Nothing to do.",
        labels=("dataset",),
    )
    QUEUE_ENTRIES = Figure(
        "indexer_queue_entries",
        Kind.GAUGE,
        "conversations",
        "Entries of the queue by their state: due, leased or waiting.",
        "due: too few workers, or none. waiting: indexed a moment ago, or tried again later (the event `released`). "
        "leased, and nothing is indexed: workers hang, or were killed and their leases will end.",
        labels=("dataset", "state"),
    )
    OLDEST_AGE_SECONDS = Figure(
        "indexer_queue_oldest_age_seconds",
        Kind.GAUGE,
        "seconds",
        "Age of the oldest change in the queue, 0 if there is none: how far the index is behind.",
        "The one to be alerted by. Many entries due: add workers. Few: one is tried again and again, see the event "
        "`released`.",
        labels=("dataset",),
    )
    QUARANTINE_ENTRIES = Figure(
        "indexer_quarantine_entries",
        Kind.GAUGE,
        "conversations",
        "Conversations that are in quarantine; their documents are old or missing.",
        "`indexer quarantine list`; correct the cause, then replay.",
        labels=("dataset",),
    )
    DRAIN_STOPPED = Figure(
        "indexer_drain_stopped",
        Kind.GAUGE,
        "0 or 1",
        "Whether the limit of the quarantine has stopped all indexing.",
        "1: correct the cause, then `indexer quarantine resume`.",
        labels=("dataset",),
    )


FIGURES: tuple[Figure, ...] = tuple(figure.value for figure in (*Counted, *Stored))
"""All of them, in the order of the documentation."""
