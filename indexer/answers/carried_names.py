"""Names of teammates and teams from the stored conversations themselves, so that they need not be uploaded."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from elasticsearch import Elasticsearch
from sqlalchemy import Connection

from indexer.conversation.ahead import AHEAD
from indexer.reports.scope import of_workspace
from indexer.reports.search_filters import Body
from indexer.search.search_requests import search_many
from indexer.store.entities.names import Named
from indexer.store.entities.payloads import read_payloads

MAX_IDS = 1_000
"""The most names of teammates that are looked up for one answer: each needs one of their conversations."""

_BATCH = 200
_KINDS = {"admin": Named.TEAMMATE, "bot": Named.TEAMMATE, "team": Named.TEAM}


def names_in(payload: bytes) -> dict[tuple[Named, str], str]:
    """The names of teammates, bots and teams in a conversation's JSON, by kind and id."""
    return {(_KINDS[kind], id_): name for kind, id_, name in _named(json.loads(payload))}


def teammates_names(
    client: Elasticsearch, alias: str, connection: Connection, workspace: str, ids: Collection[str]
) -> dict[str, str]:
    """The names of these teammates, for those who have acted in an indexed and stored conversation.

    The name is taken from the teammate's newest conversation, without those that changed in the future. Raises like
    `search_many`, and the errors of PostgreSQL.
    """
    wanted = sorted(ids)[:MAX_IDS]
    newest: dict[str, str] = {}
    for some in _batches(wanted):
        searches = [(alias, _newest_of(workspace, id_), workspace) for id_ in some]
        for id_, found in zip(some, search_many(client, searches), strict=True):
            if isinstance(found, Exception):
                raise found
            for hit in found["hits"]["hits"]:
                newest[id_] = hit["_source"]["conversation_id"]
    if not newest:
        return {}
    conversations = dict(read_payloads(connection, workspace, sorted(set(newest.values()))))
    carried = {id_: names_in(payload) for id_, payload in conversations.items()}
    return {
        id_: name
        for id_, conversation in newest.items()
        if (name := carried.get(conversation, {}).get((Named.TEAMMATE, id_)))
    }


def _batches(ids: list[str]) -> Iterator[list[str]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


def _newest_of(workspace: str, teammate_id: str) -> Body:
    """The search for the last changed conversation in which this teammate acted."""
    acted: Body = {"nested": {"path": "actions", "query": {"term": {"actions.teammate_id": teammate_id}}}}
    timely: Body = {"bool": {"must_not": {"term": {"data_quality": AHEAD}}}}
    return {
        "size": 1,
        "track_total_hits": False,
        "query": of_workspace(workspace, acted, timely),
        "sort": [{"updated_at": {"order": "desc", "missing": "_last"}}],
        "_source": ["conversation_id"],
    }


def _named(value: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, dict):
        kind, name = value.get("type"), value.get("name")
        if isinstance(kind, str) and kind in _KINDS and isinstance(name, str) and name:
            yield kind, str(value.get("id")), name
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from _named(one)
