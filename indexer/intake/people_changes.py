"""People and companies who are deleted, archived or merged by what a source says."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from indexer.datasets.companies import COMPANIES
from indexer.datasets.dataset import Dataset
from indexer.datasets.people import PEOPLE
from indexer.intake.save_people import Transaction
from indexer.people.notification_reader import Merge, Removal
from indexer.store.entities.person_keys import look_up, read_known
from indexer.store.entities.person_merges import MergedPeople, merge_people
from indexer.store.entities.records import delete_records, leave_tombstones
from indexer.store.entities.revision_locks import hold_records

if TYPE_CHECKING:
    from indexer.people.person_key import PersonKey


def apply_removal(transaction: Transaction, workspace_id: str, removal: Removal) -> frozenset[int] | None:
    """Delete or archive the record that a source says to be removed; returns the shards with something due, or None.

    It is None if nothing changes: if the record changed later, if it is that of somebody who was merged into another
    person, or if an external id is that of nobody, or of several people. Events of an archived person stay.
    """
    dataset = COMPANIES if removal.kind == "company" else PEOPLE
    with transaction() as connection:
        hold_records(connection, dataset.name, workspace_id)
        id_ = _id_of(connection, dataset, workspace_id, removal)
        if id_ is None:
            return None
        if removal.is_archived:
            return leave_tombstones(connection, dataset, workspace_id, [id_], removal.at, only_older=True) or None
        shards = delete_records(connection, dataset, workspace_id, [id_], removal.at, only_older=True)
        return frozenset(shards.values()) or None


def apply_merge(transaction: Transaction, workspace_id: str, merge: Merge) -> MergedPeople | None:
    """Merge people as a source says; None if they are merged already. Raises `Refused` as `merge_people` does."""
    with transaction() as connection:
        found = merge_people(connection, workspace_id, merge.from_id, merge.into_id, reason="source")
    return found if found.shards or found.people_shards else None


def not_yet_merged(connection: Connection, workspace_id: str, merges: Sequence[Merge]) -> list[Merge]:
    """Those of the merges that are not known yet."""
    known = read_known(connection, workspace_id, {id_ for one in merges for id_ in one})
    return [one for one in merges if known[one.from_id].person_id != known[one.into_id].person_id]


def _id_of(connection: Connection, dataset: Dataset, workspace_id: str, removal: Removal) -> str | None:
    if dataset is COMPANIES:
        return removal.id or removal.external_id
    if removal.id is not None:
        known = read_known(connection, workspace_id, [removal.id])[removal.id]
        return removal.id if known.person_id == removal.id else None
    key: PersonKey = ("external_id", removal.external_id or "")
    found = look_up(connection, workspace_id, [key]).get(key, [])
    return found[0] if len(found) == 1 else None
