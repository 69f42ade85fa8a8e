"""Counting equal rows of a file that may have ten million of them, in a bounded amount of memory."""

import sqlite3
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from indexer.errors import OperatorError

_CACHE_KIB = 8 << 10
"""The memory of the counts; what does not fit is in a temporary file, about 40 bytes for each different row."""

_MOST_PARAMETERS = 500


class Ordinals:
    """How many equal keys came before each key.

    The counts are in a temporary file of SQLite without a name, which is written only if its cache is full, and is gone
    when it is closed, or the process ends. Keys that are nearly in order are counted fastest.
    """

    def __init__(self) -> None:
        """Nothing was counted yet."""
        self._counts = sqlite3.connect("")
        for setting in (f"cache_size = -{_CACHE_KIB}", "journal_mode = OFF", "synchronous = OFF"):
            self._counts.execute(f"PRAGMA {setting}")
        self._counts.execute("CREATE TABLE counts (key BLOB PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the counts."""
        self._counts.close()

    def next_of(self, keys: Sequence[bytes]) -> list[int]:
        """The number of each key among equal ones, 0 for the first; raises `OperatorError` if the disk is full."""
        found = []
        try:
            counts = self._counts_of(list(set(keys)))
            for key in keys:
                found.append(counts.get(key, 0))
                counts[key] = found[-1] + 1
            self._counts.executemany("INSERT OR REPLACE INTO counts VALUES (?, ?)", sorted(counts.items()))
        except sqlite3.OperationalError as error:
            raise OperatorError(
                f"the rows of this file cannot be counted in a temporary file: {error}",
                "name a directory with more space in TMPDIR",
            ) from error
        return found

    def _counts_of(self, keys: list[bytes]) -> dict[bytes, int]:
        counts: dict[bytes, int] = {}
        for begin in range(0, len(keys), _MOST_PARAMETERS):
            some = keys[begin : begin + _MOST_PARAMETERS]
            places = ",".join("?" * len(some))
            counts.update(self._counts.execute(f"SELECT key, count FROM counts WHERE key IN ({places})", some))  # noqa: S608
        return counts
