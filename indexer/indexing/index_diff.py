"""The comparison of two indices of a dataset: the fields that a swap would change, and in how many documents."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from elasticsearch import Elasticsearch

from indexer.differences.fields import differing
from indexer.errors import OperatorError
from indexer.keys import EntityKey
from indexer.search.key_scan import IndexedDocument, IndexedKey, read_documents, read_range, refresh

PAGE = 500

MOST_SAMPLES = 3
"""The most samples of each field."""


class Sample(NamedTuple):
    """A document in which a field differs, with the value on both sides (None: absent)."""

    field: str
    document: str
    current: Any
    new: Any


@dataclass(slots=True)
class Compared:
    """The result, in documents: `documents` in the current index, of which `compared` were compared in full.

    `moving` have a different revision on each side, as happens for a moment while they change. `fields` counts for
    each field the documents of the same revision in which it differs.
    """

    documents: int = 0
    compared: int = 0
    equal: int = 0
    moving: int = 0
    only_in_current: int = 0
    only_in_new: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)

    @property
    def different(self) -> int:
        """The number of documents that a swap would change, remove or add."""
        return self.compared - self.equal - self.moving + self.only_in_current + self.only_in_new


@dataclass(frozen=True, slots=True)
class IndexComparison:
    """Compares two indices by `_id`, and a random `share` (0 to 1) of their documents in full.

    `key` is the field with the id of a document's conversation or record.
    """

    search: Elasticsearch
    current: str
    new: str
    share: float = 1
    key: str = "conversation_id"

    def run(self, on_documents: Callable[[int], None] = lambda _: None) -> Compared:
        """Compare everything; memory does not grow with the number of documents."""
        found = Compared()
        refresh(self.search, self.current)
        refresh(self.search, self.new)
        after: EntityKey | None = None
        for page in read_range(self.search, self.current, None, None, page=PAGE, key=self.key):
            if page:
                until = _key(page[-1])
                self._compare(page, self._names(after, until), found)
                on_documents(found.documents)
                after = until
        found.only_in_new += len(self._names(after, None))
        return found

    def _names(self, after: EntityKey | None, until: EntityKey | None) -> set[str]:
        """The documents of the new index with keys in that range."""
        pages = read_range(self.search, self.new, after, until, page=PAGE, key=self.key)
        return {found.document for page in pages for found in page}

    def _compare(self, page: Sequence[IndexedKey], new_names: set[str], found: Compared) -> None:
        names = {key.document for key in page}
        found.documents += len(names)
        found.only_in_current += len(names - new_names)
        found.only_in_new += len(new_names - names)
        drawn = sorted(name for name in names & new_names if random.random() < self.share)  # noqa: S311 - no secret
        ours, theirs = (read_documents(self.search, index, drawn, content=True) for index in (self.current, self.new))
        for name in drawn:
            if name in ours and name in theirs:
                self._compare_one(name, ours[name], theirs[name], found)

    def _compare_one(self, name: str, one: IndexedDocument, other: IndexedDocument, found: Compared) -> None:
        found.compared += 1
        if one.version != other.version:
            found.moving += 1
            return
        fields = list(differing(one.content or {}, other.content or {}))
        found.equal += not fields
        for path, current, new in fields:
            if found.fields[path] < MOST_SAMPLES:
                found.samples.append(Sample(path, name, current, new))
            found.fields[path] += 1


def _key(last: IndexedKey) -> EntityKey | None:
    """The key of the last document of a page."""
    if last.workspace_id is None or last.conversation_id is None:
        raise OperatorError(
            f"document {last.document} has no workspace_id or no id of its own",
            "it was not written by this program; delete it: indexer reconcile --repair",
        )
    return EntityKey(last.workspace_id, last.conversation_id)
