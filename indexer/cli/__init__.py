"""The command `indexer`: thin doors to the pipeline's stories. Importing a module here registers its commands."""

from indexer.cli import compute, doctor, index, sample, services
from indexer.cli.app import main

__all__ = ["compute", "doctor", "index", "main", "sample", "services"]
