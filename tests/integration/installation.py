"""An installation of its own, used as an operator uses it: by running the command."""

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from elasticsearch import Elasticsearch
from elasticsearch.helpers import scan
from sqlalchemy import create_engine

from indexer.settings import Settings
from indexer.urls import addresses
from tests import forking
from tests.forking import Program


class Installation:
    """Commands, workers, and a look at what they left behind."""

    module = "indexer"
    """The module that is the command."""

    def __init__(self, settings: Settings, **more: str) -> None:
        assert settings.database_url is not None
        assert settings.elasticsearch_url is not None
        assert settings.redis_url is not None
        self.settings = settings
        self.environment = os.environ | {
            "DATABASE_URL": settings.database_url,
            "ELASTICSEARCH_URL": settings.elasticsearch_url,
            "REDIS_URL": settings.redis_url,
            "INDEXER_INDEX_PREFIX": settings.index_prefix,
            "INDEXER_LEASE_SECONDS": "5",
            "INDEXER_INDEX_INTERVAL_SECONDS": str(settings.index_interval_seconds),
            **more,
        }
        self.search = Elasticsearch(addresses(settings.elasticsearch_url), request_timeout=60)
        self.alias = f"{settings.index_prefix}-conversations"
        self.engine = create_engine(settings.database_url.replace("postgresql:", "postgresql+psycopg:"))

    def close(self) -> None:
        self.search.close()
        self.engine.dispose()

    def run(self, *arguments: str, code: int = 0, stdin: bytes = b"") -> str:
        """Standard output of a command that must end with `code`."""
        done = forking.run(arguments, self.environment, stdin, self.module)
        assert done.returncode == code, done.stderr.decode()
        return done.stdout.decode()

    def said(self, *arguments: str, code: int) -> str:
        """Standard error of a command that must end with `code`."""
        done = forking.run(arguments, self.environment, module=self.module)
        assert done.returncode == code, done.stderr.decode()
        return done.stderr.decode()

    def json(self, *arguments: str) -> Any:
        """The JSON that a command prints."""
        return orjson.loads(self.run(*arguments, "--format", "json"))

    def index_everything(self) -> None:
        """Let a worker do all there is to do."""
        self.run("worker", "--until-idle")

    def start_worker(self) -> Program:
        """A worker in a process group of its own, to be ended with `kill`."""
        with Path(os.devnull).open("r+b") as null:
            return forking.start(["worker"], self.environment, (null.fileno(),) * 3, self.module)

    @staticmethod
    def kill(worker: Program) -> None:
        """End a worker and its children without any warning."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def wait_until(self, changes_left: int) -> None:
        """Return when at most this many changes are in the queue; fail after two minutes."""
        until = time.monotonic() + 120
        while self.count("changes") > changes_left:
            assert time.monotonic() < until, "the queue does not drain"
            time.sleep(0.05)

    def count(self, table: str) -> int:
        """The rows of a table of the store."""
        with self.engine.connect() as connection:
            found: int = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608
            return found

    def documents(self, workspace: str) -> dict[str, dict[str, Any]]:
        """All documents of a workspace by `_id`, refreshed."""
        self.search.indices.refresh(index=self.alias)
        query = {"query": {"term": {"workspace_id": workspace}}}
        return {hit["_id"]: hit["_source"] for hit in scan(self.search, query, index=self.alias, size=2_000)}

    def writes(self) -> int:
        """How many writes the index has taken since it was made; a document written again counts again."""
        if not self.search.indices.exists(index=self.alias):
            return 0
        stats = self.search.indices.stats(index=self.alias, metric="indexing")
        found: int = stats["_all"]["total"].get("indexing", {"index_total": 0})["index_total"]
        return found

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", self.module, *arguments]
