"""The person whom an export or an erasure is about, by all names."""

from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.people import PEOPLE
from indexer.errors import Refused
from indexer.keys import is_text
from indexer.people.person_key import PersonKey
from indexer.store.entities.person_keys import look_up, read_known

_FORMER = "SELECT from_id FROM contact_merges WHERE workspace_id = %(workspace_id)s AND into_id = %(id)s ORDER BY 1"

_KEYS = """
SELECT DISTINCT kind, value FROM person_keys
WHERE workspace_id = %(workspace_id)s AND person_id = ANY(%(ids)s::text[]) ORDER BY 1, 2
"""

_SHARED = """
SELECT DISTINCT value FROM person_keys
WHERE workspace_id = %(workspace_id)s AND kind = 'email' AND value = ANY(%(emails)s::text[])
    AND person_id <> ALL(%(ids)s::text[])
"""

_KNOWN = f"""
SELECT EXISTS (SELECT FROM records WHERE dataset = '{PEOPLE.name}' AND workspace_id = %(workspace_id)s
        AND record_id = ANY(%(ids)s::text[]) AND NOT deleted)
    OR EXISTS (SELECT FROM conversations WHERE workspace_id = %(workspace_id)s AND contact_ids && %(ids)s::text[])
    OR EXISTS (SELECT FROM person_event_summaries WHERE workspace_id = %(workspace_id)s
        AND person_id = ANY(%(ids)s::text[]))
    OR EXISTS (SELECT FROM contact_merges WHERE workspace_id = %(workspace_id)s AND from_id = ANY(%(ids)s::text[]))
"""  # noqa: S608 - made of constants


class Subject(NamedTuple):
    """A person: the present id and all earlier ones (`ids`, the present one first), external ids, addresses.

    `shared_emails` are those of the addresses that other people of the workspace have too.
    """

    workspace_id: str
    ids: tuple[str, ...]
    external_ids: tuple[str, ...]
    emails: tuple[str, ...]
    shared_emails: frozenset[str] = frozenset()

    @property
    def keys(self) -> list[PersonKey]:
        """All names."""
        return [
            *(("id", one) for one in self.ids),
            *(("external_id", one) for one in self.external_ids),
            *(("email", one) for one in self.emails),
        ]

    @property
    def own_keys(self) -> list[PersonKey]:
        """The names that are nobody else's."""
        return [key for key in self.keys if key[0] != "email" or key[1] not in self.shared_emails]

    @property
    def own_emails(self) -> list[str]:
        """The addresses that are nobody else's."""
        return [value for kind, value in self.own_keys if kind == "email"]

    @property
    def parameters(self) -> dict[str, object]:
        """The parameters of the inventory's statements."""
        return {
            "workspace_id": self.workspace_id,
            "ids": list(self.ids),
            "kinds": [kind for kind, _ in self.own_keys],
            "values": [value for _, value in self.own_keys],
        }


def read_subject(connection: Connection, workspace_id: str, person: str) -> Subject:
    """The person of an id, also an earlier one, or of an external id; raises `Refused` if nothing is known of it."""
    if not is_text(person):
        raise Refused("", f"{person!r} is not the id of a person")
    living = look_up(connection, workspace_id, [("external_id", person)]).get(("external_id", person), [])
    for id_ in (person, *living):
        subject = _subject(connection, workspace_id, id_)
        known = connection.exec_driver_sql(_KNOWN, {"workspace_id": workspace_id, "ids": list(subject.ids)})
        if known.scalar_one():
            return subject
    raise Refused("", f"{person!r} is neither the id nor the external id of a person of the workspace {workspace_id}")


def _subject(connection: Connection, workspace_id: str, id_: str) -> Subject:
    present = read_known(connection, workspace_id, [id_])[id_].person_id
    own: dict[str, object] = {"workspace_id": workspace_id, "id": present}
    ids = (present, *connection.exec_driver_sql(_FORMER, own).scalars())
    keys = connection.exec_driver_sql(_KEYS, {"workspace_id": workspace_id, "ids": list(ids)}).all()
    external_ids, emails = (tuple(row.value for row in keys if row.kind == kind) for kind in ("external_id", "email"))
    shared = connection.exec_driver_sql(
        _SHARED, {"workspace_id": workspace_id, "emails": list(emails), "ids": list(ids)}
    ).scalars()
    return Subject(workspace_id, ids, external_ids, emails, frozenset(shared))
