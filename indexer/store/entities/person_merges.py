"""Merges of people: one person, many ids.

People of a conversation are contacts, so both kinds of merges are one: conversations, events and what is stored of the
person follow together. A merge is told by ids, never by a common e-mail address.
"""

import time
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.people import PEOPLE
from indexer.errors import Refused
from indexer.people.person_key import PersonKey, email_key
from indexer.store.entities.contact_merges import merge_contacts
from indexer.store.entities.due_records import raise_records
from indexer.store.entities.event_weeks import share_weeks
from indexer.store.entities.person_keys import look_up, read_known
from indexer.store.entities.records import leave_tombstones
from indexer.store.entities.revision_locks import hold_records
from indexer.store.entities.stored_person_events import adopt_events, move_events


class MergedPeople(NamedTuple):
    """The person whom the merged one has become, and how much follows: conversations, and events of all time.

    `shards` are those of conversations that now have something due, `people_shards` those of people.
    """

    into_id: str
    conversations: int
    events: int
    shards: frozenset[int]
    people_shards: frozenset[int]


def merge_people(
    connection: Connection, workspace_id: str, from_id: str, into_id: str, *, reason: str = ""
) -> MergedPeople:
    """Make one person out of two: everything of `from_id`, stored or yet to come, belongs to `into_id`.

    If `into_id` was merged into another person before, that person gets it. Attributes, tags and companies are those of
    `into_id`. Repeating a merge changes nothing. Raises `Refused` as `merge_contacts` does, and for an external id or
    an address in the place of an id: as an id it would be that of nobody, and the record of `from_id` would be lost.
    """
    _expect_ids(connection, workspace_id, [from_id, into_id])
    merged = merge_contacts(connection, workspace_id, from_id, into_id, reason=reason)
    if not merged.is_new:
        return MergedPeople(merged.into_id, 0, 0, frozenset(), frozenset())
    hold_records(connection, PEOPLE.name, workspace_id)
    share_weeks(connection)
    events = move_events(connection, workspace_id, from_id, merged.into_id)
    gone = leave_tombstones(connection, PEOPLE, workspace_id, [from_id], int(time.time()))
    adopt_events(connection, workspace_id, [merged.into_id])
    shards = raise_records(connection, PEOPLE, workspace_id, [merged.into_id])
    return MergedPeople(merged.into_id, merged.conversations, events, merged.shards, shards | gone)


def _expect_ids(connection: Connection, workspace_id: str, ids: Collection[str]) -> None:
    known = read_known(connection, workspace_id, ids)
    unknown = [id_ for id_ in ids if not known[id_].stored and known[id_].person_id == id_]
    names: dict[PersonKey, str] = {("external_id", id_): id_ for id_ in unknown}
    names |= {("email", email_key(id_)): id_ for id_ in unknown}
    for key, found in sorted(look_up(connection, workspace_id, names).items()):
        kind = "an e-mail address" if key[0] == "email" else "an external id"
        raise Refused(names[key], f"is not an id but {kind}; the id is {', '.join(found)}")
