"""The way of a change, and an empty store."""

from tests.indexing.conftest import drain, reconciler, store

__all__ = ["drain", "reconciler", "store"]
