"""The command `indexer`: thin doors to the pipeline's stories. Importing a module here registers its commands."""

from indexer.cli import (
    backfill,
    compute,
    contact,
    conversation,
    demo,
    doctor,
    importing,
    index,
    quarantine,
    rebuild,
    reconcile,
    report,
    sample,
    serve,
    services,
    worker,
    workspace,
)
from indexer.cli.app import main

__all__ = [
    "backfill",
    "compute",
    "contact",
    "conversation",
    "demo",
    "doctor",
    "importing",
    "index",
    "main",
    "quarantine",
    "rebuild",
    "reconcile",
    "report",
    "sample",
    "serve",
    "services",
    "worker",
    "workspace",
]
