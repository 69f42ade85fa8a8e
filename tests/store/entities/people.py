"""A store of people as tests speak of it: every call is one committed transaction in workspace `w`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from indexer.datasets.companies import COMPANIES
from indexer.datasets.dataset import Incoming
from indexer.datasets.people import PEOPLE, incoming_person
from indexer.people.attribute_value import Value
from indexer.people.person import Person
from indexer.people.person_event import EventSummary, PersonEvent, summary_from
from indexer.store.entities.conversations import Saved
from indexer.store.entities.person_events import SavedPersonEvents, read_summaries, save_person_events
from indexer.store.entities.person_merges import MergedPeople, merge_people
from indexer.store.entities.records import delete_records, save_records

T = 1_700_000_000


def person(id_: str, external_id: str = "", email: str = "", companies: Iterable[str] = (), at: int = T) -> Person:
    """A user with these names."""
    given = {"external_id": external_id, "email": email}
    standard: dict[str, Any] = {name: value for name, value in given.items() if value}
    return Person(id=id_, role="user", created_at=T, updated_at=at, standard=standard, companies=tuple(companies))


def event(name: str, at: int, plan: str = "", **who: str) -> PersonEvent:
    """An event at `T + at`, of a person by `id`, `external_id` or `email`."""
    return PersonEvent(name=name, at=T + at, metadata={"plan": Value("string", plan)} if plan else {}, **who)


@dataclass
class People:
    engine: Engine
    workspace_id: str = "w"

    def save(self, *people: Person) -> Saved:
        with self.engine.begin() as connection:
            return save_records(connection, PEOPLE, self.workspace_id, [incoming_person(one) for one in people])

    def company(self, id_: str, payload: bytes, at: int = T) -> Saved:
        with self.engine.begin() as connection:
            return save_records(connection, COMPANIES, self.workspace_id, [Incoming(id_, payload, T, at)])

    def delete(self, *ids: str, at: int = T) -> None:
        with self.engine.begin() as connection:
            delete_records(connection, PEOPLE, self.workspace_id, ids, at)

    def happen(self, *events: PersonEvent) -> SavedPersonEvents:
        with self.engine.begin() as connection:
            return save_person_events(connection, self.workspace_id, events)

    def merge(self, from_id: str, into_id: str) -> MergedPeople:
        with self.engine.begin() as connection:
            return merge_people(connection, self.workspace_id, from_id, into_id, reason="test")

    def summaries(self, id_: str) -> list[EventSummary]:
        with self.engine.connect() as connection:
            found = read_summaries(connection, [(self.workspace_id, id_)])
        return [summary_from(one) for one in found.get((self.workspace_id, id_), [])]

    def rows(self, sql: str, **parameters: object) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.exec_driver_sql(sql, parameters))

    def revision(self, id_: str) -> int:
        [row] = self.rows("SELECT revision FROM records WHERE dataset = 'people' AND record_id = %(id)s", id=id_)
        return int(row.revision)

    def due(self) -> set[str]:
        """The people who are due; nobody is afterwards."""
        with self.engine.begin() as connection:
            rows = connection.exec_driver_sql("DELETE FROM changes WHERE dataset = 'people' RETURNING entity_id")
            return set(rows.scalars())
