"""Real services for a benchmark, all of them gone when it is over.

They are embedded ones in a home of their own, or those that the environment's URLs name. There, too, the benchmark
has a database, a number of Redis and a prefix of indices that nobody else has.
"""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import psycopg
from redis import Redis

from benchmarks._harness import Progress
from indexer.embedded import supervisor
from indexer.errors import OperatorError
from indexer.search import connect
from indexer.services import Service, service_urls
from indexer.settings import Settings, settings


@contextmanager
def services(progress: Progress) -> Iterator[Path]:
    """Services, and an environment in which this process and its children find them; gives the home."""
    home = Path(tempfile.mkdtemp(prefix="indexer-benchmark-"))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)  # services of root run as another account
    Settings.model_config["env_file"] = None  # the developer's .env is theirs
    own = Settings(home=home)
    before = signal.signal(signal.SIGTERM, end_orderly)
    try:
        progress("starting the services")
        urls = service_urls(own, *Service)
        with ExitStack() as stack:
            variables = {
                "INDEXER_HOME": str(home),
                "INDEXER_DATABASE_URL": stack.enter_context(_own_database(urls.database)),
                "INDEXER_REDIS_URL": stack.enter_context(_own_redis(urls.redis)),
                "INDEXER_ELASTICSEARCH_URL": urls.elasticsearch,
                "INDEXER_INDEX_PREFIX": stack.enter_context(_own_prefix(urls.elasticsearch)),
            }
            stack.enter_context(_environment(variables))
            yield home
    finally:
        supervisor.stop(own)
        supervisor.delete_data(own)
        shutil.rmtree(home)
        signal.signal(signal.SIGTERM, before)


def end_orderly(_signal: int, _frame: FrameType | None) -> None:
    """What SIGTERM does: unlike its default, this runs what is written under `finally`."""
    raise SystemExit(128 + signal.SIGTERM)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    settings.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()


@contextmanager
def _own_database(server: str) -> Iterator[str]:
    name = f"benchmark_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def _own_redis(server: str) -> Iterator[str]:
    """The first of the server's numbered databases that holds nothing."""
    for number in range(16):
        url = urlsplit(server)._replace(path=f"/{number}").geturl()
        with Redis.from_url(url) as client:
            if client.dbsize() == 0:
                try:
                    yield url
                finally:
                    client.flushdb()
                return
    raise OperatorError("every database of that Redis is in use", "name another one with REDIS_URL, or none")


@contextmanager
def _own_prefix(server: str) -> Iterator[str]:
    """A prefix; all indices whose names begin with it are deleted in the end."""
    prefix = f"benchmark{secrets.token_hex(6)}"
    with connect(server) as client:
        try:
            yield prefix
        finally:
            for name in client.indices.get(index=f"{prefix}*", expand_wildcards="all"):
                client.indices.delete(index=name)
