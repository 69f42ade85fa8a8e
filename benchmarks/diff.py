"""Documents compared a second by `indexer diff` of two indices, next to a bare scan of the same two indices.

Two indices of ten-part conversations' documents, of which one in a hundred differs in one field. Ours: every pair of
documents joined and compared, what differs counted by field (reasons are not looked for). The scan: both indices read
to the end in two threads, the ordinary way: a point in time, `search_after` in the order of `_shard_doc`, which is
the cheapest, pages of a thousand, decoded by the client. Nothing is done with what it reads.

The peak is that of a process `indexer diff`, at 20,000 documents a side and at 300,000.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from subprocess import DEVNULL, Popen
from typing import Any

import orjson

from benchmarks._conversations import computation_for, numbered_id, ten_part_conversations
from benchmarks._harness import Progress, Result, in_turn
from benchmarks._site import BATCH, Site, peak_of, site
from indexer.datasets.conversations import CONVERSATIONS, conversation_document
from indexer.diff.run_diff import Diffing
from indexer.diff.selection import Selection
from indexer.diff.sides import Side, SideKind
from indexer.errors import OperatorError
from indexer.search import BulkWriter, IndexName, Write, create_for_bulk, definition, write_alias

SMALL = 20_000
RATED = 100_000
LARGE = 300_000
"""Documents a side: of the small comparison, of each that is rated, and of the large one."""

DIFFERS = 100
"""One document in so many differs."""

_PAGE = 1_000
_STAMPS = ("20260101t000000", "20260101t000001")


def run(rounds: int, say: Progress) -> Result:
    """Rates in documents a second, the ratio, and memory in MiB."""
    with site(say) as here:
        indices = _indices(here, say)
        say(f"{RATED:,} documents a side: compared, and only read")
        timings = in_turn(
            {"diff": lambda: _compare(here, indices, "rated", RATED), "scan": lambda: _scan(here, indices, "rated")},
            rounds,
            say,
        )
        say(f"peak memory at {SMALL:,} and at {LARGE:,} documents a side")
        peak_small = _peak(indices, "--workspace", "small")
        peak_large = _peak(indices)
    return Result(
        figures={
            "documents_per_second": RATED / timings["diff"].median,
            "scanned_per_second": RATED / timings["scan"].median,
            "peak_mb_small": peak_small,
            "peak_mb_large": peak_large,
        },
        ratios={"vs_scan": timings["scan"].times(timings["diff"]), "peak_large_vs_small": peak_large / peak_small},
    )


def _indices(here: Site, say: Progress) -> list[str]:
    """Two filled indices; in each are a small workspace, the rated one, and the rest."""
    search = here.here.search
    sizes = {"small": SMALL, "rated": RATED, "rest": LARGE - SMALL - RATED}
    names = []
    for place, stamp in enumerate(_STAMPS):
        name = str(IndexName(here.here.settings.index_prefix, "conversations", _version(), stamp))
        create_for_bulk(search, name)
        with BulkWriter(search) as writer:
            for workspace_id, size in sizes.items():
                say(f"writing {size:,} documents into {name}")
                writes = _writes(workspace_id, size, changed=place == 1)
                while batch := list(islice(writes, BATCH)):
                    if any(settled.reason for settled in writer.write(write_alias(name), batch)):
                        raise OperatorError(f"{name} did not take every document", "mend the indexer first")
        search.indices.refresh(index=name)
        names.append(name)
    return names


def _version() -> int:
    return definition("conversations").version


def _writes(workspace_id: str, size: int, *, changed: bool) -> Iterator[Write]:
    computation = computation_for(workspace_id)
    documents = [
        orjson.loads(conversation_document(payload, computation, 1)) for payload in ten_part_conversations(BATCH)
    ]
    for number, document in enumerate(islice(cycle(documents), size)):
        own = document | {"conversation_id": numbered_id(number)}
        if changed and number % DIFFERS == 0:
            own["teammate_replies_count"] += 1
        yield Write(f"{workspace_id}:{numbered_id(number)}", 1, orjson.dumps(own))


def _compare(here: Site, indices: list[str], workspace_id: str, size: int) -> None:
    left, right = (Side(SideKind.INDEX, name) for name in indices)
    tally = Diffing(CONVERSATIONS, left, right, Selection(workspace_id), explain=0).run(here.here)
    if (tally.compared, tally.different) != (size, size // DIFFERS):
        raise OperatorError(f"{tally.compared} compared, {tally.different} different", "mend the comparison first")


def _scan(here: Site, indices: list[str], workspace_id: str) -> None:
    with ThreadPoolExecutor(len(indices)) as pool:
        list(pool.map(_reader(here, workspace_id), indices))


def _reader(here: Site, workspace_id: str) -> Callable[[str], None]:
    search = here.here.search

    def read(index: str) -> None:
        view: str = search.open_point_in_time(index=index, keep_alive="5m")["id"]
        after: list[Any] | None = None
        while True:
            answer = search.search(
                pit={"id": view, "keep_alive": "5m"},
                query={"term": {"workspace_id": workspace_id}},
                sort=["_shard_doc"],
                search_after=after,
                size=_PAGE,
                track_total_hits=False,
            )
            hits = answer["hits"]["hits"]
            if len(hits) < _PAGE:
                break
            after = hits[-1]["sort"]
        search.close_point_in_time(id=view)

    return read


def _peak(indices: list[str], *options: str) -> float:
    """MiB of a process that compares, at its peak."""
    sides = [f"index:{name}" for name in indices]
    process = Popen(
        [sys.executable, "-m", "indexer", "diff", *sides, "--explain", "0", "--quiet", "--format", "json", *options],
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    peak = peak_of(process)
    if process.returncode != 1:
        raise OperatorError("indexer diff did not find that the sides differ", "mend the comparison first")
    return peak
