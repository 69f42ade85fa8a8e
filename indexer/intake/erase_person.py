"""Everything that is held about one person: given out, or erased for good (docs/decisions/0041)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import Elasticsearch
from redis import Redis
from sqlalchemy import Connection

from indexer.connections import Connections
from indexer.datasets.dataset import Dataset
from indexer.datasets.named_people import NAMING
from indexer.datasets.people import PEOPLE
from indexer.keys import EntityKey
from indexer.search import alias_name, remove_documents
from indexer.store.entities.erased_people import begin_erasures
from indexer.store.entities.event_weeks import share_weeks
from indexer.store.entities.revision_locks import hold_records, hold_workspace
from indexer.store.erasure.find_subject import find_subject
from indexer.store.erasure.inventory import PLACES, Erasing
from indexer.store.erasure.ledger import add_erasure, complete_erasure
from indexer.store.erasure.subject import Subject
from indexer.store.jobs.rebuilds import write_targets


@dataclass(slots=True)
class Erased:
    """The outcome of an erasure: its number in the ledger (None for a dry run), and how much was removed by place.

    `shared_emails` are addresses that other people of the workspace have too, so that they are not barred. `exports`
    are the ids of files that were taken back. `shards` have something due, by dataset.
    """

    erasure_id: int | None
    counts: dict[str, int]
    shared_emails: list[str]
    exports: list[str] = field(default_factory=list)
    shards: dict[Dataset, frozenset[int]] = field(default_factory=dict)


def export_person(connection: Connection, workspace_id: str, person: str) -> dict[str, Any]:
    """Everything that is held about a person, by place; raises `Refused` if nothing is known of such a person.

    `person` is an id, also one of before a merge, an external id, or an e-mail address that one person has. `id` is
    None for a person whom records and events name without an id.
    """
    subject = find_subject(connection, workspace_id, person)
    held = {place.name: place.read(connection, subject) for place in PLACES}
    present = next(iter(subject.ids), None)
    return {"workspace": workspace_id, "id": present, **{name: rows for name, rows in held.items() if rows}}


def erase_person(
    here: Connections,
    workspace_id: str,
    person: str,
    *,
    requested_by: str,
    because: str,
    dry_run: bool = False,
) -> Erased:
    """Erase a person everywhere, and keep the person out from now on; raises `Refused` as `export_person` does.

    Conversations, receipts, checkpoints and calls stay with a pseudonym, without the content of conversations; workers
    write their documents anew. If this is interrupted, the same erasure again completes it as far as the names are
    still known: its entry in the ledger has no time of completion until then.
    """
    search, prefix = here.search, here.settings.index_prefix
    with here.store.connect() as connection:
        hold_workspace(connection, workspace_id)
        for dataset in (*NAMING, PEOPLE):
            if dataset.are_records:
                hold_records(connection, dataset.name, workspace_id)
        share_weeks(connection)
        subject = find_subject(connection, workspace_id, person)
        erasing = Erasing(begin_erasures(connection, workspace_id))
        erasing.erasures.bar(subject.own_keys)
        counts = {place.name: place.erase(connection, subject, erasing) for place in PLACES}
        counts = {name: count for name, count in counts.items() if count}
        erased = Erased(None, counts, sorted(subject.shared_emails), erasing.exports, erasing.shards)
        if dry_run:
            connection.rollback()
            return erased
        erased.erasure_id = add_erasure(connection, workspace_id, requested_by, because, counts)
        # Before the names are gone from the store, so that an interruption leaves something to begin with again.
        written = {
            dataset: [
                alias_name(prefix, dataset.name),
                *(target.alias for target in write_targets(connection, dataset)),
            ]
            for dataset in erasing.rewritten
        }
        documents = _remove(search, prefix, workspace_id, erasing, written)
        connection.commit()
    documents += _remove(search, prefix, workspace_id, erasing, written)  # what a worker has written meanwhile
    _forget(here.redis, subject)
    with here.store.begin() as connection:
        complete_erasure(connection, erased.erasure_id, documents)
    return erased


def _remove(
    search: Elasticsearch, prefix: str, workspace_id: str, erasing: Erasing, written: Mapping[Dataset, Sequence[str]]
) -> int:
    """Remove the documents that are to go, and those of indices that workers do not write anew."""
    removed = 0
    for dataset, ids in erasing.gone.items():
        removed += remove_documents(search, prefix, dataset.name, [EntityKey(workspace_id, id_) for id_ in ids])
    for dataset, ids in erasing.rewritten.items():
        keys = [EntityKey(workspace_id, id_) for id_ in ids]
        removed += remove_documents(search, prefix, dataset.name, keys, spared=written[dataset])
    return removed


def _forget(redis: Redis, subject: Subject) -> None:
    """Delete what Redis remembers of the person: such as the place of a walk, which begins again without it."""
    names = [value.encode() for _, value in subject.own_keys]
    for key in redis.scan_iter(match="indexer:*"):
        value = redis.get(key) if redis.type(key) == b"string" else b""
        if isinstance(value, bytes) and any(name in value for name in names):
            redis.delete(key)
