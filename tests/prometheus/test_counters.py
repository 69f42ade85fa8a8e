"""What many processes count is added up, whatever becomes of them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.datasets.registry import datasets
from tests.prometheus.scrape_result import Scrape, scrape

NO_STORE = "postgresql://127.0.0.1:1/none"


@dataclass
class Worker:
    """A worker of `counting_worker`."""

    process: "subprocess.Popen[str]"
    url: str
    directory: Path

    def told(self, command: str) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(command, file=self.process.stdin, flush=True)
        assert self.process.stdout.readline() == "done\n"

    def scrape(self) -> Scrape:
        return scrape(self.url)


@contextmanager
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    monkeypatch.setenv("INDEXER_METRICS_ADDRESS", "127.0.0.1:0")
    monkeypatch.setenv("DATABASE_URL", NO_STORE)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.prometheus.counting_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url, directory = process.stdout.readline().split()
        yield Worker(process, url, Path(directory))
    assert process.returncode == 0


@pytest.fixture
def counting_worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    with worker(monkeypatch) as started:
        yield started


def counters(found: Scrape) -> Scrape:
    return {
        name: value
        for name, value in found.items()
        if "_bucket" not in name and "_sum" not in name and "_up" not in name
    }


def after_batches(batches: int, *, alive: int) -> Scrape:
    """The batches are of conversations; of the other datasets nothing has been taken."""
    others = [dataset.name for dataset in datasets() if dataset.name != "conversations"]
    return {
        **{f'indexer_changes_{what}_total{{dataset="{one}"}}': 0 for what in ("leased", "retried") for one in others},
        "indexer_wakes_total": batches,
        'indexer_changes_leased_total{dataset="conversations"}': 500 * batches,
        'indexer_changes_retried_total{dataset="conversations"}': 100 * batches,
        "indexer_batch_seconds_count": batches,
        "indexer_compute_seconds_count": batches,
        "indexer_documents_computed_total": 400 * batches,
        "indexer_bulk_request_seconds_count": batches,
        "indexer_bulk_request_bytes_count": batches,
        "indexer_bulk_requests_congested_total": batches,
        "indexer_bulk_requests_in_flight": alive,
        "indexer_bulk_writes_total": 400 * batches,
    }


def test_every_counted_figure_stands_at_zero_before_anything_is_counted(counting_worker: Worker) -> None:
    assert counters(counting_worker.scrape()) == after_batches(0, alive=0)


def test_the_counts_of_processes_are_added_up_and_outlive_them(counting_worker: Worker) -> None:
    for _ in range(3):
        counting_worker.told("fork")
    assert counters(counting_worker.scrape()) == after_batches(3, alive=3)
    counting_worker.told("kill")
    # Two of its requests are over. The one under way no longer counts.
    assert counters(counting_worker.scrape()) == after_batches(3, alive=2)
    counting_worker.told("fork")
    assert counters(counting_worker.scrape()) == after_batches(4, alive=3)


def test_values_lie_below_the_bounds_of_their_unit(counting_worker: Worker) -> None:
    counting_worker.told("fork")
    counting_worker.told("kill")
    counting_worker.told("fork")
    found = counting_worker.scrape()
    assert found["indexer_bulk_request_bytes_sum"] == 4_000_000
    assert found["indexer_bulk_request_seconds_sum"] == pytest.approx(0.4)
    below = {
        bound: found[f'indexer_bulk_request_seconds_bucket{{le="{bound}"}}']
        for bound in ("0.1", "0.25", "60.0", "+Inf")
    }
    assert below == {"0.1": 0, "0.25": 2, "60.0": 2, "+Inf": 2}
    assert found['indexer_bulk_request_bytes_bucket{le="1e+06"}'] == 0
    assert found['indexer_bulk_request_bytes_bucket{le="2e+06"}'] == 2


def test_files_do_not_grow_in_number_however_often_processes_are_replaced(counting_worker: Worker) -> None:
    counting_worker.told("fork")
    counting_worker.scrape()
    for batches in range(2, 8):
        counting_worker.told("kill")
        counting_worker.told("fork")
        assert counters(counting_worker.scrape()) == after_batches(batches, alive=1)
    # Of the worker, of its one living process, and of all that have ended.
    names = sorted(file.name.rstrip("0123456789.db") for file in counting_worker.directory.iterdir())
    assert names == sorted(3 * ["counter_"] + 3 * ["histogram_"] + 2 * ["gauge_livesum_"])


def test_a_process_that_was_killed_while_it_made_its_file_spoils_nothing(counting_worker: Worker) -> None:
    counting_worker.told("fork")
    for pid in (1, 2**22 + 1):
        (counting_worker.directory / f"counter_{pid}.db").touch()
    (counting_worker.directory / f"counter_{counting_worker.process.pid}0.db").touch()
    for _ in range(2):
        assert counters(counting_worker.scrape()) == after_batches(1, alive=1)


def test_the_files_are_gone_with_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    with worker(monkeypatch) as ended:
        ended.told("fork")
        assert ended.directory.is_dir()
    assert not ended.directory.exists()


def test_if_no_figures_are_served_nothing_is_counted_and_nothing_is_imported() -> None:
    program = """
import sys
from indexer.datasets.conversations import CONVERSATIONS
from indexer.prometheus import counters
from indexer.search import Exchange
counters.woken()
counters.leased(500, CONVERSATIONS)
counters.retried(1, CONVERSATIONS)
with counters.batch(), counters.computing(500):
    done = True
counters.request_began()
counters.observe(Exchange(500, 1_000_000, 0.1, False))
print(done, "prometheus_client" in sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said == "True False\n"


def test_a_batch_that_raises_is_not_one_that_ended(tmp_path: Path) -> None:
    program = """
import sys
from contextlib import suppress
from pathlib import Path
from indexer.prometheus import counters
from indexer.prometheus.process_files import ProcessFiles
from tests.prometheus.scrape_result import collected
counters.begin(Path(sys.argv[1]))
with suppress(ZeroDivisionError), counters.batch(), counters.computing(500):
    1 / 0
with counters.batch(), counters.computing(300):
    pass
found = collected(ProcessFiles(Path(sys.argv[1])))
print(*(found[name] for name in (
    "indexer_batch_seconds_count", "indexer_compute_seconds_count", "indexer_documents_computed_total"
)))
"""
    said = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True).stdout
    assert said == "1.0 1.0 300.0\n"
