"""The new index of a rebuild beside the store: whether readers may get it."""

from dataclasses import replace
from typing import NamedTuple

from indexer import search
from indexer.errors import OperatorError
from indexer.indexing.rebuild_site import RebuildSite
from indexer.indexing.reconciler import Reconciled, ReconcileOptions
from indexer.store.jobs.rebuilds import Rebuild, write_targets

_SMALLEST = 0.9
"""The share of the documents that readers have now which the new index must have at least."""


class Verified(NamedTuple):
    """The result of comparing the new index with the store, and the numbers of documents of both indices."""

    found: Reconciled
    documents: int
    documents_before: int
    refused: int

    def expect_equal(self) -> None:
        """Raise `OperatorError` if the index lacks documents, or differs from the store."""
        found = self.found
        if self.documents < _SMALLEST * self.documents_before:
            raise OperatorError(
                f"the new index has {self.documents:,} documents, the old one {self.documents_before:,}",
                "check whether DATABASE_URL is correct; to give the rebuild up: indexer index rollback",
            )
        if found.differences or self.refused:
            first = ", ".join(f"{one.kind} {one.document}" for one in found.samples[:3])
            raise OperatorError(
                f"the new index does not match the store: {found.missing:,} missing, {found.stale:,} stale, "
                f"{found.orphaned:,} orphaned, {found.differing:,} differing, {self.refused:,} refused"
                + (f"; first {first}" if first else ""),
                "see the differences: indexer index verify; to give the rebuild up: indexer index rollback",
            )


def verify_rebuild(site: RebuildSite, rebuild: Rebuild, deep_share: float) -> Verified:
    """Compare the new index with the store: all of it by revisions, a share of it field by field."""
    site.search.indices.refresh(index=rebuild.from_index)
    before = int(site.search.count(index=rebuild.from_index)["count"])
    candidate = replace(site.reconciler, alias=rebuild.to_index)
    found = candidate.run(options=ReconcileOptions(deep_share, most_samples=20))
    documents = int(site.search.count(index=rebuild.to_index)["count"])
    target = search.write_alias(rebuild.to_index)
    with site.store.connect() as connection:
        refused = sum(one.refused for one in write_targets(connection, site.dataset) if one.alias == target)
    return Verified(found, documents, before, refused)
