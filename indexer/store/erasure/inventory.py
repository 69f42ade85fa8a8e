"""The places of the store that hold something about a person.

The list drives both the export of all that is held and the erasure, so that neither can forget a place of the other.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.datasets.named_people import NAMING
from indexer.datasets.people import PEOPLE
from indexer.store.entities.erased_people import ErasedPeople
from indexer.store.erasure.mentions import erase_mentions, read_mentions
from indexer.store.erasure.subject import Subject
from indexer.store.jobs.withdraw_exports import take_back_all


@dataclass(slots=True)
class Erasing:
    """What the erasure of a subject has come to beside its counts, to be completed outside the store.

    `gone` are the ids of documents to remove, and `rewritten` those of documents that workers will write anew, by
    dataset; `shards` have something due; `exports` are the ids of the files that were taken back.
    """

    erasures: ErasedPeople
    gone: dict[Dataset, list[str]] = field(default_factory=dict)
    rewritten: dict[Dataset, list[str]] = field(default_factory=dict)
    shards: dict[Dataset, frozenset[int]] = field(default_factory=dict)
    exports: list[str] = field(default_factory=list)


class Place(NamedTuple):
    """A place: `read` gives what it holds about a person as JSON values, `erase` removes that and counts it."""

    name: str
    read: Callable[[Connection, Subject], list[Any]]
    erase: Callable[[Connection, Subject, Erasing], int]


_REASON: Final = "a person in it has been erased; order it again"
_OF_PERSON: Final = "workspace_id = %(workspace_id)s AND person_id = ANY(%(ids)s::text[])"
_OF_KEYS: Final = """workspace_id = %(workspace_id)s
    AND (kind, value) IN (SELECT * FROM unnest(%(kinds)s::text[], %(values)s::text[]))"""
_TO_PERSON: Final = "('email', lower(mail_to)) IN (SELECT * FROM unnest(%(kinds)s::text[], %(values)s::text[]))"
_MAILED: Final = f"workspace_id = %(workspace_id)s AND {_TO_PERSON}"
_MAILED_EXPORTS: Final = f"request ->> 'workspace' = %(workspace_id)s AND {_TO_PERSON}"
_OF_ENTITY: Final = f"""dataset = '{PEOPLE.name}' AND workspace_id = %(workspace_id)s
    AND entity_id = ANY(%(ids)s::text[])"""
_OF_RECORD: Final = f"""dataset = '{PEOPLE.name}' AND workspace_id = %(workspace_id)s
    AND record_id = ANY(%(ids)s::text[])"""


def _rows(name: str, table: str, condition: str) -> Place:
    """The rows of a table, which are deleted."""

    def read(connection: Connection, subject: Subject) -> list[Any]:
        rows = connection.exec_driver_sql(
            f"SELECT to_jsonb(held) - '{{workspace_id,payload}}'::text[] FROM {table} AS held WHERE {condition}",
            subject.parameters,
        )
        return list(rows.scalars())

    def erase(connection: Connection, subject: Subject, _: Erasing) -> int:
        return connection.exec_driver_sql(f"DELETE FROM {table} WHERE {condition}", subject.parameters).rowcount

    return Place(name, read, erase)


def _read_people(connection: Connection, subject: Subject) -> list[Any]:
    rows = connection.exec_driver_sql(
        f"SELECT convert_from(payload, 'UTF8')::json FROM records WHERE {_OF_RECORD} AND NOT deleted",
        subject.parameters,
    )
    return list(rows.scalars())


def _erase_people(connection: Connection, subject: Subject, erasing: Erasing) -> int:
    # Without a tombstone, which would keep the id; the documents are removed by the caller.
    erasing.gone[PEOPLE] = list(subject.ids)
    erasing.exports += take_back_all(connection, subject.workspace_id, PEOPLE.name, _REASON)
    deleted = connection.exec_driver_sql(f"DELETE FROM records WHERE {_OF_RECORD} AND NOT deleted", subject.parameters)
    return deleted.rowcount


def _erase_merges(connection: Connection, subject: Subject, erasing: Erasing) -> int:
    """Pseudonyms are merged as the ids were, so that conversations of all of them stay those of one person."""
    present, *former = subject.ids or ("",)
    pseudonym = erasing.erasures.pseudonym
    connection.exec_driver_sql(
        "DELETE FROM contact_merges WHERE workspace_id = %(workspace_id)s AND from_id = ANY(%(ids)s::text[])",
        subject.parameters,
    )
    for id_ in former:
        connection.exec_driver_sql(
            "INSERT INTO contact_merges (workspace_id, from_id, into_id, merged_at)"
            " VALUES (%(workspace_id)s, %(from_id)s, %(into_id)s, now()) ON CONFLICT DO NOTHING",
            {
                "workspace_id": subject.workspace_id,
                "from_id": pseudonym(id_),
                "into_id": pseudonym(present),
            },
        )
    return len(former)


def _read_merges(connection: Connection, subject: Subject) -> list[Any]:
    rows = connection.exec_driver_sql(
        "SELECT to_jsonb(held) - 'workspace_id' FROM contact_merges AS held"
        " WHERE workspace_id = %(workspace_id)s AND from_id = ANY(%(ids)s::text[])",
        subject.parameters,
    )
    return list(rows.scalars())


def _read_mailed(connection: Connection, subject: Subject) -> list[Any]:
    rows = connection.exec_driver_sql(
        f"SELECT jsonb_build_object('export_id', export_id, 'mail_to', mail_to) FROM exports WHERE {_MAILED_EXPORTS}",
        subject.parameters,
    )
    return list(rows.scalars())


def _erase_mailed(connection: Connection, subject: Subject, _: Erasing) -> int:
    """An export stays, without its address and without a mail."""
    return connection.exec_driver_sql(
        f"UPDATE exports SET mail_to = NULL, mail_due_at = NULL, mail_error = NULL WHERE {_MAILED_EXPORTS}",
        subject.parameters,
    ).rowcount


def _mentions(dataset: Dataset) -> Place:
    """The records of a dataset that name the person, in which a pseudonym takes the person's place."""

    def read(connection: Connection, subject: Subject) -> list[Any]:
        return read_mentions(connection, dataset, subject)

    def erase(connection: Connection, subject: Subject, erasing: Erasing) -> int:
        found = erase_mentions(connection, dataset, subject)
        erasing.gone[dataset] = found.gone
        erasing.rewritten[dataset] = found.rewritten
        erasing.shards[dataset] = found.shards
        erasing.exports += found.exports
        return len(found.rewritten) + len(found.gone)

    return Place(dataset.name, read, erase)


