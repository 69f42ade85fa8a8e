"""The choice of entities to compare."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from indexer.datasets.dataset import Dataset
from indexer.keys import EntityKey


@dataclass(frozen=True, slots=True)
class Selection:
    """The entities of a workspace (None: all), created from (inclusive) until (exclusive), in seconds, or a share.

    The share has the same entities on both sides, and in every comparison.
    """

    workspace_id: str | None = None
    created_from: int | None = None
    created_until: int | None = None
    share: float = 1

    @property
    def by_creation(self) -> bool:
        """Whether the choice depends on the time of creation."""
        return self.created_from is not None or self.created_until is not None

    def takes(self, key: EntityKey) -> bool:
        """Whether the key belongs to the workspace and the share."""
        if self.workspace_id is not None and key.workspace_id != self.workspace_id:
            return False
        return self.share >= 1 or crc32("\0".join(key).encode()) < self.share * 2**32

    def takes_creation(self, created_at: int) -> bool:
        """Whether this time of creation is in the range."""
        return (self.created_from is None or created_at >= self.created_from) and (
            self.created_until is None or created_at < self.created_until
        )

    def filters(self, dataset: Dataset) -> list[Mapping[str, Any]]:
        """Workspace and creation as filters of a search in the documents of the dataset."""
        found: list[Mapping[str, Any]] = []
        if self.workspace_id is not None:
            found.append({"term": {"workspace_id": self.workspace_id}})
        if self.by_creation:
            # Without a format Elasticsearch takes numbers for milliseconds, whatever the mapping says.
            bounds = {"gte": self.created_from, "lt": self.created_until, "format": "epoch_second"}
            found.append({"range": {dataset.creation_field: bounds}})
        return found


EVERYTHING = Selection()
