"""A writer of outbound messages: receipts and events in no order, more than once, until each has been accepted."""

import random
import time
from pathlib import Path
from threading import Event

from tests import forking
from tests.chaos.exports import files_in
from tests.faults.faulty import Faulty

_RECEIPTS = 150
_DAYS = ("--from", "2000-01-01", "--to", "2099-12-31")
_MOST = 40
_PAUSE = 0.3


class MessageWriter:
    """Imports the lines of made-up campaigns in random batches, some of them again.

    What it does is drawn from `seed`. An import that ended with an error is made again, whole, until it is done.
    """

    def __init__(self, installation: Faulty, workspace: str, seed: str) -> None:
        self._installation = installation
        self._workspace = workspace
        self._random = random.Random(seed)
        self._lines = made_up(installation, _RECEIPTS)
        self._left = self._random.sample(self._lines, len(self._lines))

    def run(self, over: Event) -> None:
        """Import until it is over, or until nothing is left."""
        while self._left and not over.wait(_PAUSE):
            self._import(self._next())

    def finish(self) -> None:
        """Import what is left."""
        self._import(self._left)
        self._left = []

    def is_right(self, directory: Path) -> None:
        """The workspace exports the same files as one into which everything was imported at once and in order."""
        calm = f"{self._workspace}-calm"
        self._installation.run(*importing(calm), stdin=b"".join(self._lines))
        assert self._files(self._workspace, directory) == self._files(calm, directory)

    def _next(self) -> list[bytes]:
        size = self._random.randint(1, _MOST)
        batch, self._left = self._left[:size], self._left[size:]
        return [*batch, *self._random.sample(self._lines, size // 4)]

    def _import(self, lines: list[bytes]) -> None:
        while forking.run(importing(self._workspace), self._installation.environment, b"".join(lines)).returncode:
            time.sleep(_PAUSE)

    def _files(self, workspace: str, directory: Path) -> dict[str, bytes]:
        path = directory / f"{workspace}.zip"
        asked = ("--workspace", workspace, *_DAYS, "--everything", "--output", str(path))
        self._installation.run("export", "messages", *asked)
        return files_in(path)


def made_up(installation: Faulty, receipts: int) -> list[bytes]:
    """The lines of made-up campaigns of a month: receipts, events and checkpoints."""
    asked = ("--dataset", "messages", "--receipts", str(receipts), "--days", "30")
    return installation.run("sample", *asked).encode().splitlines(keepends=True)


def importing(workspace: str) -> tuple[str, ...]:
    """The command that imports such lines."""
    return ("import", "-", "--dataset", "messages", "--workspace", workspace)
