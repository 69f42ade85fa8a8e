"""How the outcome of `indexer import` is reported: counts, what was left out, what was refused."""

from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import typer

from indexer.errors import OperatorError, Refused
from indexer.plain_text import printable
from indexer.private_files import open_private

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.datasets.dataset import Dataset

_MOST_PRINTED = 20
"""The most refusals that are printed; more would scroll the first ones away."""


class Taken(NamedTuple):
    """The outcome of an import, for output: counts, an addition to them, further facts in JSON, notes, due shards."""

    counts: dict[str, int]
    addition: str
    further: dict[str, Any]
    notes: list[str]
    shards: "dict[Dataset, set[int]]"


class Left:
    """Reports files of an archive and columns that are not read: the first ones, and the number of others."""

    def __init__(self) -> None:
        """Begin with nothing left out."""
        self.count = 0

    def __call__(self, place: str, reason: str) -> None:
        """Count and report something that is left out."""
        self.count += 1
        if self.count <= _MOST_PRINTED:
            typer.echo(f"{place}: left out: {reason}", err=True)

    def sum_up(self) -> None:
        """Say how many more were left out than were named."""
        if (more := self.count - _MOST_PRINTED) > 0:
            typer.echo(f"and {more:,} more left out", err=True)


class Refusals:
    """Reports refused records: all of them in a file, or the first ones on standard error and the number of others."""

    def __init__(self, file: IO[str] | None) -> None:
        """`file` gets all refusals; without one they are printed."""
        self._file = file
        self._count = 0

    @classmethod
    @contextmanager
    def to(cls, path: Path | None) -> "Iterator[Refusals]":
        """Open the file, if one is named; raises `OperatorError` if it cannot be written."""
        if path is None:
            yield cls(None)
            return
        try:
            file = open_private(path, "w")
        except OSError as error:
            raise OperatorError(
                f"--refusals: cannot write {path}: {error.strerror}", "give it a file that you may write"
            ) from error
        with file:
            yield cls(file)

    def __call__(self, place: str, refused: Refused) -> None:
        """Report a refusal."""
        self._count += 1
        if self._file is not None:
            self._file.write(printable(f"{place}: {refused}") + "\n")
        elif self._count <= _MOST_PRINTED:
            typer.echo(f"{place}: {refused}", err=True)

    def sum_up(self) -> None:
        """Say where all refusals are, or how many more there are than were printed."""
        more = self._count - _MOST_PRINTED
        if self._file is not None and self._count:
            typer.echo(f"{self._count:,} refused, see {self._file.name}", err=True)
        elif self._file is None and more > 0:
            typer.echo(f"and {more:,} more; all of them with: --refusals FILE", err=True)
