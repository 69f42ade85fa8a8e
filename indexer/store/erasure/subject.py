"""The person whom an export or an erasure is about, by all names."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.people.person_key import KeyKind, PersonKey
from indexer.store.entities.person_keys import read_known

_FORMER = "SELECT from_id FROM contact_merges WHERE workspace_id = %(workspace_id)s AND into_id = %(id)s ORDER BY 1"

_KEYS = """
SELECT DISTINCT kind, value FROM person_keys
WHERE workspace_id = %(workspace_id)s AND person_id = ANY(%(ids)s::text[]) ORDER BY 1, 2
"""

_SHARED = """
SELECT DISTINCT value FROM person_keys
WHERE workspace_id = %(workspace_id)s AND kind = %(kind)s AND value = ANY(%(values)s::text[])
    AND person_id <> ALL(%(ids)s::text[])
"""


class Subject(NamedTuple):
    """A person: the present id and all earlier ones (`ids`, the present one first), external ids, addresses.

    A person whom only events or records name has no id if they give none.
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


def subject_of(connection: Connection, workspace_id: str, id_: str) -> Subject:
    """The person of an id, also an earlier one, by the names that are stored of people."""
    present = read_known(connection, workspace_id, [id_])[id_].person_id
    own: dict[str, object] = {"workspace_id": workspace_id, "id": present}
    ids = (present, *connection.exec_driver_sql(_FORMER, own).scalars())
    keys = connection.exec_driver_sql(_KEYS, {"workspace_id": workspace_id, "ids": list(ids)}).all()
    external_ids, emails = (tuple(row.value for row in keys if row.kind == kind) for kind in ("external_id", "email"))
    return Subject(workspace_id, ids, external_ids, emails, others_with(connection, workspace_id, ids, emails, "email"))


def others_with(
    connection: Connection, workspace_id: str, ids: Collection[str], values: Collection[str], kind: KeyKind
) -> frozenset[str]:
    """Those of the values that stored people of other ids have too."""
    own = {"workspace_id": workspace_id, "ids": list(ids), "values": list(values), "kind": kind}
    return frozenset(connection.exec_driver_sql(_SHARED, own).scalars())
