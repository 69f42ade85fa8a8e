"""100,000 changes over 1,000 conversations, written as fast as the store takes them: how often the index is written.

Two writers have half of the conversations each and save all of them again and again, every time newer, 500 in a
transaction, and wake the workers after each; a worker of two processes indexes meanwhile.
Index operations are those that Elasticsearch has counted in the end (`_stats`, `indexing.index_total`). The baseline
is the same with INDEXER_INDEX_INTERVAL_SECONDS=0, with which only those changes share an operation that are due at
the same time; otherwise the setting is as it is. In the end the index must hold the last content of every
conversation: `stale` counts those of which it does not.
"""

from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter
from typing import NamedTuple

from benchmarks._conversations import numbered, ten_part_conversations
from benchmarks._harness import Progress, Result
from benchmarks._site import BATCH, Site, site
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming

CHANGES = 100_000
COUNT = 1_000
WRITERS = 2

FIRST_UPDATE = 1_800_000_000
"""What the first change of each conversation says of itself in `updated_at`; every later one says a second more."""

MOST_ROUNDS = 2
"""A round takes a minute, and what is counted hardly varies."""


class Written(NamedTuple):
    """What one contestant did."""

    operations: int
    writing_seconds: float
    indexed_seconds: float
    stale: int


def run(rounds: int, progress: Progress) -> Result:
    """Operations, and seconds from the first write to the last one and to the empty queue; at most two rounds."""
    payloads = numbered(ten_part_conversations(BATCH), COUNT)
    paced: list[Written] = []
    at_once: list[Written] = []
    rounds = min(rounds, MOST_ROUNDS)
    with site(progress) as here:
        interval = here.here.settings.index_interval_seconds
        for turn in range(1, rounds + 1):
            with here.indexer_worker():
                paced.append(_write(here, f"paced_{turn}", payloads))
            with here.indexer_worker(INDEXER_INDEX_INTERVAL_SECONDS="0"):
                at_once.append(_write(here, f"at_once_{turn}", payloads))
            progress(f"round {turn} of {rounds}")
    return Result(
        figures={
            "changes": CHANGES,
            "conversations": COUNT,
            "index_operations": median(found.operations for found in paced),
            "index_operations_without_interval": median(found.operations for found in at_once),
            "index_interval_seconds": interval,
            "writing_seconds": median(found.writing_seconds for found in paced),
            "writing_seconds_without_interval": median(found.writing_seconds for found in at_once),
            "indexed_seconds": median(found.indexed_seconds for found in paced),
            "indexed_seconds_without_interval": median(found.indexed_seconds for found in at_once),
            "stale": sum(found.stale for found in (*paced, *at_once)),
        },
        ratios={
            "operations_saved": median(
                other.operations / ours.operations for ours, other in zip(paced, at_once, strict=True)
            )
        },
    )


def _write(here: Site, workspace_id: str, payloads: list[bytes]) -> Written:
    """Write all changes into a workspace of their own, and see them indexed."""
    here.make_workspace(workspace_id)
    conversations = [CONVERSATIONS.incoming(payload) for payload in payloads]
    before = _operations(here)
    begun = perf_counter()
    with ThreadPoolExecutor(WRITERS) as writers:
        done = [writers.submit(_write_share, here, workspace_id, conversations[n::WRITERS]) for n in range(WRITERS)]
    for one in done:
        one.result()
    written = perf_counter()
    here.wait_until_indexed()
    ended = perf_counter()
    last = str(FIRST_UPDATE + CHANGES // COUNT - 1)  # as a text: numbers in queries are milliseconds
    query: dict[str, object] = {
        "bool": {"filter": [{"term": {"workspace_id": workspace_id}}, {"term": {"updated_at": last}}]}
    }
    return Written(
        operations=_operations(here) - before,
        writing_seconds=written - begun,
        indexed_seconds=ended - begun,
        stale=COUNT - here.count_documents(here.here.alias, query),
    )


def _write_share(here: Site, workspace_id: str, conversations: list[Incoming]) -> None:
    """Save these conversations again and again, every time a second newer."""
    for updated_at in range(FIRST_UPDATE, FIRST_UPDATE + CHANGES // COUNT):
        for start in range(0, len(conversations), BATCH):
            here.save(workspace_id, [_newer(one, updated_at) for one in conversations[start : start + BATCH]])


def _newer(conversation: Incoming, updated_at: int) -> Incoming:
    """The same content but for `updated_at`, which stands before the parts and theirs."""
    payload = conversation.payload.replace(
        b'"updated_at":%d' % conversation.updated_at, b'"updated_at":%d' % updated_at, 1
    )
    return conversation._replace(payload=payload, updated_at=updated_at)


def _operations(here: Site) -> int:
    """How often the index has been written since it was made."""
    stats = here.here.search.indices.stats(index=here.here.alias, metric="indexing")
    return int(stats["_all"]["primaries"]["indexing"]["index_total"])
