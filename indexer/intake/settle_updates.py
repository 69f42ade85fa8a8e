"""Updates become whole records: each finds the stored record that it is about, or makes a new one."""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count

from msgspec.structs import replace
from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.datasets.people import PEOPLE
from indexer.errors import Refused
from indexer.intake.read_people import NO_ID, Reading
from indexer.keys import EntityKey
from indexer.people.merge_update import updated
from indexer.people.person import Company, Person, company_from, person_from
from indexer.people.person_key import PersonKey, keys_of
from indexer.store.entities.person_keys import Known, look_up, read_known
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

    A person without an id is looked up by the external id, or if there is none, by the e-mail address; an address that
    several people have is refused. A person whom nobody is found for is a new one: an external id that nobody has is
    never looked up by the address that comes with it. With `force` an update is applied to a record that
    changed after it too. An update never stands alone in the place of a stored record, which would lose all that it
    does not name. To be called with the records of the workspace held.
    """
    settled, now = Settled(), int(time.time())
    people = _People(connection, workspace_id, readings)
    ids = {id_ for reading in readings if (id_ := people.id_if_known(reading.record))}
    decode = person_from if dataset is PEOPLE else company_from
    for one in read_stored(connection, dataset, [EntityKey(workspace_id, id_) for id_ in ids]):
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
            people.learn(record, before)
        settled.records.append((reading.place, record))
    return settled


def _changed_at(record: Person | Company, now: int) -> int:
    """When a record last changed; a time that is still to come does not decide which of two is newer."""
    return record.updated_at if record.updated_at <= now else record.created_at


class _People:
    """The ids of people that updates name by another id, an external id or an e-mail address."""

    def __init__(self, connection: Connection, workspace_id: str, readings: Iterable[Reading]) -> None:
        updates = [one.record for one in readings if one.is_update and isinstance(one.record, Person)]
        nameless = {key for one in updates if one.id == NO_ID for key in _keys(one)}
        self._ids = look_up(connection, workspace_id, nameless)
        ids = {one.id for one in updates if one.id != NO_ID}
        self._present = {id_: known.person_id for id_, known in read_known(connection, workspace_id, ids).items()}
        self._taken: set[str] = set()
        self._connection, self._workspace_id = connection, workspace_id
        self._known = self._read({_new_id(*key) for key in nameless - self._ids.keys()})

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
            return found[0] if found else self._new_id_of(kind, value)
        raise Refused("id", "is missing, and so are external_id and email")

    def learn(self, record: Person | Company, before: Person | Company | None) -> None:
        """Find this record by its names from now on, and no longer by those that it had before."""
        keys = _keys(record)
        self._taken.add(record.id)
        for key in keys:
            ids = self._ids.setdefault(key, [])
            if record.id not in ids:
                ids.append(record.id)
        for key in _keys(before) if before is not None else ():
            if key not in keys and record.id in self._ids.get(key, ()):
                self._ids[key].remove(record.id)

    def _new_id_of(self, kind: str, value: str) -> str:
        """The id of a person who is new by this name: the same each time, whichever process is the first.

        A person who was made for the name before, and is called otherwise by now, is another one.
        """
        for turn in count():
            id_ = _new_id(kind, value, turn)
            if id_ not in self._known:
                self._known |= self._read({id_})
            known = self._known[id_]
            if id_ not in self._taken and not known.lives and known.person_id == id_:
                return id_
        raise AssertionError

    def _read(self, ids: Collection[str]) -> dict[str, Known]:
        return read_known(self._connection, self._workspace_id, ids)


def _keys(record: Person | Company) -> list[PersonKey]:
    """The names of a person besides the id: the external id, and the e-mail address."""
    return [key for key in keys_of(record) if key[0] != "id"] if isinstance(record, Person) else []


def _new_id(kind: str, key: str, turn: int = 0) -> str:
    named = f"{kind}:{key}" if turn == 0 else f"{kind}:{key}:{turn}"
    return blake2b(named.encode(), digest_size=_ID_BYTES).hexdigest()
