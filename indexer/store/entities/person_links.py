"""What follows from saving and deleting people and companies: keys, links, waiting events, and further people due."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.companies import COMPANIES
from indexer.datasets.dataset import Dataset, Incoming
from indexer.datasets.people import PEOPLE
from indexer.people.person import person_from
from indexer.people.person_key import keys_of
from indexer.store.entities.due_records import raise_records
from indexer.store.entities.erased_people import read_erased
from indexer.store.entities.event_weeks import share_weeks
from indexer.store.entities.person_keys import delete_keys, people_of_companies, read_known, save_keys
from indexer.store.entities.revision_locks import hold_records
from indexer.store.entities.stored_person_events import adopt_events, delete_person_events


class Admitted(NamedTuple):
    """The records that may be saved, those of people who were merged into others, and the ids of erased people."""

    records: dict[str, Incoming]
    merged: dict[str, Incoming]
    erased: frozenset[str] = frozenset()


def admit(connection: Connection, dataset: Dataset, workspace_id: str, newest: dict[str, Incoming]) -> Admitted:
    """Leave out the records of people who are somebody else now, or who were erased; others are as they are.

    Events that come under another name of a merged person find the person by the names in that record.
    """
    if dataset is not PEOPLE:
        return Admitted(newest, {})
    known = read_known(connection, workspace_id, newest.keys())
    keys = {id_: keys_of(person_from(record.payload)) for id_, record in newest.items()}
    barred = read_erased(connection, workspace_id, {key for of_one in keys.values() for key in of_one})
    erased = frozenset(id_ for id_, of_one in keys.items() if not barred.isdisjoint(of_one))
    kept = {id_: one for id_, one in newest.items() if id_ not in erased}
    merged = {id_: one for id_, one in kept.items() if known[id_].person_id != id_}
    _learn_names(connection, workspace_id, merged, {known[id_].person_id for id_ in merged})
    return Admitted({id_: one for id_, one in kept.items() if id_ not in merged}, merged, erased)


def without_erased(connection: Connection, dataset: Dataset, workspace_id: str, ids: Iterable[str]) -> list[str]:
    """The ids without those of people who were erased."""
    found = list(ids)
    if dataset is not PEOPLE:
        return found
    erased = {value for _, value in read_erased(connection, workspace_id, [("id", id_) for id_ in found])}
    return [id_ for id_ in found if id_ not in erased]


def _learn_names(
    connection: Connection, workspace_id: str, merged: Mapping[str, Incoming], people: Collection[str]
) -> None:
    """Take the external ids and addresses from records of people who are somebody else now, and from nothing else."""
    if merged:
        save_keys(connection, workspace_id, {id_: one.payload for id_, one in merged.items()}, companies=False)
        share_weeks(connection)
        raise_records(connection, PEOPLE, workspace_id, adopt_events(connection, workspace_id, people).people)


def follow_saved(connection: Connection, dataset: Dataset, workspace_id: str, payloads: Mapping[str, bytes]) -> None:
    """Bring up to date what depends on people or companies that were saved; the payloads are by id."""
    if not payloads:
        return
    if dataset is PEOPLE:
        save_keys(connection, workspace_id, payloads)
        share_weeks(connection)
        adopt_events(connection, workspace_id, payloads.keys())
    elif dataset is COMPANIES:
        _renew_people(connection, workspace_id, payloads.keys())


def follow_deleted(connection: Connection, dataset: Dataset, workspace_id: str, ids: Collection[str]) -> None:
    """Delete what belongs to deleted people, and make the people of deleted companies due."""
    if dataset is PEOPLE:
        share_weeks(connection)
        delete_person_events(connection, workspace_id, ids)
        delete_keys(connection, workspace_id, ids)
    elif dataset is COMPANIES:
        _renew_people(connection, workspace_id, ids)


def _renew_people(connection: Connection, workspace_id: str, company_ids: Collection[str]) -> None:
    """Make the people of these companies due; whoever saves people holds companies before people."""
    hold_records(connection, PEOPLE.name, workspace_id)
    people = people_of_companies(connection, workspace_id, company_ids)
    raise_records(connection, PEOPLE, workspace_id, people)
