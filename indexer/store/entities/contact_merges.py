"""Merges of contacts: after a merge, the conversations of one contact belong to another."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.conversations import CONVERSATIONS
from indexer.errors import Refused
from indexer.keys import MOST_BYTES, is_too_long
from indexer.people.person_key import PersonKey, email_key
from indexer.store.entities.erased_people import read_erased
from indexer.store.entities.key_scan import renew_entities
from indexer.store.entities.revision_locks import hold_workspace
from indexer.store.entities.workspaces import expect_usable_name


class MergedContact(NamedTuple):
    """The contact that the merged one has become, how many conversations became due by that, and their shards.

    `is_new` is False if they were merged before.
    """

    into_id: str
    conversations: int
    shards: frozenset[int]
    is_new: bool = True


_NO_IDS = frozenset({"", "0"})
"""Values that mean "no contact" in place of an id, in the records of conversations too."""

_TARGET = "SELECT into_id FROM contact_merges WHERE workspace_id = %(workspace_id)s AND from_id = %(id)s"

_MERGE = """
INSERT INTO contact_merges (workspace_id, from_id, into_id, merged_at, reason)
VALUES (%(workspace_id)s, %(from_id)s, %(into_id)s, now(), %(reason)s)
"""

_FOLLOW = """
UPDATE contact_merges SET into_id = %(into_id)s WHERE workspace_id = %(workspace_id)s AND into_id = %(from_id)s
"""

_FORMER_IDS = """
SELECT into_id, array_agg(from_id ORDER BY from_id) AS former FROM contact_merges
WHERE workspace_id = %(workspace_id)s GROUP BY into_id
"""

_FORMER = """
SELECT from_id FROM contact_merges WHERE workspace_id = %(workspace_id)s AND into_id = %(from_id)s
"""

# A conversation with unknown contacts may belong to any contact. Two scans, since no index serves both conditions.
_CONVERSATIONS = """
SELECT conversation_id FROM conversations
WHERE workspace_id = %(workspace_id)s AND NOT deleted AND contact_ids && %(contact_ids)s::text[]
UNION ALL
SELECT conversation_id FROM conversations
WHERE workspace_id = %(workspace_id)s AND NOT deleted AND contact_ids IS NULL
"""


def merge_contacts(
    connection: Connection, workspace_id: str, from_id: str, into_id: str, *, reason: str = ""
) -> MergedContact:
    """Give the conversations of `from_id`, stored or yet to come, to `into_id`, and make them due.

    If `into_id` was merged into another contact before, that contact gets them. Repeating a merge changes nothing.
    `reason` says how the merge became known. What is stored of the two as people is `person_merges.merge_people`.
    Raises `Refused` if one of the two is not an id or is that of a person who was erased, if a contact would become
    itself, or if it was merged into another contact before.
    """
    for contact_id in (from_id, into_id):
        if contact_id.strip() in _NO_IDS:
            raise Refused("", f"{contact_id!r} is not the id of a contact")
        if is_too_long(contact_id):
            raise Refused("", f"{contact_id[:40]!r}… is not the id of a contact: it is longer than {MOST_BYTES} bytes")
    expect_usable_name(connection, workspace_id)
    hold_workspace(connection, workspace_id)
    _refuse_erased(connection, workspace_id, (from_id, into_id))
    into_id = _target(connection, workspace_id, into_id) or into_id
    if from_id == into_id:
        raise Refused(from_id, "cannot be merged into itself, or into a contact that has been merged into it")
    before = _target(connection, workspace_id, from_id)
    if before == into_id:
        return MergedContact(into_id, 0, frozenset(), is_new=False)
    if before is not None:
        raise Refused(from_id, f"has already been merged into {before}")
    names = {"workspace_id": workspace_id, "from_id": from_id, "into_id": into_id, "reason": reason}
    contact_ids = [from_id, *connection.exec_driver_sql(_FORMER, names).scalars()]
    connection.exec_driver_sql(_FOLLOW, names)
    connection.exec_driver_sql(_MERGE, names)
    found = connection.exec_driver_sql(_CONVERSATIONS, {"workspace_id": workspace_id, "contact_ids": contact_ids})
    shards = renew_entities(connection, workspace_id, list(found.scalars()), CONVERSATIONS)
    return MergedContact(into_id, len(shards), frozenset(shards))


def read_former_ids(connection: Connection, workspace_id: str) -> dict[str, list[str]]:
    """The ids that people of the workspace had before they were merged, by their present ids."""
    rows = connection.exec_driver_sql(_FORMER_IDS, {"workspace_id": workspace_id})
    return {row.into_id: list(row.former) for row in rows}


def _refuse_erased(connection: Connection, workspace_id: str, ids: Iterable[str]) -> None:
    """Raise `Refused` for a name of an erased person, which would be stored again, and shown with conversations."""
    keys: list[PersonKey] = []
    for id_ in ids:
        keys += [("id", id_), ("external_id", id_), ("email", email_key(id_))]
    for _, name in sorted(read_erased(connection, workspace_id, keys)):
        raise Refused(name, "is a name of a person who was erased")


def _target(connection: Connection, workspace_id: str, contact_id: str) -> str | None:
    """The contact that this one has become, if it was merged."""
    found: str | None = connection.exec_driver_sql(_TARGET, {"workspace_id": workspace_id, "id": contact_id}).scalar()
    return found
