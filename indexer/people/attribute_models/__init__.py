"""Ways in which values of attributes and events can lie in documents; `MODEL` is the one that documents have."""

from typing import Final

from indexer.people.attribute_model import AttributeModel
from indexer.people.attribute_models.flattened_codes import FlattenedCodes

__all__ = ["MODEL"]

MODEL: Final[AttributeModel] = FlattenedCodes()
"""The way in which the documents of people have their values (docs/decisions/0038)."""
