"""Filling a new index from the store, and the same with requests that were finished before: what both take."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from time import perf_counter

from benchmarks._site import LONG_POLL_SECONDS, Site
from indexer.datasets.dataset import Dataset
from indexer.errors import OperatorError
from indexer.search import (
    BulkWriter,
    IndexName,
    Outcome,
    Settled,
    Write,
    create_for_bulk,
    definition,
    write_alias,
)
from indexer.store.jobs.backfills import Selected, get_backfill, open_backfills, progress, start_backfill
from indexer.tasks import app
from indexer.worker.wakeups import wake_backfills

REQUEST_BYTES = 4_000_000
IN_FLIGHT = (1, 2, 3)
"""Bytes of a finished request, and how many are tried at once."""

_UNDER_WAY = 2
"""Batches on their way at once when documents are written as they are made."""

_HEADERS = {"accept": "application/json", "content-type": "application/json"}


def write_documents(writer: BulkWriter, alias: str, documents: Iterator[Write], batch: int) -> None:
    """Write documents in batches as they are made; raises `OperatorError` if one is not taken."""
    under_way: deque[Callable[[], list[Settled]]] = deque()
    while writes := list(islice(documents, batch)):
        under_way.append(writer.begin(alias, writes))
        if len(under_way) == _UNDER_WAY:
            _expect_taken(under_way.popleft()())
    while under_way:
        _expect_taken(under_way.popleft()())


def _expect_taken(settled: Sequence[Settled]) -> None:
    if any(one.outcome is not Outcome.INDEXED for one in settled):
        raise OperatorError("a document was not taken", "mend the indexer first")


class Filling:
    """New indices of one dataset at a site, one after the other."""

    def __init__(self, here: Site, dataset: Dataset) -> None:
        """The indices exist only while they are in use."""
        self._here = here
        self._dataset = dataset
        self.targets = self._targets()

    def _targets(self) -> Iterator[str]:
        """New indices to be filled, by their write aliases; each is deleted when the next is asked for."""
        connections, before = self._here.here, None
        version = definition(self._dataset.name).version
        for number in count(1):
            prefix = f"{connections.settings.index_prefix}x{number}"
            name = str(IndexName(prefix, self._dataset.name, version, "20260101t000000"))
            if before is not None:
                connections.search.indices.delete(index=before)
            create_for_bulk(connections.search, name)
            before = name
            yield write_alias(name)

    def backfill(self, target: str, workspace_id: str, rates: list[float] | None = None) -> float:
        """Seconds from the order to the refreshed index; `rates` gets those of every second or so.

        The store says when it was ordered and when it ended: looking often enough to see that takes what is measured.
        """
        here = self._here.here
        seen_at = perf_counter()
        with here.store.begin() as connection:
            backfill = start_backfill(connection, target, Selected(workspace_id), self._dataset)
        with here.store.connect() as connection:
            wake_backfills(app, here.redis, open_backfills(connection))
        seen = 0
        while True:
            with here.store.connect() as connection:
                found = get_backfill(connection, backfill.backfill_id)
                ended_at = None if found is None else found.ended_at
                if rates is not None and (ended_at or perf_counter() - seen_at >= 1):
                    done = progress(connection, backfill.backfill_id).indexed
                    rates.append((done - seen) / (perf_counter() - seen_at))
                    seen, seen_at = done, perf_counter()
            if ended_at is not None:
                break
            time.sleep(LONG_POLL_SECONDS)
        begun = perf_counter()
        here.search.indices.refresh(index=target)
        took = (ended_at - backfill.started_at).total_seconds() + perf_counter() - begun
        self.expect(target, backfill.conversations)
        return took

    def send(self, requests: Sequence[bytes], threads: int) -> float:
        """Seconds that finished requests take, so many under way at once, to the refreshed index."""
        search, target = self._here.here.search, next(self.targets)

        def send(body: bytes) -> None:
            answer = search.perform_request(
                "POST", f"/{target}/_bulk", params={"filter_path": "errors"}, headers=_HEADERS, body=body
            )
            assert not answer.body["errors"]

        begun = perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(send, requests))
        search.indices.refresh(index=target)
        return perf_counter() - begun

    def expect(self, target: str, documents: int) -> None:
        """Raises `OperatorError` if the index has another number of documents."""
        found = self._here.count_documents(target, {"match_all": {}})
        if found != documents:
            raise OperatorError(f"{found} of {documents} documents are in {target}", "mend the indexer first")
