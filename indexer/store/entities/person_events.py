"""Events of people as they come, in any order and however often (docs/decisions/0040).

An event names its person by id, external id or e-mail address. If that person is not there yet, it waits under this
name until the person comes. An event of somebody who was merged into another person is one of that person. It changes
the summary of its name, which is an input of the person's document, so the person gets a new revision in the same
transaction.
"""

import time
from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from msgspec.json import Encoder
from sqlalchemy import Connection

from indexer.datasets.people import PEOPLE
from indexer.errors import Refused
from indexer.keys import MOST_BYTES, EntityKey, is_text, is_too_long
from indexer.messages.written_values import stored_form
from indexer.people.person_event import PersonEvent
from indexer.people.person_key import PersonKey, email_key
from indexer.store.entities.erased_people import among_erased
from indexer.store.entities.event_weeks import SHARE_WEEKS, WEEK, open_weeks, read_weeks
from indexer.store.entities.person_keys import look_up, read_known
from indexer.store.entities.record_events import Waiting
from indexer.store.entities.revision_locks import hold_records
from indexer.store.entities.stored import SUMMARIES_OF
from indexer.store.entities.stored_person_events import EventRow, greatest_metadata, store_due_rows
from indexer.store.entities.workspaces import expect_usable_name

_MOST_AHEAD: Final = 366 * 86_400

_encode = Encoder(order="sorted").encode


class SavedPersonEvents(NamedTuple):
    """The result of saving a batch, in events, and the shards of people that now have something due.

    `waiting` are those of the created ones whose person is not there. `too_old` are those of a week whose single events
    are gone, or of before the deletion of their person. `refused` has the places of others in the batch, and why.
    """

    created: int
    unchanged: int
    too_old: int
    waiting: int
    refused: tuple[tuple[int, Refused], ...]
    shards: frozenset[int]


class StoredEvent(NamedTuple):
    """A single event of a person; `metadata` is JSON, of values with their types by key."""

    name: str
    at: int
    metadata: str


_READ_SUMMARIES = f"""
SELECT workspace_id, record_id, {SUMMARIES_OF}
FROM unnest(%(workspaces)s::text[], %(ids)s::text[]) AS stored (workspace_id, record_id)
"""  # noqa: S608 - made of constants

_READ_EVENTS = """
SELECT name, at, coalesce(nullif(metadata, ''), '{}') FROM person_events
WHERE workspace_id = %(workspace_id)s AND person_id = %(person_id)s
    AND (%(name)s::text IS NULL OR name = %(name)s)
    AND (%(before)s::bigint IS NULL OR at < %(before)s)
ORDER BY at DESC, name LIMIT %(limit)s
"""

_WAIT = """
INSERT INTO waiting_person_events AS stored (workspace_id, kind, value, name, at, metadata, saved_at)
SELECT %(workspace_id)s, kind, value, name, at, metadata, now()
FROM unnest(
    %(kinds)s::text[], %(values)s::text[], %(names)s::text[], %(times)s::bigint[], %(metadata)s::text[]
) AS given (kind, value, name, at, metadata)
ORDER BY kind, value COLLATE "C", name COLLATE "C", at
ON CONFLICT (workspace_id, kind, value, name, at) DO UPDATE SET metadata = EXCLUDED.metadata
WHERE EXCLUDED.metadata > stored.metadata
RETURNING xmax = 0 AS created
"""

_COUNT_WAITING = """
SELECT count(*), count(DISTINCT (workspace_id, kind, value)),
    coalesce(extract(epoch FROM now() - min(saved_at)), 0)::float8
FROM waiting_person_events WHERE %(workspace_id)s::text IS NULL OR workspace_id = %(workspace_id)s
"""


_READ_AWAITED = """
SELECT workspace_id, value FROM waiting_person_events WHERE kind <> 'email'
GROUP BY workspace_id, kind, value ORDER BY min(saved_at), workspace_id, value LIMIT %(limit)s
"""


