"""Reporting on support conversations: from every change to a number that can be explained."""

from indexer import native

__all__ = ["__version__", "native"]
__version__ = "0.1.0"
