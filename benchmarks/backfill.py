"""Conversations a second from the store to a refreshed index, against a ceiling without Python, and what people use.

Ours: the ten-part conversations of the sample with office hours, stored, into a new index, by an `indexer worker` of
two processes; from the order of the backfill to the refreshed index. The ceiling: the same documents, finished and
cut into requests before the clock runs, sent to the refreshed index by as many threads as do best, 1, 2 or 3.
`vs_parallel_bulk`: `elasticsearch.helpers.parallel_bulk` with its defaults, fed with the same documents as objects that
are in memory before the clock runs. `vs_parallel_bulk_from_store`: the same, fed by a generator that does what we do,
and so what people would run: it reads the stored conversations and computes their documents, within the clock.
`vs_task_per_conversation`: one Celery task with one index request per conversation, two processes; it is given fewer.
All share the machine with the services.

`cpu_vs_json` is the processor time of all processes of the worker, from the store to the request sent, over decoding
and encoding the JSON of the same conversations with orjson. The peak is that of the worker's largest process, at
20,000 and at 300,000 conversations; `end_rate_vs_start` compares the last fifth of the large backfill with the first.
What a conversation takes of disks is measured after the large one (docs/scale.md uses it).
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import mean, median
from time import perf_counter
from typing import Any

import orjson
from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk

from benchmarks._conversations import computation_for, numbered, numbered_id, ten_part_conversations
from benchmarks._filling import IN_FLIGHT, REQUEST_BYTES, Filling
from benchmarks._harness import Progress, Result, timed_in_turn
from benchmarks._site import BATCH, Site, high_water, site
from benchmarks.live import task_per_index
from indexer.datasets.conversations import CONVERSATIONS, conversation_document
from indexer.search import Write
from indexer.search.writes import cut
from indexer.store.database import snapshot
from indexer.store.entities.conversations import save_conversations
from indexer.store.jobs.backfill_ranges import read_selected
from indexer.store.jobs.backfills import Selected

SMALL = 20_000
RATED = 60_000
LARGE = 300_000
TASKS = 1_500
"""Conversations: of the small and the large backfill, of each that is rated, and of the tasks."""

MOST_ROUNDS = 5
"""A round takes most of a minute. After one or two Elasticsearch still compiles what it runs."""

_SIZES_ARE_OLD = 11
"""Seconds that Elasticsearch goes on giving the size that it once found."""


def run(rounds: int, say: Progress) -> Result:
    """Rates in conversations a second, ratios, and memory in MiB."""
    say(f"generating {RATED:,} conversations")
    distinct = ten_part_conversations(BATCH)
    payloads = numbered(distinct, RATED)
    # What is stored here is in no index before its backfill: the reconciler would find all of it missing, and index
    # some of it beside what is measured.
    with site(say) as here, here.indexer_worker(INDEXER_RECONCILE_SECONDS="86400"):
        filling = Filling(here, CONVERSATIONS)
        _store_many(here, "small", distinct, SMALL)
        filling.backfill(next(filling.targets), "small")
        peak_small = _peak(here)
        _store_many(here, "rated", distinct, RATED)
        documents = _documents("rated", payloads)
        requests = [body for _, body in cut(documents, lambda: REQUEST_BYTES)]
        own_cpu: list[float] = []

        def ours() -> float:
            before = _cpu(here)
            took = filling.backfill(next(filling.targets), "rated")
            own_cpu.append((_cpu(here) - before) / RATED)
            return took / RATED

        say(f"{RATED:,} conversations for us, and as finished requests; {TASKS:,} for tasks")
        with here.celery_worker("benchmarks._plain_celery:app"):
            timings = timed_in_turn(
                {
                    "ours": ours,
                    **{f"ceiling_{threads}": _ceiling(filling, requests, threads) for threads in IN_FLIGHT},
                    "parallel_bulk": lambda: _parallel_bulk(here, filling, documents) / RATED,
                    "from_store": lambda: _parallel_bulk_from_store(here, filling, "rated") / RATED,
                    "tasks": lambda: task_per_index(here, "plain", payloads[:TASKS]) / TASKS,
                    "json": lambda: _json(payloads) / RATED,
                },
                min(rounds, MOST_ROUNDS),
                say,
            )
        say(f"storing {LARGE:,} conversations")
        _store_many(here, "large", distinct, LARGE)
        rates: list[float] = []
        target = next(filling.targets)
        filling.backfill(target, "large", rates)
        peak_large = _peak(here)
        sizes = _sizes(here, target)
    cpu = median(own_cpu[1:])
    ceiling = min((timings[f"ceiling_{threads}"] for threads in IN_FLIGHT), key=lambda timing: timing.median)
    return Result(
        figures={
            "conversations_per_second": 1 / timings["ours"].median,
            "ceiling_per_second": 1 / ceiling.median,
            "parallel_bulk_per_second": 1 / timings["parallel_bulk"].median,
            "parallel_bulk_from_store_per_second": 1 / timings["from_store"].median,
            "tasks_per_second": 1 / timings["tasks"].median,
            "cpu_microseconds_per_conversation": cpu * 1e6,
            "json_microseconds_per_conversation": timings["json"].median * 1e6,
            "peak_mb_small": peak_small,
            "peak_mb_large": peak_large,
            "large_per_second": median(rates),
            **sizes,
        },
        ratios={
            "vs_ceiling": ceiling.times(timings["ours"]),
            "vs_parallel_bulk": timings["parallel_bulk"].times(timings["ours"]),
            "vs_parallel_bulk_from_store": timings["from_store"].times(timings["ours"]),
            "vs_task_per_conversation": timings["tasks"].times(timings["ours"]),
            "cpu_vs_json": cpu / timings["json"].median,
            "end_rate_vs_start": _fifth(rates, last=True) / _fifth(rates, last=False),
        },
        series={"large_per_second": rates},
    )


def _store(here: Site, workspace_id: str, payloads: Sequence[bytes]) -> None:
    """Conversations that are stored and not due, so that nobody indexes them before they are to be."""
    for start in range(0, len(payloads), BATCH):
        batch = [CONVERSATIONS.incoming(payload) for payload in payloads[start : start + BATCH]]
        with here.here.store.begin() as connection:
            save_conversations(connection, workspace_id, batch)
            connection.exec_driver_sql("DELETE FROM changes WHERE workspace_id = %(w)s", {"w": workspace_id})


def _store_many(here: Site, workspace_id: str, distinct: list[bytes], number: int) -> None:
    """As many as are asked for, made a batch at a time."""
    here.make_workspace(workspace_id)
    for start in range(0, number, BATCH):
        batch = [
            orjson.dumps(orjson.loads(payload) | {"id": numbered_id(start + place)})
            for place, payload in enumerate(distinct)
        ]
        _store(here, workspace_id, batch)
    # What PostgreSQL does by itself in the minutes after so many writes must not fall into what is measured.
    with here.here.store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE conversations")


def _documents(workspace_id: str, payloads: Sequence[bytes]) -> list[Write]:
    """What is to be written, finished."""
    computation = computation_for(workspace_id)
    return [
        Write(f"{workspace_id}:{numbered_id(number)}", 1, conversation_document(payload, computation, 1))
        for number, payload in enumerate(payloads)
    ]


def _ceiling(filling: Filling, requests: Sequence[bytes], threads: int) -> Callable[[], float]:
    return lambda: filling.send(requests, threads) / RATED


def _parallel_bulk(here: Site, filling: Filling, documents: Sequence[Write]) -> float:
    """Seconds that the stock helper takes for the same documents, decoded before."""
    return _fed(here, filling, [_action(write.id, write.body or b"") for write in documents])


def _parallel_bulk_from_store(here: Site, filling: Filling, workspace_id: str) -> float:
    """Seconds that the stock helper takes when reading and computing feed it, as in a script that re-indexes."""
    return _fed(here, filling, _computed(here, workspace_id))


def _computed(here: Site, workspace_id: str) -> Iterator[dict[str, Any]]:
    """The documents of a workspace, read from the store in the order of their keys."""
    computation, after = computation_for(workspace_id), None
    while True:
        with snapshot(here.here.store) as connection:
            found = read_selected(connection, Selected(workspace_id), after, None, BATCH, dataset=CONVERSATIONS)
        if not found:
            return
        for stored in found:
            yield _action(stored.key.document_id, conversation_document(stored.payload, computation, stored.revision))
        after = found[-1].key


def _action(name: str, body: bytes) -> dict[str, Any]:
    return {"_id": name, "_source": orjson.loads(body)}


def _fed(here: Site, filling: Filling, actions: Iterable[dict[str, Any]]) -> float:
    """Seconds until the stock helper has written all and the index is refreshed."""
    target = next(filling.targets)
    with Elasticsearch(here.elasticsearch_url) as client:
        begun = perf_counter()
        written = sum(1 for _ in parallel_bulk(client, actions, index=target))
        client.indices.refresh(index=target)
        took = perf_counter() - begun
    filling.expect(target, written)
    return took


def _json(payloads: Sequence[bytes]) -> float:
    begun = perf_counter()
    for payload in payloads:
        orjson.dumps(orjson.loads(payload))
    return perf_counter() - begun


def _cpu(here: Site) -> float:
    """Processor seconds that the processes of the worker have used so far."""
    return sum(sum(process.cpu_times()[:2]) for process in here.worker_processes())


def _peak(here: Site) -> float:
    """MiB of the largest process of the worker, at its peak so far."""
    return max(high_water(process.pid) for process in here.worker_processes())


def _sizes(here: Site, target: str) -> dict[str, float]:
    """Bytes of disk for a conversation, merged and not: in the index, and in PostgreSQL with its indices."""
    search, figures = here.here.search, {}
    for name in ("index_bytes_per_conversation", "merged_bytes_per_conversation"):
        search.indices.flush(index=target)
        time.sleep(_SIZES_ARE_OLD)
        size = search.indices.stats(index=target, metric="store")["_all"]["primaries"]["store"]["size_in_bytes"]
        figures[name] = size / LARGE
        search.options(request_timeout=600).indices.forcemerge(index=target, max_num_segments=1)
    with here.here.store.connect() as connection:
        size, stored = connection.exec_driver_sql(
            "SELECT pg_total_relation_size('conversations'), count(*) FROM conversations"
        ).one()
    return figures | {"store_bytes_per_conversation": size / stored}


def _fifth(rates: Sequence[float], *, last: bool) -> float:
    """The mean rate of the first or the last fifth of a backfill, without the seconds in which it begins and ends."""
    inner = rates[1:-1]
    part = max(1, len(inner) // 5)
    return mean(inner[-part:] if last else inner[:part])
