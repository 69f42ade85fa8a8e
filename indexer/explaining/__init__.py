"""Explanations of a conversation's numbers: parts, office intervals, rules in words. Pure."""

from indexer.explaining.explain import explain
from indexer.explaining.explanation import Entry, Explanation, Field, Row, Stretch, Why

__all__ = ["Entry", "Explanation", "Field", "Row", "Stretch", "Why", "explain"]
