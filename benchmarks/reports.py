"""Every canned report over 200,000 conversations: in Elasticsearch, as a whole call, and the same search sent raw.

The conversations are a year of the sample workspace, in an index of one shard without a request cache, or every search
but the first would be answered from memory. Each report is asked for the last 90 days by day, in the zone of the
workspace. In every round each report is asked once by us and once raw, the raw one with the body that ours has sent:
`overhead_ms_median` is the difference, its median over the reports. `slowest_ms` is the slowest report's call.
`dashboard_ms` is the time for all reports in one request. Each report has three figures of its own, in milliseconds:
`took` (Elasticsearch's own), `call` and `raw`.

Reports on actions read nested documents, eleven for a conversation of ten parts, and go back to the conversation where
distinct ones are counted; that is why most of the slower ones are theirs.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from statistics import median
from time import perf_counter
from typing import Any

import orjson
from elasticsearch import Elasticsearch

from benchmarks._conversations import computation_for
from benchmarks._harness import Progress, Result
from benchmarks._services import services
from indexer import search
from indexer.answers.catalogue import load_reports
from indexer.answers.run_report import run_report, run_reports
from indexer.datasets.conversations import conversation_document
from indexer.errors import OperatorError
from indexer.reports import Definition, Question, read_question, search_body
from indexer.sample import DEFAULT_END, generate
from indexer.search import BulkWriter, Outcome, Write, ensure_dataset
from indexer.services import Service, service_urls
from indexer.settings import settings

CONVERSATIONS = 200_000
DAYS = 90
WORKSPACE = "sample"
ZONE = "Europe/Dublin"
_BATCH = 1_000


def run(rounds: int, progress: Progress) -> Result:
    """Milliseconds; there are no ratios, since the bar is what a call adds."""
    with services(progress):
        found = settings()
        with search.connect(service_urls(found, Service.ELASTICSEARCH).elasticsearch) as client:
            progress(f"indexing {CONVERSATIONS:,} conversations")
            index_sample(client, found.index_prefix, CONVERSATIONS, cached=False)
            return _measure(client, found.index_prefix, rounds, progress)


def _measure(client: Elasticsearch, prefix: str, rounds: int, progress: Progress) -> Result:
    reports = {name: one for name, one in load_reports().items() if one.dataset == "conversations"}
    asked = [(report, question_for(report)) for report in reports.values()]
    alias = search.alias_name(prefix, "conversations")
    times: dict[str, dict[str, list[float]]] = {name: {"took": [], "call": [], "raw": []} for name in reports}
    dashboards: list[float] = []
    for turn in range(rounds + 1):
        for report, question in asked:
            body = search_body(report, question, question.span)
            of_report = times[report.name]
            raw, response = timed(partial(client.search, index=alias, body=body, routing=WORKSPACE))
            call, _ = timed(partial(run_report, client, prefix, report, question))
            if turn:
                of_report["took"].append(response["took"])
                of_report["raw"].append(raw)
                of_report["call"].append(call)
        dashboard, answers = timed(lambda: run_reports(client, prefix, asked))
        if wrong := [answer for answer in answers if isinstance(answer, Exception)]:
            raise OperatorError(f"a report has no answer: {wrong[0]}", "mend the reports first")
        if turn:
            dashboards.append(dashboard)
        progress(f"round {turn} of {rounds}" if turn else "warm")
    calls = {name: median(of_report["call"]) for name, of_report in times.items()}
    added = [median(c - r for c, r in zip(one["call"], one["raw"], strict=True)) for one in times.values()]
    return Result(
        figures={
            "overhead_ms_median": median(added),
            "overhead_ms_most": max(added),
            "slowest_ms": max(calls.values()),
            "dashboard_ms": median(dashboards),
            "reports": len(reports),
            **{
                f"{name}.{what}_ms": median(values)
                for name, of_report in sorted(times.items(), key=lambda item: -calls[item[0]])
                for what, values in of_report.items()
            },
        },
        ratios={},
    )


def question_for(report: Definition) -> Question:
    """The last days of the sample, by day; of a board its last moment."""
    last = datetime.fromtimestamp(DEFAULT_END, UTC).date() - timedelta(days=1)
    asked: dict[str, Any] = {"workspace": WORKSPACE, "time_zone": ZONE, "as_of": DEFAULT_END}
    if not report.is_board:
        asked |= {"from": last - timedelta(days=DAYS - 1), "to": last}
    return read_question(report, asked)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds that the call took, and its result."""
    begun = perf_counter()
    answer = call()
    return (perf_counter() - begun) * 1e3, answer


def index_sample(client: Elasticsearch, prefix: str, conversations: int, *, cached: bool) -> None:
    """Index that many conversations of the sample; without `cached`, no search is answered from memory."""
    made = ensure_dataset(client, prefix, "conversations")
    client.indices.put_settings(index=made.index, settings={"index": {"requests.cache.enable": cached}})
    with BulkWriter(client) as writer:
        documents = _documents(conversations)
        while batch := list(islice(documents, _BATCH)):
            settled = writer.write(made.alias, batch)
            if any(one.outcome is not Outcome.INDEXED for one in settled):
                raise OperatorError("a document of the sample was not taken", "mend the indexer first")
    client.indices.refresh(index=made.index)
    client.options(request_timeout=600).indices.forcemerge(index=made.index, max_num_segments=5)


def _documents(number: int) -> Iterator[Write]:
    computation = computation_for(WORKSPACE)
    conversations: Iterator[Mapping[str, Any]] = islice(generate(number, seed=1), number)
    for conversation in conversations:
        yield Write(
            f"{WORKSPACE}:{conversation['id']}", 1, conversation_document(orjson.dumps(conversation), computation, 1)
        )