def save_person_events(connection: Connection, workspace_id: str, batch: Sequence[PersonEvent]) -> SavedPersonEvents:
    """Save a batch and make the people due whose summaries it changes, both or neither.

    An event is refused, and the others are saved, if it names nobody, an address of several people, or somebody who was
    erased, or if its time cannot be that of an event.
    """
    if not batch:
        return SavedPersonEvents(0, 0, 0, 0, (), frozenset())
    expect_usable_name(connection, workspace_id)
    hold_records(connection, PEOPLE.name, workspace_id, SHARE_WEEKS)
    given, refused = _readable(batch)
    keys = {key for _, key, _ in given}
    found = look_up(connection, workspace_id, keys)
    weeks = read_weeks(connection, workspace_id, (row.at for _, _, row in given))
    erased = among_erased(connection, workspace_id, weeks.erasure_key, keys)
    for place, key, _ in given:
        if key in erased:
            refused[place] = Refused("", "is an event of a person who was erased")
        elif len(found.get(key, ())) > 1:
            people = ", ".join(found[key])
            refused[place] = Refused(key[0], f"belongs to several people ({people}): name the person by id")
    given = [one for one in given if one[0] not in refused]
    open_weeks(connection, workspace_id, weeks, (row.at for _, _, row in given))
    gone_before = _deletions(connection, workspace_id, keys - found.keys())
    timely = [one for one in given if one[2].at // WEEK not in weeks.closed and one[2].at > gone_before.get(one[1], -1)]
    created, shards = store_due_rows(
        connection, workspace_id, [row._replace(person_id=found[key][0]) for _, key, row in timely if key in found]
    )
    waiting = _wait(connection, workspace_id, [(key, row) for _, key, row in timely if key not in found])
    return SavedPersonEvents(
        created=created + waiting,
        unchanged=len(timely) - created - waiting,
        too_old=len(given) - len(timely),
        waiting=waiting,
        refused=tuple(sorted(refused.items(), key=lambda one: one[0])),
        shards=shards,
    )


def read_summaries(connection: Connection, keys: Sequence[EntityKey]) -> dict[EntityKey, list[bytes]]:
    """The summaries of these people as JSON (`people.person_event.EventSummary`), by name; empty lists are left out."""
    rows = connection.exec_driver_sql(
        _READ_SUMMARIES,
        {"workspaces": [workspace for workspace, _ in keys], "ids": [id_ for _, id_ in keys]},
        execution_options={"binary_results": True},
    )
    return {EntityKey(row[0], row[1]): row[2] for row in rows if row[2]}


def read_events(
    connection: Connection,
    workspace_id: str,
    person_id: str,
    *,
    name: str | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> list[StoredEvent]:
    """The single events of a person that are still there, the latest first; `person_id` may be one of before a merge.

    `before` is in epoch seconds.
    """
    known = read_known(connection, workspace_id, [person_id])
    rows = connection.exec_driver_sql(
        _READ_EVENTS,
        {
            "workspace_id": workspace_id,
            "person_id": known[person_id].person_id,
            "name": name,
            "before": before,
            "limit": limit,
        },
    )
    return [StoredEvent(*row) for row in rows]


def count_waiting_events(connection: Connection, workspace_id: str | None = None) -> Waiting:
    """The events that wait for their people, of one workspace or of all; reads all of them."""
    return Waiting(*connection.exec_driver_sql(_COUNT_WAITING, {"workspace_id": workspace_id}).one())


def longest_awaited_people(connection: Connection, limit: int) -> list[EntityKey]:
    """The ids and external ids of people that events have waited for the longest, at most `limit`; no addresses."""
    rows = connection.exec_driver_sql(_READ_AWAITED, {"limit": limit})
    return [EntityKey(row.workspace_id, row.value) for row in rows]


def _readable(batch: Iterable[PersonEvent]) -> tuple[list[tuple[int, PersonKey, EventRow]], dict[int, Refused]]:
    """The events that can be stored, with their places and the names of their people, and why the others cannot."""
    given, refused = [], {}
    latest = int(time.time()) + _MOST_AHEAD
    for place, event in enumerate(batch):
        try:
            key = _key_of(event)
            for field, value in (("event_name", event.name), key):
                if not value.strip() or not is_text(value):
                    raise Refused(field, "is empty or has characters that cannot be stored")
                if is_too_long(value):
                    raise Refused(field, f"is longer than {MOST_BYTES} bytes")
            if not 0 < event.at <= latest:
                raise Refused("created_at", "is not the time of an event: it is before 1970 or more than a year ahead")
            metadata = stored_form(_encode, event.metadata).decode() if event.metadata else ""
            given.append((place, key, EventRow("", event.name, event.at, metadata)))
        except Refused as reason:
            refused[place] = reason
    return given, refused


def _key_of(event: PersonEvent) -> PersonKey:
    if event.id is not None:
        return "id", event.id
    if event.external_id is not None:
        return "external_id", event.external_id
    if event.email is not None:
        return "email", email_key(event.email)
    raise Refused("", "names no person: it needs id, external_id or email")


def _deletions(connection: Connection, workspace_id: str, keys: Collection[PersonKey]) -> dict[PersonKey, int]:
    """When those of these people were deleted who are (epoch seconds)."""
    ids = [value for kind, value in keys if kind == "id"]
    if not ids:
        return {}
    known = read_known(connection, workspace_id, ids)
    return {("id", id_): one.deleted_at for id_, one in known.items() if one.deleted_at is not None}


def _wait(connection: Connection, workspace_id: str, rows: Iterable[tuple[PersonKey, EventRow]]) -> int:
    """Keep events until their people come; returns how many are new."""
    greatest = greatest_metadata(((*key, row.name, row.at), row.metadata) for key, row in rows)
    if not greatest:
        return 0
    kinds, values, names, times = map(list, zip(*greatest, strict=True))
    given = {"kinds": kinds, "values": values, "names": names, "times": times, "metadata": list(greatest.values())}
    changed = connection.exec_driver_sql(_WAIT, {"workspace_id": workspace_id, **given})
    return sum(row.created for row in changed)
