"""Updates become whole records: each finds the stored record that it is about, or makes a new one."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from msgspec.structs import replace
from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.datasets.people import PEOPLE
from indexer.errors import Refused
from indexer.intake.read_people import NO_ID, Reading
from indexer.people.merge_update import updated
from indexer.people.person import Company, Person, company_from, person_from
from indexer.people.person_key import PersonKey, keys_of
from indexer.store.entities.person_keys import look_up, read_known
from indexer.store.entities.stored import read_stored

_ID_BYTES = 12


@dataclass(slots=True)
class Settled:
    """Whole records with their places, those that are stored by id, and the updates that cannot be used."""

    records: list[tuple[str, Person | Company]] = field(default_factory=list)
    stored: dict[str, Person | Company] = field(default_factory=dict)
    refused: list[tuple[str, Refused]] = field(default_factory=list)


def settle(
    connection: Connection, dataset: Dataset, workspace_id: str, readings: Sequence[Reading], *, force: bool = False
) -> Settled:
    """The records of a batch, each update applied to the stored record, or to an earlier one of the batch.

    A person without an id is looked up by the external id, or else by the e-mail address; an address that several
    people have is refused. A record that is not found is new. With `force` an update is applied to a record that
    changed after it too. An update never stands alone in the place of a stored record, which would lose all that it
    does not name. To be called with the records of the workspace held.
    """
    settled, now = Settled(), int(time.time())
    people = _People(connection, workspace_id, readings)
    ids = {id_ for reading in readings if (id_ := people.id_if_known(reading.record))}
    decode = person_from if dataset is PEOPLE else company_from
    for one in read_stored(connection, dataset, [(workspace_id, id_) for id_ in ids]):
        if not one.deleted:
            settled.stored[one.entity_id] = decode(one.payload)
    current = dict(settled.stored)
    for reading in readings:
        try:
            id_ = people.id_of(reading.record)
        except Refused as refused:
            settled.refused.append((reading.place, refused))
            continue
        record = replace(reading.record, id=id_)
        before = current.get(id_)
        is_newer = before is None or force or record.updated_at >= _changed_at(before, now)
        if reading.is_update and before is not None:
            record = updated(before, record, reading.raw) if is_newer else replace(before, updated_at=record.updated_at)
        if is_newer:
            current[id_] = record
            people.learn(record)
        settled.records.append((reading.place, record))
    return settled


def _changed_at(record: Person | Company, now: int) -> int:
    """When a record last changed; a time that is still to come does not decide which of two is newer."""
    return record.updated_at if record.updated_at <= now else record.created_at


class _People:
    """The ids of people that updates name by another id, an external id or an e-mail address."""

    def __init__(self, connection: Connection, workspace_id: str, readings: Iterable[Reading]) -> None:
        updates = [one.record for one in readings if one.is_update and isinstance(one.record, Person)]
        nameless = [one for one in updates if one.id == NO_ID]
        self._ids = look_up(connection, workspace_id, {key for one in nameless for key in _keys(one)})
        ids = {one.id for one in updates if one.id != NO_ID}
        self._present = {id_: known.person_id for id_, known in read_known(connection, workspace_id, ids).items()}

    def id_if_known(self, record: Person | Company) -> str | None:
        """The id of the record, None if it cannot be told."""
        try:
            return self.id_of(record)
        except Refused:
            return None

    def id_of(self, record: Person | Company) -> str:
        """The id of the record; raises `Refused` if it has none, and if several people have its address."""
        if record.id != NO_ID:
            return self._present.get(record.id, record.id)
        for kind, value in _keys(record):
            found = self._ids.get((kind, value), [])
            if len(found) > 1:
                named = ", ".join(found[:5])
                raise Refused(kind, f"{value} belongs to {len(found)} people: {named}; name one by its id")
            return found[0] if found else _new_id(kind, value)
        raise Refused("id", "is missing, and so are external_id and email")

    def learn(self, record: Person | Company) -> None:
        """Find this record too from now on."""
        for key in _keys(record):
            ids = self._ids.setdefault(key, [])
            if record.id not in ids:
                ids.append(record.id)


def _keys(record: Person | Company) -> list[PersonKey]:
    """The names of a person besides the id: the external id, and the e-mail address."""
    return [key for key in keys_of(record) if key[0] != "id"] if isinstance(record, Person) else []


def _new_id(kind: str, key: str) -> str:
    """The id of a person that has none yet: the same each time, whichever process is the first."""
    return blake2b(f"{kind}:{key}".encode(), digest_size=_ID_BYTES).hexdigest()
