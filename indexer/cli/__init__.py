"""The command `indexer`: thin doors to the pipeline's stories."""

from indexer.cli.app import main

__all__ = ["main"]
