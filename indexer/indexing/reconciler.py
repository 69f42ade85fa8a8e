"""Comparing store and index: finding missing, stale, orphaned and differing documents, and repairing them.

Both sides are walked in the order of their keys, a stretch at a time. A first look compares revisions and costs
little; the differences that it finds are checked again, with care, before they are reported (`recheck`).
"""

import math
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple, Self

import structlog
from elasticsearch import Elasticsearch
from sqlalchemy import Engine

from indexer.connections import Connections
from indexer.datasets.dataset import Dataset
from indexer.indexing.recheck import Difference, DifferenceKind, Examination, Examined, Suspect
from indexer.keys import EntityKey
from indexer.search import Outcome, Owner, Write, bulk_write
from indexer.search.key_scan import IndexedKey, read_range, refresh
from indexer.store.entities.key_scan import StoredKey, read_keys, renew_entities
from indexer.store.queue.changes import mark_changed

log = structlog.get_logger()

STRETCH = 1_000
"""The number of conversations of the store that are compared at once."""

_FEW = 100


@dataclass(slots=True)
class ReconcileCounts:
    """What a comparison has counted, in documents.

    `documents` are those compared: stored and not deleted, or in the index. `queued` and `quarantined` differ too, and
    are known already. `repaired` are those that were made due or deleted, `spared` the orphaned ones that were not
    deleted because they were too many.
    """

    documents: int = 0
    missing: int = 0
    stale: int = 0
    orphaned: int = 0
    differing: int = 0
    queued: int = 0
    quarantined: int = 0
    repaired: int = 0
    spared: int = 0

    @property
    def differences(self) -> int:
        """Documents that only a repair would correct."""
        return self.missing + self.stale + self.orphaned + self.differing

    def __add__(self, other: "ReconcileCounts") -> "ReconcileCounts":
        """The counts of both together."""
        return ReconcileCounts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(ReconcileCounts)))


@dataclass(slots=True)
class Reconciled(ReconcileCounts):
    """The result of a walk so far.

    `indexed` of the documents are in the index. `samples` are the first differences, `shards` those parts of the queue
    that have something due now. `indexed_before` and `orphaned_before` are the documents of the earlier steps of the
    same walk.
    """

    indexed: int = 0
    samples: list[Difference] = field(default_factory=list)
    shards: set[int] = field(default_factory=set)
    indexed_before: int = 0
    orphaned_before: int = 0

    def add(self, examined: Examined, most_samples: int) -> None:
        """Add the differences, and keep the first ones."""
        for difference in examined.differences:
            match difference.kind:
                case DifferenceKind.MISSING:
                    self.missing += 1
                case DifferenceKind.STALE:
                    self.stale += 1
                case DifferenceKind.ORPHANED:
                    self.orphaned += 1
                case DifferenceKind.DIFFERING:
                    self.differing += 1
        self.queued += examined.queued
        self.quarantined += examined.quarantined
        self.samples += examined.differences[: max(0, most_samples - len(self.samples))]


class ReconcileOptions(NamedTuple):
    """How closely store and index are compared, and what is done about differences.

    `deep_share` (0 to 1) of the documents with the right revision are computed again and compared whole. With
    `repair` differences are repaired; `delete_any` also deletes orphaned documents if they are most of the index.
    With `spare_outdated` the contents of documents by earlier definitions are not compared. The first `most_samples`
    differences are kept.
    """

    deep_share: float = 0
    repair: bool = False
    delete_any: bool = False
    spare_outdated: bool = False
    most_samples: int = 20


