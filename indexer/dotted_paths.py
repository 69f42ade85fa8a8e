"""Paths with dots, such as `statistics.count_reopens`, which name a field inside objects."""

from collections.abc import Mapping
from typing import Any


def value_at(document: Any, path: str) -> Any:
    """The value at a path of a document; None if there is none."""
    for name in path.split("."):
        document = document.get(name) if isinstance(document, Mapping) else None
    return document
