"""The counts of a worker's processes, read from their files and added up.

The library adds the files up, but never removes one: a worker replaces its processes every now and then, and each
leaves its files behind. This module merges the files of ended processes into one for each type.
"""

import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import psutil
from prometheus_client import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

_ENDED = 0
"""The name for ended processes, in the place of the process number in a file's name."""

_read: Callable[[str], Iterator[tuple[str, float, float, int]]] = MmapedDict.read_all_values_from_file
_open: Callable[[str], Any] = MmapedDict
_add_up: Callable[[Iterable[str]], Iterable[Metric]] = MultiProcessCollector.merge


class ProcessFiles:
    """The files of this process and its children in `directory`, as a collector of prometheus_client.

    Counts stay when a process ends. A gauge, which is only true while its process lives, goes with it.
    """

    def __init__(self, directory: Path) -> None:
        """Make the collector; nothing is read before `collect`."""
        self._directory = directory
        self._lock = threading.Lock()

    def collect(self) -> Iterable[Metric]:
        """The sums over all processes."""
        with self._lock:
            self._fold()
            return _add_up([str(file) for file in self._directory.glob("*.db") if not _is_unfinished(file)])

    def _fold(self) -> None:
        # The files before the live processes: a process that starts in between has no file among them.
        files = list(self._directory.glob("*.db"))
        living = {_ENDED, os.getpid(), *(child.pid for child in psutil.Process().children())}
        ended = [file for file in files if _process(file) not in living]
        for kind in ("counter", "histogram"):
            self._fold_kind(kind, [file for file in ended if file.name.startswith(kind)])
        for file in ended:
            file.unlink()

    def _fold_kind(self, kind: str, ended: list[Path]) -> None:
        if not ended:
            return
        folded = self._directory / f"{kind}_{_ENDED}.db"
        sums: defaultdict[str, float] = defaultdict(float)
        for file in [folded, *ended]:
            if file.exists() and not _is_unfinished(file):
                for key, value, _, _ in _read(str(file)):
                    sums[key] += value
        written = self._directory / "folding"
        values = _open(str(written))
        for key, value in sums.items():
            values.write_value(key, value, 0.0)
        values.close()
        written.replace(folded)


def _process(file: Path) -> int:
    """The number at the end of `counter_123.db`, `gauge_livesum_123.db`."""
    return int(file.stem.rpartition("_")[2])


def _is_unfinished(file: Path) -> bool:
    # A new file is empty for a moment, or for ever if its process was killed then; the library would fail.
    return file.stat().st_size == 0
