"""Whether the server can answer reports now, that is, whether index and store answer."""

import asyncio
import time

from elasticsearch import ApiError, TransportError
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from indexer.connections import search_at, store_at
from indexer.datasets.conversations import CONVERSATIONS
from indexer.errors import OperatorError
from indexer.search import alias_name
from indexer.services import Service, running_url
from indexer.settings import Settings
from indexer.store.database import SCHEMA_REVISION, schema_revision

_LOOK_SECONDS = 4.0
_KEPT_SECONDS = 1.0


class Readiness:
    """Checks once for all requests at the same time: anybody may ask, and a check needs a thread and both services."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is checked yet."""
        self._settings = settings
        self._lock = asyncio.Lock()
        self._reasons: list[str] = []
        self._until = 0.0

    async def reasons(self) -> list[str]:
        """The reasons why reports cannot be answered, as of now or a second ago."""
        async with self._lock:
            if time.monotonic() >= self._until:
                self._reasons = await run_in_threadpool(reasons_not_to_answer, self._settings)
                self._until = time.monotonic() + _KEPT_SECONDS
            return self._reasons


def reasons_not_to_answer(settings: Settings) -> list[str]:
    """The reasons why reports cannot be answered, if any: asks both services anew, and starts neither.

    The reasons contain no address, because anybody may ask.
    """
    return [reason for reason in (_index_away(settings), _store_away(settings)) if reason]


def _index_away(settings: Settings) -> str | None:
    url = running_url(settings, Service.ELASTICSEARCH)
    if url is None:
        return "Elasticsearch is not running"
    try:
        with search_at(url, request_seconds=_LOOK_SECONDS) as client:
            found = client.indices.exists_alias(name=alias_name(settings.index_prefix, CONVERSATIONS.name))
    except (OperatorError, ApiError, TransportError):
        return "Elasticsearch does not answer"
    return None if found else "there is no index yet; the first worker creates it"


def _store_away(settings: Settings) -> str | None:
    url = running_url(settings, Service.POSTGRESQL)
    if url is None:
        return "PostgreSQL is not running"
    try:
        with store_at(url, answer_seconds=_LOOK_SECONDS) as store, store.connect() as connection:
            found = schema_revision(connection)
    except (OperatorError, SQLAlchemyError):
        return "PostgreSQL does not answer"
    return None if found == SCHEMA_REVISION else "the tables in PostgreSQL are not those of this release"
