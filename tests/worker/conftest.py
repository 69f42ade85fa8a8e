"""An empty store."""

from tests.indexing.conftest import store

__all__ = ["store"]
