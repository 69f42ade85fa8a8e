"""HTTP servers for tests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from indexer.settings import Settings
from indexer.web.auth.one_time_link import OneTimeLink
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
    server = Server(settings, needs_accounts=needs_accounts, link=link)
    with running(server) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


@contextmanager
def running(server: uvicorn.Server) -> Iterator[str]:
    """The address of a server, which runs in a thread until the test is over."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
