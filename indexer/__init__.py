"""Reporting on support conversations: from every change to a number that can be explained."""

from indexer import native
from indexer.calendar import zones

__all__ = ["__version__", "native", "zones"]
__version__ = "0.2.0"
