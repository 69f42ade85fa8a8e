"""Restoring the declared refresh of the indices that readers use, unless a process acts on a rebuild."""

import structlog
from elasticsearch import Elasticsearch
from sqlalchemy import Engine

from indexer.datasets.registry import datasets
from indexer.search import Owner, alias_name
from indexer.search.refresh import other_refresh, restore_refresh
from indexer.store.jobs.rebuild_lock import RebuildHeld, hold_rebuild

log = structlog.get_logger()


def restore_refreshes(store: Engine, client: Elasticsearch, prefix: str, owner: Owner | None = None) -> None:
    """Restore the declared refresh of the indices behind the aliases, unless a process acts on the dataset's rebuild.

    A swap switches the refresh off for a moment; if it is killed then, readers would see no more changes.
    """
    aliases = {alias_name(prefix, dataset.name): dataset for dataset in datasets()}
    if not other_refresh(client, list(aliases)):
        return
    for alias, dataset in aliases.items():
        if owner is not None:
            owner.expect(alias)
        try:
            with hold_rebuild(store, dataset, patience_seconds=0.05) as lock:
                for other in other_refresh(client, [alias]):
                    with lock.transaction():
                        pass
                    restore_refresh(client, other)
                    log.warning("refresh_restored", index=other.index, was=other.live, declared=other.declared)
        except RebuildHeld:
            continue
