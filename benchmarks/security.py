"""The embedded Elasticsearch with a password beside one without: what the password costs a request.

Two nodes that differ in nothing else run beside each other, and are asked the same in turn: the search of a report, a
request that does nothing, and a bulk request of 500 documents. `*_ms_more` is how much longer a request takes with the
password, as the median over the rounds; `*_cpu_ms_more` is the processor time that the node takes for it in addition,
which depends less on what else the machine does. The ratios compare the times with and without.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import psutil
from elasticsearch import Elasticsearch

from benchmarks._harness import Progress, Result
from benchmarks._services import end_orderly
from benchmarks.reports import WORKSPACE, index_sample, question_for
from indexer import search
from indexer.answers.catalogue import load_reports
from indexer.embedded import elasticsearch, supervisor
from indexer.reports import search_body
from indexer.services import Service
from indexer.settings import Settings

CONVERSATIONS = 20_000
_PREFIX = "security"
_TIMES = {"search": 100, "nothing": 400, "bulk": 10}
"""How often each request is sent in a round."""

_BULK = 500
_OPEN: dict[str, object] = {"xpack.security.enabled": False}
"""The settings of a node that asks for no password."""


def run(rounds: int, progress: Progress, size: int = CONVERSATIONS) -> Result:
    """Milliseconds for a request; `size` is the number of conversations in the index."""
    with ExitStack() as stack:
        stack.callback(signal.signal, signal.SIGTERM, signal.signal(signal.SIGTERM, end_orderly))
        nodes = {}
        for name, security in (("with", elasticsearch.SECURITY), ("without", _OPEN)):
            progress(f"starting a node {name} a password, and indexing {size:,} conversations")
            nodes[name] = stack.enter_context(_node(security, size))
        found = _measure(nodes, rounds, progress)
    more = {
        f"{kind}_{what}_more": median(
            ours - open_ for ours, open_ in zip(found["with", kind, what], found["without", kind, what], strict=True)
        )
        for kind in _TIMES
        for what in ("ms", "cpu_ms")
    }
    figures = {f"{kind}_{what}_{name}": median(values) for (name, kind, what), values in found.items()}
    ratios = {f"{kind}_vs_open": figures[f"{kind}_ms_with"] / figures[f"{kind}_ms_without"] for kind in _TIMES}
    return Result(figures={**more, **figures}, ratios=ratios)


def _measure(nodes: Mapping[str, "_Node"], rounds: int, progress: Progress) -> dict[tuple[str, str, str], list[float]]:
    """The milliseconds by node, request, and whether they are of the clock or of the processor; a list of rounds."""
    found: dict[tuple[str, str, str], list[float]] = {}
    for turn in range(rounds + 1):
        for kind, times in _TIMES.items():
            for name in sorted(nodes, reverse=turn % 2 == 1):
                node = nodes[name]
                begun, cpu = perf_counter(), node.cpu_seconds()
                for _ in range(times):
                    node.requests[kind]()
                took = perf_counter() - begun, node.cpu_seconds() - cpu
                if turn:
                    for what, seconds in zip(("ms", "cpu_ms"), took, strict=True):
                        found.setdefault((name, kind, what), []).append(seconds * 1_000 / times)
        progress(f"round {turn} of {rounds}" if turn else "warm")
    return found


class _Node:
    """A node that runs: the requests that it is sent, and the processor time that it has taken."""

    def __init__(self, client: Elasticsearch, pid: int) -> None:
        self._process = psutil.Process(pid)
        report = load_reports()["new_inbound_conversations"]
        question = question_for(report)
        body = search_body(report, question, question.span)
        alias = search.alias_name(_PREFIX, "conversations")
        documents = client.search(index=alias, size=_BULK, routing=WORKSPACE)["hits"]["hits"]
        operations: list[dict[str, Any]] = []
        for hit in documents:
            operations += [{"index": {"_id": hit["_id"], "routing": WORKSPACE}}, hit["_source"]]
        self.requests: dict[str, Callable[[], object]] = {
            "search": lambda: client.search(index=alias, body=body, routing=WORKSPACE),
            "nothing": client.cluster.health,
            "bulk": lambda: client.bulk(index=alias, operations=operations),
        }

    def cpu_seconds(self) -> float:
        """The processor time of the node's processes so far."""
        times = [one.cpu_times() for one in (self._process, *self._process.children(recursive=True))]
        return sum(one.user + one.system for one in times)


@contextmanager
def _node(security: dict[str, object], size: int) -> Iterator[_Node]:
    """A node with these settings of its security and an index of `size` conversations, gone when it is over."""
    home = Path(tempfile.mkdtemp(prefix="indexer-benchmark-"))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)  # services of root run as another account
    Settings.model_config["env_file"] = None  # the developer's .env is theirs
    own, usual = Settings(home=home), elasticsearch.SECURITY
    try:
        elasticsearch.SECURITY = security
        supervisor.ensure(own, [Service.ELASTICSEARCH])
        elasticsearch.SECURITY = usual
        [record] = supervisor.recorded(own)
        is_open = security is not usual
        url = f"http://127.0.0.1:{urlsplit(record.url).port}" if is_open else record.url
        with search.connect(url) as client:
            index_sample(client, _PREFIX, size, cached=False)
            yield _Node(client, record.pid)
    finally:
        elasticsearch.SECURITY = usual
        supervisor.stop(own)
        supervisor.delete_data(own)
        shutil.rmtree(home)
