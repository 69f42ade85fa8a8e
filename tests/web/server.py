"""The HTTP server for tests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from indexer.settings import Settings
from indexer.web.one_time_link import OneTimeLink
from indexer.web.serving import Server


@contextmanager
def served(
    elasticsearch_url: str,
    prefix: str,
    *,
    needs_accounts: bool = False,
    link: OneTimeLink | None = None,
    **other: str,
) -> Iterator[httpx.Client]:
    """A server of its own, as `indexer serve` runs it with these and `other` settings, and a client of it."""
    settings = Settings.model_validate({"ELASTICSEARCH_URL": elasticsearch_url, "index_prefix": prefix, **other})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(settings, needs_accounts=needs_accounts, link=link)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()
