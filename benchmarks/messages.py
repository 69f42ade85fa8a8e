"""Receipts a second from the store to a refreshed index, events a second through the API, and the slowest report.

`vs_ceiling` is as in `backfill`: receipts with their events, stored, into a new index, by an `indexer worker` of two
processes; from the order of the backfill to the refreshed index. The ceiling: the same documents, finished and cut into
requests before the clock runs, sent by as many threads as do best, 1, 2 or 3.

`events_per_second`: events of stored receipts in batches to `POST /api/v1/messages/events`, from the first request to
the answer that the last batch is stored. The server is held to one core; several clients send, so that it always has
something to do. `events_per_server_second` is the same over the processor time that the server used.

`report_ms` is the slowest of all reports on messages and series over 1,000,000 receipts, in an index of one shard
without a request cache; each is asked for the last 90 days by day. Each has a figure of its own.

`--size N` takes N receipts for the reports, and at most N for the rest.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from statistics import median
from time import perf_counter
from typing import Any

import orjson
import psutil
import urllib3
from msgspec.structs import replace

from benchmarks._filling import IN_FLIGHT, REQUEST_BYTES, Filling, write_documents
from benchmarks._harness import Progress, Result, timed_in_turn
from benchmarks._messages import Message, Told, numbered, store_messages, told
from benchmarks._site import Site, site
from benchmarks.reports import WORKSPACE, question_for, timed
from indexer.answers.catalogue import load_reports
from indexer.answers.run_report import run_report
from indexer.datasets.dataset import Computation, Dataset, Stored
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS
from indexer.errors import OperatorError
from indexer.messages.checkpoint import stored_checkpoint
from indexer.messages.statistics import EVENTS
from indexer.search import BulkWriter, Write, ensure_dataset
from indexer.search.writes import cut

RATED = 100_000
RECEIPTS = 1_000_000
SENT = 20_000
"""Receipts: of each backfill that is rated, under the reports, and whose events go through the API."""

EVENTS_A_REQUEST = 500
CLIENTS = 3

_BATCH = 1_000
_ASKED = (MESSAGE_RECEIPTS.name, SERIES_CHECKPOINTS.name)


def run(rounds: int, say: Progress, size: int = RECEIPTS) -> Result:
    """Rates a second, milliseconds, and a ratio."""
    say("generating messages")
    distinct = told()
    with site(say) as here:
        figures, vs_ceiling = _rate_backfill(here, distinct.messages, min(size, RATED), rounds, say)
        figures |= _rate_api(here, distinct.messages, min(size, SENT), rounds, say)
        figures |= _time_reports(here, distinct, size, rounds, say)
    return Result(figures=figures, ratios={"vs_ceiling": vs_ceiling})


def _rate_backfill(
    here: Site, distinct: Sequence[Message], count: int, rounds: int, say: Progress
) -> tuple[dict[str, float], float]:
    say(f"storing {count:,} receipts")
    with here.indexer_worker(INDEXER_RECONCILE_SECONDS="86400"):
        here.make_workspace("rated")
        rows = store_messages(here, "rated", numbered(distinct, count))
        documents = [_write("rated", message) for message in numbered(distinct, count)]
        requests = [body for _, body in cut(documents, lambda: REQUEST_BYTES)]
        filling = Filling(here, MESSAGE_RECEIPTS)
        timings = timed_in_turn(
            {
                "ours": lambda: filling.backfill(next(filling.targets), "rated") / count,
                **{f"ceiling_{threads}": _ceiling(filling, requests, threads, count) for threads in IN_FLIGHT},
            },
            rounds,
            say,
        )
    ceiling = min((timings[f"ceiling_{threads}"] for threads in IN_FLIGHT), key=lambda timing: timing.median)
    figures = {
        "receipts_per_second": 1 / timings["ours"].median,
        "ceiling_per_second": 1 / ceiling.median,
        "events_per_receipt": (rows - count) / count,
    }
    return figures, ceiling.times(timings["ours"])


def _ceiling(filling: Filling, requests: Sequence[bytes], threads: int, count: int) -> Callable[[], float]:
    return lambda: filling.send(requests, threads) / count


def _write(workspace_id: str, message: Message) -> Write:
    body = MESSAGE_RECEIPTS.document(message.stored, Computation(workspace_id), 1)
    return Write(f"{workspace_id}:{message.receipt.receipt_id}", 1, body)


def _rate_api(here: Site, distinct: Sequence[Message], count: int, rounds: int, say: Progress) -> dict[str, float]:
    """Each round has a workspace of its own, since events that are stored already cost less."""
    batches = list(_batches(numbered(distinct, count)))
    events, bodies = sum(map(len, batches)), [orjson.dumps(batch) for batch in batches]
    wall, processor = [], []
    with here.server() as (url, pid), urllib3.PoolManager(maxsize=CLIENTS) as clients:
        server = psutil.Process(pid)
        for turn in range(rounds + 1):
            workspace_id = f"sent{turn}"
            here.make_workspace(workspace_id)
            store_messages(here, workspace_id, (Message(one.receipt, []) for one in numbered(distinct, count)))
            send = partial(_send, clients, f"{url}/api/v1/messages/events?workspace={workspace_id}")
            used, begun = _processor_time(server), perf_counter()
            with ThreadPoolExecutor(CLIENTS) as pool:
                list(pool.map(send, bodies))
            if turn:
                wall.append(perf_counter() - begun)
                processor.append(_processor_time(server) - used)
            _expect_events(here, workspace_id, events)
            say(f"round {turn} of {rounds}, events" if turn else "warm")
    return {
        "events_per_second": events / median(wall),
        "events_per_server_second": events / median(processor),
    }


def _batches(found: Iterator[Message]) -> Iterator[list[dict[str, Any]]]:
    """The events in the form of the API, by the vendor's column names."""
    lines = (
        {"type": event.kind, "receipt_id": event.receipt_id, EVENTS[event.kind].at: event.at, **event.details}
        for message in found
        for event in message.events
        if not event.machine
    )
    while batch := list(islice(lines, EVENTS_A_REQUEST)):
        yield batch


