"""The ids, external ids and e-mail addresses by which people are known, and the ids that they had before a merge."""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.datasets.people import PEOPLE
from indexer.people.person import person_from
from indexer.people.person_key import PersonKey, keys_of


class Known(NamedTuple):
    """A person by the present id; `deleted_at` (epoch seconds) is None unless the person is deleted.

    `stored` says whether there is such a person, deleted or not.
    """

    person_id: str
    stored: bool
    deleted_at: int | None

    @property
    def lives(self) -> bool:
        """Whether the person is stored and not deleted."""
        return self.stored and self.deleted_at is None


_RESOLVE = f"""
SELECT given.id, coalesce(merge.into_id, given.id) AS person_id, record.record_id IS NOT NULL AS stored,
    CASE WHEN record.deleted THEN record.updated_at END AS deleted_at
FROM unnest(%(ids)s::text[]) AS given (id)
LEFT JOIN contact_merges AS merge ON merge.workspace_id = %(workspace_id)s AND merge.from_id = given.id
LEFT JOIN records AS record ON record.dataset = '{PEOPLE.name}' AND record.workspace_id = %(workspace_id)s
    AND record.record_id = coalesce(merge.into_id, given.id)
"""

_LOOK_UP = f"""
SELECT named.kind, named.value, record.record_id
FROM (
    SELECT 'id' AS kind, value, value AS person_id FROM unnest(%(ids)s::text[]) AS given (value)
    UNION ALL
    SELECT kind, value, person_id
    FROM person_keys JOIN unnest(%(kinds)s::text[], %(values)s::text[]) AS given (kind, value) USING (kind, value)
    WHERE workspace_id = %(workspace_id)s
) AS named
LEFT JOIN contact_merges AS merge ON merge.workspace_id = %(workspace_id)s AND merge.from_id = named.person_id
JOIN records AS record ON record.dataset = '{PEOPLE.name}' AND record.workspace_id = %(workspace_id)s
    AND record.record_id = coalesce(merge.into_id, named.person_id) AND NOT record.deleted
ORDER BY named.person_id
"""

_FORGET_KEYS = """
DELETE FROM person_keys AS known WHERE workspace_id = %(workspace_id)s AND person_id = ANY(%(ids)s::text[])
    AND NOT EXISTS (
        SELECT FROM unnest(%(kinds)s::text[], %(values)s::text[], %(people)s::text[]) AS given (kind, value, person_id)
        WHERE (given.kind, given.value, given.person_id) = (known.kind, known.value, known.person_id)
    )
"""

_ADD_KEYS = """
INSERT INTO person_keys (workspace_id, kind, value, person_id)
SELECT %(workspace_id)s, kind, value, person_id
FROM unnest(%(kinds)s::text[], %(values)s::text[], %(people)s::text[]) AS given (kind, value, person_id)
ON CONFLICT DO NOTHING
"""

_FORGET_COMPANIES = """
DELETE FROM person_companies AS known WHERE workspace_id = %(workspace_id)s AND person_id = ANY(%(ids)s::text[])
    AND NOT EXISTS (
        SELECT FROM unnest(%(people)s::text[], %(companies)s::text[]) AS given (person_id, company_id)
        WHERE (given.person_id, given.company_id) = (known.person_id, known.company_id)
    )
"""

_ADD_COMPANIES = """
INSERT INTO person_companies (workspace_id, person_id, company_id)
SELECT %(workspace_id)s, person_id, company_id
FROM unnest(%(people)s::text[], %(companies)s::text[]) AS given (person_id, company_id)
ON CONFLICT DO NOTHING
"""

_PEOPLE_OF = """
SELECT DISTINCT person_id FROM person_companies
WHERE workspace_id = %(workspace_id)s AND company_id = ANY(%(ids)s::text[])
"""


def read_known(connection: Connection, workspace_id: str, ids: Collection[str]) -> dict[str, Known]:
    """Who these ids are now, those of nobody too."""
    rows = connection.exec_driver_sql(_RESOLVE, {"workspace_id": workspace_id, "ids": list(ids)})
    return {row.id: Known(row.person_id, row.stored, row.deleted_at) for row in rows}


def look_up(connection: Connection, workspace_id: str, keys: Collection[PersonKey]) -> dict[PersonKey, list[str]]:
    """The living people whom each of these names may mean, by their present ids; names of nobody are left out."""
    others = [key for key in keys if key[0] != "id"]
    rows = connection.exec_driver_sql(
        _LOOK_UP,
        {
            "workspace_id": workspace_id,
            "ids": [value for kind, value in keys if kind == "id"],
            "kinds": [kind for kind, _ in others],
            "values": [value for _, value in others],
        },
    )
    found: dict[PersonKey, list[str]] = {}
    for kind, value, person_id in rows:
        ids = found.setdefault((kind, value), [])
        if person_id not in ids:
            ids.append(person_id)
    return found


def save_keys(
    connection: Connection, workspace_id: str, payloads: Mapping[str, bytes], *, companies: bool = True
) -> None:
    """Save the keys and the companies of these people in place of earlier ones; the stored forms are by id."""
    people = [person_from(payload) for payload in payloads.values()]
    keys = [(*key, person.id) for person in people for key in keys_of(person) if key[0] != "id"]
    links = [
        (person.id, company_id) for person in people if companies for company_id in dict.fromkeys(person.companies)
    ]
    own = {"workspace_id": workspace_id, "ids": list(payloads)}
    kinds, values, owners = map(list, zip(*keys, strict=True)) if keys else ([], [], [])
    of_keys = {**own, "kinds": kinds, "values": values, "people": owners}
    connection.exec_driver_sql(_FORGET_KEYS, of_keys)
    if keys:
        connection.exec_driver_sql(_ADD_KEYS, of_keys)
    owners, linked = map(list, zip(*links, strict=True)) if links else ([], [])
    of_links = {**own, "people": owners, "companies": linked}
    connection.exec_driver_sql(_FORGET_COMPANIES, of_links)
    if links:
        connection.exec_driver_sql(_ADD_COMPANIES, of_links)


def delete_keys(connection: Connection, workspace_id: str, person_ids: Collection[str]) -> None:
    """Delete the keys and the companies of these people."""
    own = {"workspace_id": workspace_id, "ids": list(person_ids)}
    chosen = "WHERE workspace_id = %(workspace_id)s AND person_id = ANY(%(ids)s::text[])"
    connection.exec_driver_sql(f"DELETE FROM person_keys {chosen}", own)
    connection.exec_driver_sql(f"DELETE FROM person_companies {chosen}", own)


def people_of_companies(connection: Connection, workspace_id: str, company_ids: Collection[str]) -> list[str]:
    """The people of these companies."""
    own = {"workspace_id": workspace_id, "ids": list(company_ids)}
    return list(connection.exec_driver_sql(_PEOPLE_OF, own).scalars())
