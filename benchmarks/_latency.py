"""The time from a change's commit to its being found by a search, at a steady rate of single changes.

Another process saves conversations that are new to the index one by one, as webhooks would: each in a transaction of
its own followed by a wake, at times fixed beforehand, four at a time where one takes longer than the gap to the next.
It notes the moment before each commit. This process asks the alias again and again how many there are, and when the
number has changed, which ones they are; it notes the moment after that answer. Both moments are of the system's
monotonic clock, which processes of one machine share. So what is measured is never too short, and too long by the
commit, the pause between two questions (20 ms) and the time of two searches. A change that was never found counts as
`missing`.
"""

import multiprocessing
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from typing import TYPE_CHECKING

from elasticsearch import Elasticsearch

from benchmarks._conversations import numbered, numbered_id
from benchmarks._harness import Progress
from benchmarks._site import Site
from indexer.connections import Connections
from indexer.datasets.conversations import CONVERSATIONS
from indexer.settings import settings
from indexer.store.entities.conversations import save_conversations
from indexer.tasks import app
from indexer.worker.wakeups import wake

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

RATE = 300
"""Changes a second."""

SECONDS = 25

_WORKSPACE = "latency"
_AT_ONCE = 4
_PAUSE_SECONDS = 0.02
_PATIENCE = 30.0
_MOST_NEW = 10_000

Moments = dict[str, float]
"""Ids of conversations, and a moment of the monotonic clock for each, in seconds."""


def measure(site: Site, distinct: list[bytes], progress: Progress) -> Mapping[str, float]:
    """The figures of `live` about it, all times in milliseconds."""
    changes = RATE * SECONDS
    progress(f"{changes:,} changes at {RATE} a second")
    site.make_workspace(_WORKSPACE)
    site.wait_until_indexed()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    writer = context.Process(target=_write, args=(theirs, numbered(distinct, changes)), daemon=True)
    writer.start()
    theirs.close()
    committed, found = _watch(site, ours, changes)
    writer.join()
    missing = sorted(committed.keys() - found.keys(), key=committed.__getitem__)
    if missing:
        progress(f"{len(missing)} changes never became searchable, the oldest of them {', '.join(missing[:5])}")
    milliseconds = [1000 * (found[one] - committed[one]) for one in committed if one in found]
    percentiles = quantiles(milliseconds, n=100, method="inclusive")
    p50, p99 = percentiles[49], percentiles[98]
    refresh = 1000 * _refresh_seconds(site.here.search, site.here.alias)
    moments = committed.values()
    return {
        "p50_ms_beyond_refresh": p50 - refresh,
        "p99_ms_beyond_refresh": p99 - refresh,
        "p50_ms": p50,
        "p99_ms": p99,
        "slowest_ms": max(milliseconds),
        "refresh_interval_ms": refresh,
        "latency_changes": len(committed),
        "latency_changes_per_second": (len(committed) - 1) / (max(moments) - min(moments)),
        "missing": len(missing),
    }


def _watch(site: Site, writer: "Connection", changes: int) -> tuple[Moments, Moments]:
    """When each change was committed, and when it was found."""
    committed: Moments = {}
    found: Moments = {}
    count = 0
    until = float("inf")
    while len(found) < changes and time.monotonic() < until:
        if not committed and writer.poll():
            committed = writer.recv()
            until = time.monotonic() + _PATIENCE
        before, count = count, _count(site.here)
        if count != before:
            ids = _found_beyond(site.here, found)
            now = time.monotonic()
            for one in ids:
                found.setdefault(one, now)
        time.sleep(_PAUSE_SECONDS)
    return committed or writer.recv(), found


def _count(here: Connections) -> int:
    return int(here.search.count(index=here.alias, query={"term": {"workspace_id": _WORKSPACE}})["count"])


def _found_beyond(here: Connections, found: Moments) -> list[str]:
    """The ids of what can be found now, but for those before which nothing is missing."""
    first_missing = next(number for number in range(len(found) + 1) if numbered_id(number) not in found)
    answer = here.search.search(
        index=here.alias,
        query={
            "bool": {
                "filter": [
                    {"term": {"workspace_id": _WORKSPACE}},
                    {"range": {"conversation_id": {"gte": numbered_id(first_missing)}}},
                ]
            }
        },
        size=_MOST_NEW,
        stored_fields="_none_",
        docvalue_fields=[{"field": "conversation_id"}],
        filter_path="hits.hits.fields",
    )
    return [hit["fields"]["conversation_id"][0] for hit in answer.get("hits", {}).get("hits", ())]


def _write(to: "Connection", payloads: list[bytes]) -> None:
    """Save each conversation when its time has come, and send the moments of the commits in the end."""
    here = Connections(settings())
    here.store.connect().close()
    begin = time.monotonic() + 0.5

    def save(number: int) -> tuple[str, float]:
        time.sleep(max(0.0, begin + number / RATE - time.monotonic()))
        conversation = CONVERSATIONS.incoming(payloads[number])
        with here.store.begin() as connection:
            saved = save_conversations(connection, _WORKSPACE, [conversation])
            commits = time.monotonic()
        wake(app, here.redis, saved.shards, CONVERSATIONS)
        return conversation.entity_id, commits

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        to.send(dict(pool.map(save, range(len(payloads)))))


def _refresh_seconds(search: Elasticsearch, alias: str) -> float:
    settings_of_all = search.indices.get_settings(index=alias, name="index.refresh_interval")
    (only,) = settings_of_all.values()
    return float(only["settings"]["index"]["refresh_interval"].removesuffix("s"))