LOOK = ReconcileOptions()
"""Compare revisions, and repair nothing."""


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Compares the store with the index of a dataset.

    An index that belongs to another installation than `owner` is not compared at all.
    """

    store: Engine
    search: Elasticsearch
    alias: str
    bots_interrupt: bool = False
    dataset: Dataset = field(kw_only=True)
    owner: Owner | None = None

    @classmethod
    def from_connections(cls, connections: Connections, dataset: Dataset) -> Self:
        """Make one that works through these connections."""
        return cls(
            connections.store,
            connections.search,
            connections.alias_of(dataset),
            connections.settings.literal_reply_times,
            dataset=dataset,
            owner=connections.owner,
        )

    def run(
        self,
        workspace_id: str | None = None,
        options: ReconcileOptions = LOOK,
        *,
        max_rate: float | None = None,
        on_documents: Callable[[int], None] = lambda _: None,
        wait: Callable[[float], None] = time.sleep,
    ) -> Reconciled:
        """Compare everything, or one workspace, at up to `max_rate` documents a second, in constant memory."""
        self._expect_own()
        refresh(self.search, self.alias)  # otherwise all documents that are not visible yet would be checked twice
        found = Reconciled()
        size = STRETCH if max_rate is None else min(STRETCH, max(1, math.ceil(max_rate)))
        started = time.monotonic()
        cursor = self.step(found, None, size, workspace_id, options)
        on_documents(found.documents)
        while cursor is not None:
            if max_rate is not None:
                wait(max(0.0, found.documents / max_rate - (time.monotonic() - started)))
            cursor = self.step(found, cursor, size, workspace_id, options)
            on_documents(found.documents)
        return found

    def step(
        self,
        found: Reconciled,
        cursor: EntityKey | None,
        limit: int,
        workspace_id: str | None = None,
        options: ReconcileOptions = LOOK,
    ) -> EntityKey | None:
        """Compare the next `limit` conversations after the cursor, and the documents up to the last of them.

        Differences are added to `found`. Returns the cursor to continue with, None when everything has been compared.
        """
        self._expect_own()
        with self.store.connect() as connection:
            stored = read_keys(connection, self.dataset, cursor, limit, workspace_id)
        until = stored[-1].key if len(stored) == limit else None
        unmet = {row.key: row for row in stored}
        for page in read_range(self.search, self.alias, cursor, until, workspace_id, key=self.dataset.key_field):
            self._compare(page, unmet, found, options)
        absent = [
            Suspect(key.document_id, key.workspace_id, key.entity_id) for key, row in unmet.items() if not row.deleted
        ]
        found.documents += len(absent)
        self._examine(absent, found, options, deep=options.deep_share == 1)
        return until

    def _expect_own(self) -> None:
        if self.owner is not None:
            self.owner.expect(self.alias)

    def _compare(
        self,
        page: Sequence[IndexedKey],
        unmet: dict[EntityKey, StoredKey],
        found: Reconciled,
        options: ReconcileOptions,
    ) -> None:
        """The first look: by revision. Removes the documents of the page from `unmet`."""
        suspects: list[Suspect] = []
        drawn: list[Suspect] = []
        for document, workspace_id, conversation_id, version in page:
            suspect = Suspect(document, workspace_id, conversation_id)
            row = None if suspect.key is None else unmet.pop(suspect.key, None)
            if row is None or row.deleted or row.revision != version:
                suspects.append(suspect)
            elif random.random() < options.deep_share:  # noqa: S311 - no secret
                drawn.append(suspect)
        found.documents += len(page)
        found.indexed += len(page)
        self._examine(suspects, found, options, deep=options.deep_share == 1)
        self._examine(drawn, found, options, deep=True)

    def _examine(
        self, suspects: Sequence[Suspect], found: Reconciled, options: ReconcileOptions, *, deep: bool
    ) -> None:
        """The second look, and its consequences."""
        if not suspects:
            return
        examination = Examination(
            self.store,
            self.search,
            self.alias,
            self.bots_interrupt,
            options.spare_outdated,
            dataset=self.dataset,
        )
        examined = examination.examine(suspects, deep=deep)
        found.add(examined, options.most_samples)
        if options.repair:
            self._repair(examined.differences, found, delete_any=options.delete_any)

    def _repair(self, differences: Sequence[Difference], found: Reconciled, *, delete_any: bool) -> None:
        """Let the workers repair what they can, and delete documents without a conversation."""
        renewed: defaultdict[str, list[str]] = defaultdict(list)
        marked: defaultdict[str, list[str]] = defaultdict(list)
        orphaned: list[Difference] = []
        for difference in differences:
            if difference.kind is DifferenceKind.ORPHANED:
                orphaned.append(difference)
            elif difference.workspace is not None and difference.conversation is not None:
                # Elasticsearch may refuse the present revision: a removal by hand left its memory with the next
                # higher version, or the document has a higher one itself.
                refused = difference.kind is DifferenceKind.MISSING or difference.fields == ("revision",)
                chosen = renewed if refused else marked
                chosen[difference.workspace].append(difference.conversation)
        for workspace_id, ids in renewed.items():
            with self.store.begin() as connection:
                shards = renew_entities(connection, workspace_id, ids, self.dataset)
            found.repaired += len(shards)
            found.shards.update(shards)
        for workspace_id, ids in marked.items():
            with self.store.begin() as connection:
                due = mark_changed(connection, self.dataset, workspace_id, ids)
            found.repaired += len(ids) - len(due.unknown)
            found.shards.update(due.shards)
        if orphaned:
            self._delete(orphaned, found, delete_any=delete_any)

    def _delete(self, orphaned: Sequence[Difference], found: Reconciled, *, delete_any: bool) -> None:
        """Remove documents that have no conversation, unless they are most of what the walk has looked at.

        In that case the store is probably not the one that this index was made from. The version is the lowest that
        removes the seen document, or the number of the deletion in the store if that is higher. A new number would
        be too high: a conversation saved a moment ago has a lower one, and its document would be refused.
        """
        of_walk = found.orphaned_before + found.orphaned
        if not delete_any and of_walk > _FEW and 2 * of_walk > found.indexed_before + found.indexed:
            found.spared += len(orphaned)
            return
        writes = [Write(one.document, max(one.index_revision or 0, one.store_revision or 0), None) for one in orphaned]
        for settled in bulk_write(self.search, self.alias, writes):
            match settled.outcome:
                case Outcome.INDEXED:
                    found.repaired += 1
                case Outcome.SUPERSEDED:
                    pass  # written again since the look
                case Outcome.RETRY | Outcome.POISON:
                    log.warning("orphan_not_deleted", document=settled.id, error=settled.reason)