PLACES: Final[tuple[Place, ...]] = (
    # Records that name the person come first: they are found by the names that the rows below still have.
    *(_mentions(dataset) for dataset in NAMING),
    Place(PEOPLE.name, _read_people, _erase_people),
    _rows("tombstones", "records", f"{_OF_RECORD} AND deleted"),
    _rows("events", "person_events", _OF_PERSON),
    _rows("event_summaries", "person_event_summaries", _OF_PERSON),
    _rows("waiting_events", "waiting_person_events", _OF_KEYS),
    _rows("names", "person_keys", _OF_PERSON),
    _rows("companies", "person_companies", _OF_PERSON),
    _rows("audiences", "audience_members", _OF_PERSON),
    _rows("quarantine", "quarantine", _OF_ENTITY),
    _rows("quarantine_purges", "quarantine_purges", _OF_ENTITY),
    _rows("queue", "changes", _OF_ENTITY),
    _rows("recently_indexed", "recently_indexed", _OF_ENTITY),
    Place("merges", _read_merges, _erase_merges),
    # Nothing is mailed to a person who is to be forgotten.
    _rows("subscriptions", "subscriptions", _MAILED),
    _rows("alerts", "alerts", _MAILED),
    Place("mailed_exports", _read_mailed, _erase_mailed),
)
"""All places in PostgreSQL, in the order in which they are erased."""
