"""Celery as it is used without a queue in the database: one message per change.

One task does nothing. The other does what such systems do with a message: it reads the conversation from PostgreSQL,
computes the document (the same computation as ours) and sends one index request. Celery's own defaults hold: messages
are acknowledged when they are taken, four prefetched per process, no results kept.
"""

from functools import cache
from typing import Any, NamedTuple

import psycopg
from celery import Celery
from elasticsearch import Elasticsearch

from indexer.datasets.conversations import conversation_document
from indexer.datasets.dataset import Computation
from indexer.keys import EntityKey
from indexer.office_hours import OfficeHours, parse_office_hours
from indexer.sample import office_hours, workspace
from indexer.search import alias_name, connect
from indexer.settings import settings

QUEUE = "plain"

MAKE_TABLE = """
CREATE TABLE IF NOT EXISTS plain (workspace_id text, id text, payload bytea, PRIMARY KEY (workspace_id, id))
"""
SAVE = """
INSERT INTO plain SELECT %(workspace_id)s, id, payload
FROM unnest(%(ids)s::text[], %(payloads)s::bytea[]) AS batch (id, payload)
ON CONFLICT (workspace_id, id) DO UPDATE SET payload = EXCLUDED.payload
"""
_READ = "SELECT payload FROM plain WHERE workspace_id = %s AND id = %s"

app = Celery("plain")


def _configuration() -> dict[str, Any]:
    return {
        "broker_url": settings().redis_url,
        "broker_connection_retry_on_startup": True,
        "task_default_queue": QUEUE,
        "task_ignore_result": True,
    }


app.add_defaults(_configuration)


def prefix() -> str:
    """The prefix of the index that this system writes to."""
    return f"{settings().index_prefix}plain"


class _Process(NamedTuple):
    """What one worker process keeps from task to task."""

    store: psycopg.Connection[tuple[bytes]]
    search: Elasticsearch
    alias: str
    office_hours: OfficeHours
    bots: frozenset[str]


@cache
def _process() -> _Process:
    used = settings()
    return _Process(
        psycopg.connect(used.database_url or "", autocommit=True),
        connect(used.elasticsearch_url or ""),
        alias_name(prefix(), "conversations"),
        parse_office_hours(office_hours()),
        frozenset(workspace()["bot_admin_ids"]),
    )


@app.task(name="plain.nothing")  # type: ignore[untyped-decorator]  # Celery's decorators have no types
def nothing(_conversation_id: str) -> None:
    """Do nothing."""


@app.task(name="plain.index")  # type: ignore[untyped-decorator]
def index(workspace_id: str, conversation_id: str) -> None:
    """Bring one conversation into the index."""
    here = _process()
    row = here.store.execute(_READ, (workspace_id, conversation_id), binary=True).fetchone()
    if row is None:
        raise LookupError(conversation_id)
    computation = Computation(workspace_id, here.office_hours, here.bots)
    here.search.index(
        index=here.alias,
        id=EntityKey(workspace_id, conversation_id).document_id,
        document=conversation_document(row[0], computation),  # type: ignore[arg-type]  # JSON already
    )