def _send(clients: urllib3.PoolManager, url: str, body: bytes) -> None:
    answer = clients.request("POST", url, body=body, headers={"content-type": "application/json"})
    if answer.status >= 300:
        raise OperatorError(f"the server answered {answer.status}: {answer.data[:500]!r}", "mend the indexer first")


def _processor_time(process: psutil.Process) -> float:
    return sum(sum(one.cpu_times()[:2]) for one in (process, *process.children(recursive=True)))


def _expect_events(here: Site, workspace_id: str, events: int) -> None:
    with here.here.store.begin() as connection:
        found = connection.exec_driver_sql(
            "SELECT count(*) FROM events WHERE workspace_id = %(w)s", {"w": workspace_id}
        ).scalar_one()
        connection.exec_driver_sql("DELETE FROM changes WHERE workspace_id = %(w)s", {"w": workspace_id})
    if found != events:
        raise OperatorError(f"{found} of {events} events were stored", "mend the indexer first")


def _time_reports(here: Site, distinct: Told, count: int, rounds: int, say: Progress) -> dict[str, float]:
    """Milliseconds of the call of each report, and of the slowest."""
    say(f"indexing {count:,} receipts")
    _index(here, MESSAGE_RECEIPTS, (_write(WORKSPACE, message) for message in numbered(distinct.messages, count)))
    _index(here, SERIES_CHECKPOINTS, _checkpoints(distinct, count))
    search, prefix = here.here.search, here.here.settings.index_prefix
    asked = [(one, question_for(one)) for one in load_reports().values() if one.dataset in _ASKED]
    times: dict[str, list[float]] = {report.name: [] for report, _ in asked}
    for turn in range(rounds + 1):
        for report, question in asked:
            took, _ = timed(partial(run_report, search, prefix, report, question))
            if turn:
                times[report.name].append(took)
        say(f"round {turn} of {rounds}, reports" if turn else "warm")
    medians = {name: median(taken) for name, taken in times.items()}
    return {
        "report_ms": max(medians.values()),
        "reports": len(medians),
        **{f"{name}.call_ms": took for name, took in sorted(medians.items(), key=lambda item: -item[1])},
    }


def _checkpoints(distinct: Told, count: int) -> Iterator[Write]:
    """As many checkpoints for each receipt as the sample has; their people are others in every turn."""
    made = count * len(distinct.checkpoints) // len(distinct.messages)
    for number in range(made):
        turn, place = divmod(number, len(distinct.checkpoints))
        checkpoint = distinct.checkpoints[place]
        one = replace(checkpoint, user_id=f"{checkpoint.user_id}{turn}")
        stored = Stored("", one.checkpoint_id, stored_checkpoint(one), 1, deleted=False)
        body = SERIES_CHECKPOINTS.document(stored, Computation(WORKSPACE), 1)
        yield Write(f"{WORKSPACE}:{one.checkpoint_id}", 1, body)


def _index(here: Site, dataset: Dataset, documents: Iterator[Write]) -> None:
    search = here.here.search
    made = ensure_dataset(search, here.here.settings.index_prefix, dataset.name)
    search.indices.put_settings(index=made.index, settings={"index": {"requests.cache.enable": False}})
    with BulkWriter(search) as writer:
        write_documents(writer, made.alias, documents, _BATCH)
    search.indices.refresh(index=made.index)
    search.options(request_timeout=600).indices.forcemerge(index=made.index, max_num_segments=5)
