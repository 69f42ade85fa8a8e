"""Events as operators see them: those that wait for their records, which have not come."""

from typing import NamedTuple

from sqlalchemy import Connection

from indexer.calendar.durations import duration
from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import datasets
from indexer.store.entities.record_events import Waiting, count_waiting


class WaitingEvents(NamedTuple):
    """The events of a dataset that wait, perhaps none."""

    dataset: Dataset
    waiting: Waiting

    @property
    def detail(self) -> str:
        """`3 events wait for 2 receipts, the oldest for 5 m`."""
        events, records, seconds = self.waiting
        verb = "event waits" if events == 1 else "events wait"
        return f"{events:,} {verb} for {records:,} {self.dataset.entity.of(records)}, the oldest for " + duration(
            round(seconds)
        )


def read_waiting_events(connection: Connection) -> tuple[WaitingEvents, ...]:
    """The events that wait, of each dataset that has events; reads all of them."""
    return tuple(WaitingEvents(each, count_waiting(connection, each)) for each in datasets() if each.has_events)
