"""What many conversations need, reckoned from kept results: `python -m benchmarks._scale` prints a Markdown table.

docs/scale.md says how each line is reckoned, and shows the table.
"""

import math
from collections.abc import Mapping

from benchmarks._results import newest

SIZES = (300_000, 10_000_000, 1_000_000_000)
SHARD_BYTES = 40e9
"""What a shard should hold at most, as Elastic advises (10 to 50 GB)."""

SHARD_DOCUMENTS = 200e6
"""The same in documents, as Elastic advises; each action is one of them too."""

DOCUMENTS_PER_CONVERSATION = 11
"""Of a ten-part conversation: itself, and its actions."""

CORES = (2, 16, 64)


def main() -> None:
    """Print the table."""
    runs = newest()
    backfill, live = runs["backfill"]["figures"], runs["live"]["figures"]
    cores = runs["backfill"]["environment"]["cpus"]
    table = [_column(size, backfill, live, cores) for size in SIZES]
    print("| conversations |" + "".join(f" {size:,} |" for size in SIZES))
    print("| --- |" + " ---: |" * len(SIZES))
    for line in table[0]:
        print(f"| {line} | " + " | ".join(column[line] for column in table) + " |")


def _column(size: int, backfill: Mapping[str, float], live: Mapping[str, float], cores: int) -> dict[str, str]:
    index = size * backfill["merged_bytes_per_conversation"]
    shards = max(index / SHARD_BYTES, size * DOCUMENTS_PER_CONVERSATION / SHARD_DOCUMENTS)
    store = size * backfill["store_bytes_per_conversation"]
    per_core = backfill["conversations_per_second"] / cores
    worker_share = backfill["cpu_microseconds_per_conversation"] * backfill["conversations_per_second"] / 1e6 / cores
    return {
        "index, one copy, merged": _bytes(index),
        "primary shards": f"{math.ceil(shards):,}",
        "Elasticsearch's disks, one replica": _bytes(2 * index),
        "the same during a rebuild": _bytes(2 * index + 1.5 * index),
        "PostgreSQL's disk": _bytes(store),
        **{
            f"backfill on {number} cores, {max(1, round(number * worker_share))} of them workers": _time(
                size / (per_core * number)
            )
            for number in CORES
        },
        "changes a second that 2 cores take": f"{live['changes_per_second']:,.0f}",
    }


def _bytes(number: float) -> str:
    for unit in ("MB", "GB", "TB"):
        number /= 1e6 if unit == "MB" else 1e3
        if number < 1000:
            break
    return f"{number:.1f} {unit}" if number < 10 else f"{number:,.0f} {unit}"


def _time(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} seconds"


if __name__ == "__main__":
    main()
