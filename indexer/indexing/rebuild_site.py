"""The subject of a rebuild: the dataset, its index, and the services."""

from dataclasses import dataclass, field
from typing import Self

from elasticsearch import Elasticsearch
from sqlalchemy import Engine

from indexer import search
from indexer.connections import Connections
from indexer.datasets.dataset import Dataset
from indexer.indexing.reconciler import Reconciler
from indexer.search import ONE_SHARD, Owner, Spread


@dataclass(frozen=True, slots=True)
class RebuildSite:
    """The dataset that is rebuilt and the services that are used; `spread` is that of the new index.

    Without an `owner`, indices of other installations are not recognized.
    """

    store: Engine
    search: Elasticsearch
    prefix: str
    reconciler: Reconciler
    spread: Spread = ONE_SHARD
    dataset: Dataset = field(kw_only=True)
    owner: Owner | None = None

    @classmethod
    def from_connections(cls, connections: Connections, dataset: Dataset) -> Self:
        """The rebuild of a dataset through these connections."""
        return cls(
            connections.store,
            connections.search,
            connections.settings.index_prefix,
            Reconciler.from_connections(connections, dataset),
            connections.spread,
            dataset=dataset,
            owner=connections.owner,
        )

    @property
    def alias(self) -> str:
        """The alias that readers use."""
        return search.alias_name(self.prefix, self.dataset.name)

    @property
    def installation(self) -> str | None:
        """The installation that new indices belong to."""
        return None if self.owner is None else self.owner.installation

    def expect_own(self, *indices: str) -> None:
        """Raise `OtherInstallation` if the index of readers, or one of these, belongs to another installation."""
        if self.owner is not None:
            self.owner.expect(self.alias, *indices)
