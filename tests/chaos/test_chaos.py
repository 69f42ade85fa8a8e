"""Everything at once, at random: writers never pause, workers and services are killed and stopped, and all is right.

    INDEXER_TEST_CHAOS_SECONDS=600 INDEXER_TEST_CHAOS_SEED=7 make test TEST_ARGS="-n 0 tests/chaos"

runs them for ten minutes each instead of half a minute. The seed draws what is done; what it meets depends on the
machine.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.chaos.exports import WORKSPACE, Exports
from tests.chaos.message_writer import MessageWriter, importing, made_up
from tests.chaos.strikes import Outages, Striker
from tests.chaos.writers import VERSIONS, Writer
from tests.faults.faulty import Faulty, Note, everything_is_right
from tests.faults.histories import conversations, versions
from tests.faults.services import Services

pytestmark = pytest.mark.services

SECONDS = float(os.environ.get("INDEXER_TEST_CHAOS_SECONDS", "30"))
COUNT = 250
_RECEIPTS = 200
_WRITERS = 3
_LATER = 120


@pytest.fixture
def seed(note: Note) -> str:
    """What everything is drawn from; shown with the test's result."""
    drawn = os.environ.get("INDEXER_TEST_CHAOS_SEED") or str(random.SystemRandom().randrange(10**6))
    print(f"INDEXER_TEST_CHAOS_SEED={drawn}")
    note("seed", drawn)
    return drawn


def test_workers_are_killed_and_stopped_under_writers_and_exports(
    installation: Faulty, tmp_path: Path, seed: str, note: Note
) -> None:
    chaos(installation, tmp_path, seed, note)


def test_services_are_killed_as_well(
    services: Services, installation: Faulty, tmp_path: Path, seed: str, note: Note
) -> None:
    outages = Outages(services, installation, f"{seed} outages")
    chaos(installation, tmp_path, seed, note, outages.run)
    note("outages", outages.struck)
    assert outages.struck


def chaos(installation: Faulty, directory: Path, seed: str, note: Note, *others: Callable[[Event], object]) -> None:
    """Let all of it go on for a while; then the books are exact, the index is the store's and exports are whole."""
    installation.use(INDEXER_EXPORTS_DIR=str(directory / "exports"), INDEXER_DRAIN_BATCH="20")
    raws = conversations(COUNT)
    installation.saves(raws[:60], workspace=WORKSPACE)
    installation.run(*importing(WORKSPACE), stdin=b"".join(made_up(installation, _RECEIPTS)))
    installation.saves(versions(raws, 1, VERSIONS))
    installation.index_everything()
    writers = [Writer(installation, raws[n::_WRITERS], f"{seed} writer {n}") for n in range(_WRITERS)]
    messages = MessageWriter(installation, "w", f"{seed} messages")
    striker, exports = Striker(installation, f"{seed} striker"), Exports(installation, f"{seed} exports")
    doings = [striker.run, exports.run, messages.run, *(writer.run for writer in writers), *others]
    run_for(SECONDS, doings, lambda: striker.struck)
    messages.finish()
    striker.replace_ended()  # a worker that started while a service was away has ended
    note("writes", installation.accepted())
    note("struck", striker.struck)
    newest = [raw for writer in writers for raw in writer.newest()]
    note("drained after", everything_is_right(installation, newest))
    messages.is_right(directory)
    exports.are_right(directory)
    note("exports", Counter(packing for _, packing in exports.ordered))


def run_for(seconds: float, doings: Iterable[Callable[[Event], object]], enough: Callable[[], object]) -> None:
    """Do all of this at once, `seconds` long and until it is `enough`, or until one of them fails, which is raised."""
    over = Event()
    with ThreadPoolExecutor(max_workers=16) as pool:
        running = [pool.submit(doing, over) for doing in doings]
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until or not enough():
                assert time.monotonic() < until + _LATER, "nothing could be struck"
                if any(one.done() and one.exception() for one in running):
                    break
                time.sleep(0.2)
        finally:
            over.set()
        for one in running:
            one.result()
