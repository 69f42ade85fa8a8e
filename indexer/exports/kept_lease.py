"""Keeping the lease of an export while its worker is busy."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from indexer.store.jobs.export_leases import LeasedExport, renew_export

_KEEPS = 3
"""How often a lease is renewed before it would expire."""


@contextmanager
def kept_lease(store: Engine, leased: LeasedExport, seconds: float) -> Iterator[None]:
    """Renew the lease from a thread meanwhile: a page, or forcing it to disk, may take longer than it lasts."""
    over = threading.Event()

    def keep() -> None:
        while not over.wait(seconds / _KEEPS):
            with suppress(DBAPIError), store.begin() as connection:
                if not renew_export(connection, leased, seconds):
                    return

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
