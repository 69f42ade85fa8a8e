"""Waits for a test run to end, and cleans up if the run could not do it itself: `… HOME PID`."""

import sys
import time
from pathlib import Path

from indexer.embedded.processes import started_at
from tests.embedded.harness import clean_up


def watch(home: Path, controller: int) -> None:
    while started_at(controller) is not None:
        time.sleep(0.5)
    if home.exists():
        clean_up(home)


if __name__ == "__main__":
    watch(Path(sys.argv[1]), int(sys.argv[2]))
