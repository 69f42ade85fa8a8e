"""How a number of a conversation came about: its parts, its office intervals, its rule in words. Pure."""

from indexer.explaining.explain import explain
from indexer.explaining.explanation import Entry, Explanation, Field, Row, Stretch, Why

__all__ = ["Entry", "Explanation", "Field", "Row", "Stretch", "Why", "explain"]
