"""Events as operators see them: those that wait for their records, which have not come."""

from typing import NamedTuple

from sqlalchemy import Connection

from indexer.calendar.durations import duration
from indexer.datasets.dataset import Dataset
from indexer.datasets.people import PEOPLE
from indexer.datasets.registry import datasets
from indexer.keys import EntityKey
from indexer.store.entities.person_events import count_waiting_events, longest_awaited_people
from indexer.store.entities.record_events import Waiting, count_waiting, longest_awaited


class WaitingEvents(NamedTuple):
    """The events of a dataset that wait, perhaps none, and the records that they have waited for the longest."""

    dataset: Dataset
    waiting: Waiting
    awaited: tuple[EntityKey, ...] = ()

    @property
    def detail(self) -> str:
        """`3 events wait for 2 receipts, the oldest for 5 m (such as 8101 of acme)`."""
        events, records, seconds = self.waiting
        verb = "event waits" if events == 1 else "events wait"
        named = ", ".join(f"{record_id} of {workspace_id}" for workspace_id, record_id in self.awaited)
        said = f"{events:,} {verb} for {records:,} {self.dataset.entity.of(records)}, the oldest for "
        return said + duration(round(seconds)) + (f" (such as {named})" if named else "")


def read_waiting_events(connection: Connection, *, named: int = 0) -> tuple[WaitingEvents, ...]:
    """The events that wait, of each dataset that has events, and `named` of their records; reads all that wait."""
    found = []
    for dataset in datasets():
        if dataset.has_events:
            waiting = count_waiting(connection, dataset)
            awaited = longest_awaited(connection, dataset, named) if named and waiting.events else []
            found.append(WaitingEvents(dataset, waiting, tuple(awaited)))
    of_people = count_waiting_events(connection)
    people = longest_awaited_people(connection, named) if named and of_people.events else []
    return (*found, WaitingEvents(PEOPLE, of_people, tuple(people)))
