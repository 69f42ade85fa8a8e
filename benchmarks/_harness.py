"""What every benchmark shares: rounds in turn, medians, where it ran, and how it is printed."""

import gc
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from indexer import native
from indexer.embedded.download import VERSION as ELASTICSEARCH

_PACKAGES = ("celery", "elasticsearch", "msgspec", "orjson", "psycopg", "pydantic", "redis", "sqlalchemy")
"""What the figures depend on, beside Python and the services."""

Progress = Callable[[str], None]
"""Takes one line about what is going on."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a benchmark found: `figures` in the units that their names say, `ratios` against the baseline.

    `series` are figures over the time of the run, one a second; they are kept with the results, not printed.
    """

    figures: Mapping[str, float]
    ratios: Mapping[str, float]
    series: Mapping[str, Sequence[float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that one contestant took, round by round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median round."""
        return median(self.seconds)

    def times(self, other: "Timing") -> float:
        """How many times as long as the other: the median over the rounds, each of which met the same machine."""
        return median(ours / theirs for ours, theirs in zip(self.seconds, other.seconds, strict=True))


def in_turn(contestants: Mapping[str, Callable[[], object]], rounds: int, progress: Progress) -> dict[str, Timing]:
    """Run all contestants one after the other, `rounds` times over, after one round that does not count.

    Every other round goes backwards: what a contestant leaves behind does not always meet the same one.

    The garbage collector rests while a contestant runs, as in `timeit`.
    """
    return timed_in_turn({name: partial(_seconds, one) for name, one in contestants.items()}, rounds, progress)


def timed_in_turn(contestants: Mapping[str, Callable[[], float]], rounds: int, progress: Progress) -> dict[str, Timing]:
    """Like `in_turn`, for contestants that say themselves how many seconds they took, or took per piece of work."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    order = list(contestants)
    for turn in range(rounds + 1):
        for name in reversed(order) if turn % 2 else order:
            took = contestants[name]()
            if turn:
                seconds[name].append(took)
        progress(f"round {turn} of {rounds}" if turn else "warm")
    return {name: Timing(tuple(rounds_of_one)) for name, rounds_of_one in seconds.items()}


def _seconds(contestant: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()
    try:
        begun = perf_counter()
        contestant()
        return perf_counter() - begun
    finally:
        gc.enable()


def environment() -> dict[str, Any]:
    """Where the figures come from."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "definitions": "compiled" if native.STATE.compiled else f"interpreted: {native.STATE.reason}",
        "platform": platform.platform(),
        "machine": platform.machine(),
        "processor": _processor(),
        "cpus": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "commit": _commit(),
        "versions": {"elasticsearch_server": ELASTICSEARCH} | {name: version(name) for name in _PACKAGES},
    }


def _processor() -> str | None:
    """What Linux calls it; None elsewhere."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return None


def _commit() -> str | None:
    """The commit of the checkout, with a `+` if it has been changed since."""
    here = Path(__file__).parent
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--exclude=*", "--abbrev=12", "--dirty=+"],
            cwd=here,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return described.stdout.strip()


def to_stderr(line: str) -> None:
    """Show one line of progress."""
    print(line, file=sys.stderr, flush=True)


def as_json(name: str, result: Result) -> dict[str, Any]:
    """The object that is printed last."""
    return {
        "benchmark": name,
        "figures": {figure: _rounded(value) for figure, value in result.figures.items()},
        "ratios": {ratio: _rounded(value) for ratio, value in result.ratios.items()},
        "environment": environment(),
    }


def print_table(name: str, result: Result) -> None:
    """Figures and ratios for people."""
    table = Table(title=name, title_justify="left")
    table.add_column("what")
    table.add_column("measured", justify="right")
    for figure, value in result.figures.items():
        table.add_row(figure.replace("_", " "), f"{_rounded(value):,}")
    for ratio, value in result.ratios.items():
        table.add_row(f"ratio {ratio.replace('_', ' ')}", f"{_rounded(value):,}")
    console = Console()
    console.print(table)
    console.print(", ".join(f"{key} {value}" for key, value in environment().items()), style="dim", highlight=False)


def _rounded(value: float) -> float:
    """Four significant digits: more are noise."""
    return int(value) if abs(value) >= 1000 or value == int(value) else float(f"{value:.4g}")
