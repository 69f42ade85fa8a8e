"""A second look at conversations and documents that seem to differ, which reports no false differences.

A difference found by one look at each side may be a change on its way. So the store is asked twice, before and after
the index, and a difference counts only if both answers are equal and nothing is queued. Then nothing was saved in
between, the last change had been indexed before the first question, and the document should be in the index.
"""

import enum
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from elasticsearch import Elasticsearch
from sqlalchemy import Engine

from indexer.datasets.dataset import Dataset
from indexer.differences.fields import differing_fields
from indexer.document_inputs import Inputs, read_inputs
from indexer.keys import EntityKey
from indexer.search.key_scan import IndexedDocument, read_documents
from indexer.store.database import snapshot
from indexer.store.entities.key_scan import NOT_STORED, Standing, read_standing

DEEP_BATCH = 200
"""The number of conversations that are held in memory with their content."""


class DifferenceKind(enum.StrEnum):
    """A kind of difference between a document and the store."""

    MISSING = "missing"
    """Stored and not deleted, and not in the index."""

    STALE = "stale"
    """The index holds a lower revision than the store."""

    ORPHANED = "orphaned"
    """In the index, and deleted or never stored."""

    DIFFERING = "differing"
    """Of the same revision, but computed differently now; or of a revision that the store has not reached."""


class Suspect(NamedTuple):
    """A document to check: its `_id`, and the key from the store or from the document's own fields."""

    document: str
    workspace_id: str | None
    conversation_id: str | None

    @property
    def key(self) -> EntityKey | None:
        """The conversation of this document; None if its `_id`, or a NUL in its fields, makes one impossible."""
        if self.workspace_id is None or self.conversation_id is None:
            return None
        key = EntityKey(self.workspace_id, self.conversation_id)
        return key if key.document_id == self.document and "\0" not in self.document else None


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference found in the document of that `_id`.

    `fields` names the fields that differ, inner fields as `statistics.count_reopens`, a list as a whole; `*` means
    that the document cannot be computed now. A side without the document has no revision.
    """

    kind: DifferenceKind
    document: str
    workspace: str | None
    conversation: str | None
    fields: tuple[str, ...]
    store_revision: int | None
    index_revision: int | None


class Examined(NamedTuple):
    """The differences among the suspects, and how many of them differ but are in the queue or in quarantine."""

    differences: list[Difference]
    queued: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Examination:
    """Compares suspects with the store and with documents computed now.

    With `spare_outdated`, contents of documents by earlier definitions (a lower `metrics_version`) do not count.
    """

    store: Engine
    search: Elasticsearch
    alias: str
    bots_interrupt: bool = False
    dataset: Dataset = field(kw_only=True)
    spare_outdated: bool = False

    def examine(self, suspects: Sequence[Suspect], *, deep: bool) -> Examined:
        """Find the differences of the suspects; `deep` also compares contents with documents computed now."""
        differences: list[Difference] = []
        queued = quarantined = 0
        size = DEEP_BATCH if deep else max(1, len(suspects))
        for start in range(0, len(suspects), size):
            found = self._batch(suspects[start : start + size], deep=deep)
            differences += found.differences
            queued += found.queued
            quarantined += found.quarantined
        return Examined(differences, queued, quarantined)

    def _batch(self, suspects: Sequence[Suspect], *, deep: bool) -> Examined:
        keys = [suspect.key for suspect in suspects if suspect.key is not None]
        with snapshot(self.store) as connection:
            before = read_standing(connection, keys, self.dataset)
            inputs = read_inputs(connection, self.dataset, keys, bots_interrupt=self.bots_interrupt) if deep else {}
        indexed = read_documents(self.search, self.alias, [one.document for one in suspects], content=deep)
        with self.store.connect() as connection:
            after = read_standing(connection, keys, self.dataset)

        differences: list[Difference] = []
        queued = quarantined = 0
        for suspect in suspects:
            key = suspect.key
            standing, later = (NOT_STORED, NOT_STORED) if key is None else (before[key], after[key])
            document = indexed.get(suspect.document)
            made_from = None if key is None or self._spares(document) else inputs.get(key)
            difference = _difference(suspect, standing, document, made_from)
            if difference is None:
                continue
            if standing.queued or standing != later:
                queued += 1
            elif standing.quarantined:
                quarantined += 1
            else:
                differences.append(difference)
        return Examined(differences, queued, quarantined)

    def _spares(self, indexed: IndexedDocument | None) -> bool:
        """Whether the content of a document is ignored, because it is by earlier definitions and may differ for now."""
        if not self.spare_outdated or indexed is None or indexed.content is None:
            return False
        version = indexed.content.get("metrics_version")
        return isinstance(version, int) and version < self.dataset.definitions_version


def _difference(
    suspect: Suspect, standing: Standing, indexed: IndexedDocument | None, made_from: Inputs | None
) -> Difference | None:
    """The difference between these two sides, if there is one; contents count only if `made_from` is given."""
    wanted = None if standing.deleted else standing.revision
    fields: tuple[str, ...] = ()
    if indexed is None:
        kind = None if wanted is None else DifferenceKind.MISSING
    elif wanted is None:
        kind = DifferenceKind.ORPHANED
    elif indexed.version < wanted:
        kind = DifferenceKind.STALE
    elif indexed.version > wanted:
        kind, fields = DifferenceKind.DIFFERING, ("revision",)
    else:
        fields = _fields(made_from, indexed) if made_from else ()
        kind = DifferenceKind.DIFFERING if fields else None
    if kind is None:
        return None
    return Difference(
        kind=kind,
        document=suspect.document,
        workspace=suspect.workspace_id,
        conversation=suspect.conversation_id,
        fields=fields,
        store_revision=standing.revision,
        index_revision=indexed.version if indexed else None,
    )


def _fields(made_from: Inputs, indexed: IndexedDocument) -> tuple[str, ...]:
    """The fields in which the document differs from the one computed now."""
    try:
        computed = made_from.document()
    except Exception:  # the worker that is to index it reports the error, and puts it into quarantine
        return ("*",)
    # Decoded as Elasticsearch's client decodes, so that a number has the same value on both sides.
    return tuple(differing_fields(json.loads(computed), indexed.content or {}))
