"""Records that name a person: conversations, receipts, checkpoints and calls."""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from indexer.conversation.pseudonyms import hide_texts
from indexer.datasets.dataset import Dataset, Incoming
from indexer.datasets.named_people import NAMING
from indexer.errors import Refused
from indexer.people.person_key import Mention, PersonKey
from indexer.store.entities.conversations import Saved, save_conversations
from indexer.store.entities.disguises import disguised
from indexer.store.entities.records import save_records
from indexer.store.erasure.subject import Subject
from indexer.store.jobs.withdraw_exports import take_back, take_back_messages

_BATCH = 200


class ErasedMentions(NamedTuple):
    """The ids of the records that were written anew, and of those that are gone because they have another id now."""

    rewritten: list[str]
    gone: list[str]
    shards: frozenset[int]
    exports: list[str]


# Reads every payload of the workspace: a name can stand anywhere in it.
_FIND = """
SELECT {id} AS id FROM {table}
WHERE {own} AND workspace_id = %(workspace_id)s AND NOT deleted AND EXISTS (
    SELECT FROM unnest(%(fragments)s::bytea[]) AS fragment WHERE position(fragment IN payload) > 0
)
ORDER BY 1
"""

_READ = """
SELECT {id} AS id, payload FROM {table}
WHERE {own} AND workspace_id = %(workspace_id)s AND {id} = ANY(%(ids)s::text[])
"""

_FORGET_PAYLOADS = """
UPDATE quarantine SET payload = NULL
WHERE dataset = %(dataset)s AND workspace_id = %(workspace_id)s AND entity_id = ANY(%(ids)s::text[])
"""


def read_mentions(connection: Connection, dataset: Dataset, subject: Subject) -> list[Any]:
    """The records that name the person, as they are stored."""
    return [json.loads(payload) for _, payload, is_named in _found(connection, dataset, subject) if is_named]


def erase_mentions(connection: Connection, dataset: Dataset, subject: Subject) -> ErasedMentions:
    """Put a pseudonym in the place of the person, whose names are barred already; addresses in texts are hidden.

    Conversations of the person lose their content and keep their numbers.
    """
    again = NAMING[dataset].again
    found = {
        id_: again(payload if is_named else hide_texts(payload, subject.own_emails))
        for id_, payload, is_named in _found(connection, dataset, subject)
    }
    exports = _take_back(connection, dataset, subject.workspace_id, list(found))
    shards: set[int] = set()
    gone: list[str] = []
    ids = list(found)
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        records = disguised(connection, dataset, subject.workspace_id, [found[id_] for id_ in some])
        shards |= _save(connection, dataset, subject.workspace_id, records).shards
        # The id of a checkpoint is made from the person's: it is another one now.
        gone += [id_ for id_, record in zip(some, records, strict=True) if record.entity_id != id_]
    own: dict[str, object] = {"dataset": dataset.name, "workspace_id": subject.workspace_id, "ids": ids}
    connection.exec_driver_sql(_FORGET_PAYLOADS, own)
    if gone:
        _delete(connection, dataset, subject.workspace_id, gone)
    return ErasedMentions([id_ for id_ in ids if id_ not in set(gone)], gone, frozenset(shards), exports)


def read_people_named(connection: Connection, workspace_id: str, keys: Collection[PersonKey]) -> set[Mention]:
    """The people with one of these names in records, each as a record names them."""
    wanted = {*keys}
    return {
        person
        for dataset in NAMING
        for _, payload in _with_texts(connection, dataset, workspace_id, _texts_of(wanted))
        for person in _people(dataset, payload)
        if not wanted.isdisjoint(person.keys)
    }


def _found(connection: Connection, dataset: Dataset, subject: Subject) -> Iterator[tuple[str, bytes, bool]]:
    """The records in which a name of the person stands: id, payload, and whether it names the person."""
    names = {*subject.own_keys}
    texts = _texts_of(names) | {*subject.own_emails}
    for id_, payload in _with_texts(connection, dataset, subject.workspace_id, texts):
        is_named = any(not names.isdisjoint(person.keys) for person in _people(dataset, payload))
        if is_named or any(email.encode() in payload.lower() for email in subject.own_emails):
            yield id_, payload, is_named


def _texts_of(names: Collection[PersonKey]) -> set[str]:
    """The texts of which one stands in every record with one of these names."""
    texts = {f'"{value}"' for _, value in names} | {json.dumps(value) for _, value in names}
    return texts | {value for kind, value in names if kind == "id" and value.isdecimal()}


def _with_texts(
    connection: Connection, dataset: Dataset, workspace_id: str, texts: Collection[str]
) -> Iterator[tuple[str, bytes]]:
    """The ids and stored forms of the records in which one of the texts stands."""
    table = dataset.table._asdict()
    own: dict[str, object] = {"workspace_id": workspace_id}
    fragments = [text.encode(errors="surrogatepass") for text in texts]
    ids = list(connection.exec_driver_sql(_FIND.format(**table), {**own, "fragments": fragments}).scalars())
    for start in range(0, len(ids), _BATCH):
        rows = connection.exec_driver_sql(
            _READ.format(**table),
            {**own, "ids": ids[start : start + _BATCH]},
            execution_options={"binary_results": True},
        ).all()
        yield from ((id_, payload) for id_, payload in rows)


def _people(dataset: Dataset, payload: bytes) -> Sequence[Any]:
    try:
        return list(NAMING[dataset].people(payload))
    except Refused:
        return []


def _take_back(connection: Connection, dataset: Dataset, workspace_id: str, ids: Sequence[str]) -> list[str]:
    if not dataset.are_records:
        return take_back(connection, workspace_id, ids)
    return take_back_messages(connection, workspace_id, dataset.name, ids)


def _save(connection: Connection, dataset: Dataset, workspace_id: str, batch: Sequence[Incoming]) -> Saved:
    if not dataset.are_records:
        return save_conversations(connection, workspace_id, batch, force=True)
    return save_records(connection, dataset, workspace_id, batch, force=True)


def _delete(connection: Connection, dataset: Dataset, workspace_id: str, ids: Sequence[str]) -> None:
    """Delete rows without a tombstone; their documents are removed by the caller."""
    own = {"dataset": dataset.name, "workspace_id": workspace_id, "ids": list(ids)}
    chosen = "dataset = %(dataset)s AND workspace_id = %(workspace_id)s"
    connection.exec_driver_sql(f"DELETE FROM records WHERE {chosen} AND record_id = ANY(%(ids)s::text[])", own)
    for table in ("changes", "quarantine", "quarantine_purges", "recently_indexed"):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE {chosen} AND entity_id = ANY(%(ids)s::text[])", own)
