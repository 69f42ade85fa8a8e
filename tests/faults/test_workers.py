"""Workers that are killed, and workers that get in each other's way."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Event

import psutil
import pytest

from indexer.services import Service
from indexer.settings import Settings
from tests.faults.faulty import Faulty, Note, alive, everything_is_right
from tests.faults.histories import conversations, versions
from tests.faults.proxy import BULK, Fault, FaultProxy
from tests.faults.services import Services
from tests.faults.waiting import eventually
from tests.faults.worker_killed_at_step import Step
from tests.indexing.store_and_index import installed

pytestmark = pytest.mark.services


@pytest.mark.parametrize("step", list(Step))
def test_a_worker_may_be_killed_at_any_step_of_the_drain(
    installation: Faulty, tmp_path: Path, note: Note, step: Step
) -> None:
    raws = conversations(300)
    accepted = installation.imports(versions(raws, 1, of=2))
    armed = ["tests.faults.worker_killed_at_step", step, "worker,process,process", str(tmp_path)]
    killed = installation.worker(script=armed)
    killed.await_end()
    worker = installation.worker(script=armed)
    accepted += installation.imports(raws)
    note("drained after", everything_is_right(installation, raws, accepted=accepted))
    assert len(list(tmp_path.glob("strike-*"))) == 3
    assert worker.lives


def test_a_worker_may_be_killed_twenty_times_at_random_under_load(installation: Faulty, note: Note) -> None:
    raws = conversations(500)
    known, new = raws[:400], raws[400:]
    installation.use(INDEXER_DRAIN_BATCH="5")
    quiet = Event()

    def load() -> int:
        """What is known changes again and again, and now and then something new comes."""
        accepted = 0
        for number in count(1):
            if quiet.is_set():
                return accepted
            come = known + new[: 5 * number]
            accepted += installation.saves(versions(come, number, of=10_000))
            time.sleep(0.4)
        raise AssertionError

    accepted = installation.imports(versions(known, 0, of=10_000))
    held = []
    with ThreadPoolExecutor() as pool:
        loading = pool.submit(load)
        try:
            for kills in range(20):
                before = installation.last_lease()
                worker = installation.worker()
                eventually(lambda before=before: installation.last_lease() > before)
                if kills == 10:
                    accepted += installation.deletes(raws[:50])
                time.sleep(random.uniform(0, 1))
                worker.kill()
                held.append(installation.leased())
        finally:
            quiet.set()
        accepted += loading.result()
    installation.worker()
    accepted += installation.imports(raws)
    note("drained after", everything_is_right(installation, raws[50:], accepted=accepted))
    note("changes that the killed held", held)
    note("accepted", accepted)
    assert any(held)
    assert installation.tallies()["deleted"] >= 50


def test_every_process_of_a_worker_but_its_first_may_be_killed(installation: Faulty, note: Note) -> None:
    raws = conversations(300)
    accepted = installation.imports(versions(raws, 1, of=2))
    installation.use(INDEXER_STALL_SECONDS="3")
    worker = installation.worker()
    installation.drains()
    for child in worker.children():
        child.kill()
    accepted += installation.saves(raws)  # no worker is woken: only the schedule finds due changes
    note("drained after", everything_is_right(installation, raws, accepted=accepted))
    assert worker.lives


def test_no_process_of_a_worker_outlives_its_first(installation: Faulty, note: Note) -> None:
    raws = conversations(50)
    accepted = installation.imports(raws)
    worker = installation.worker()
    installation.drains()
    children = worker.children()
    psutil.Process(worker.pid).kill()
    note("seconds", eventually(lambda: not any(alive(child) for child in children), "a process is left over"))
    everything_is_right(installation, raws, accepted=accepted)


def test_a_worker_that_stood_still_beyond_its_leases_does_no_harm(installation: Faulty, note: Note) -> None:
    raws = conversations(1_000)
    accepted = installation.imports(versions(raws, 1, of=2))
    installation.use(INDEXER_DRAIN_BATCH="10")
    standing = installation.worker("--no-beat")

    def stands_with_leases() -> int:
        standing.pause()
        held = installation.leased()
        if not held:
            standing.resume()
        return held

    eventually(stands_with_leases)
    note("changes that it holds", installation.leased())
    installation.worker()
    accepted += installation.imports(raws)
    note("drained without it after", installation.drains())
    standing.resume()
    everything_is_right(installation, raws, accepted=accepted)
    assert standing.lives


def test_a_worker_that_stands_still_within_a_transaction_does_not_hold_up_others_for_long(
    installation: Faulty, tmp_path: Path, note: Note
) -> None:
    raws = conversations(300)
    accepted = installation.imports(versions(raws, 1, of=2))
    standing = installation.worker(
        script=["tests.faults.worker_killed_at_step", Step.BEFORE_COMMIT, "still", str(tmp_path)]
    )
    eventually((tmp_path / "strike-0").exists)
    assert installation.leased()
    installation.worker()
    started = time.monotonic()
    accepted += installation.imports(raws)  # waits for the rows that are locked
    note("imported after", time.monotonic() - started)
    note("drained after", everything_is_right(installation, raws, accepted=accepted))
    standing.resume()
    everything_is_right(installation, raws, accepted=accepted)
    assert standing.lives


def test_two_workers_may_hold_the_same_conversations_at_once(
    services: Services, installation: Faulty, proxy: FaultProxy, note: Note
) -> None:
    raws = conversations(300)
    accepted = installation.imports(versions(raws, 1, of=2))
    with proxy.failing(Fault.HELD, only=BULK):
        held = installation.worker()
        eventually(lambda: proxy.struck[Fault.HELD] == 2)
        installation.through(services.url(Service.ELASTICSEARCH))
        installation.worker("--no-beat")
        accepted += installation.imports(raws)
        eventually(lambda: installation.tallies().get("indexed", 0) >= 300)
        note("taken over", installation.drains())
    eventually(lambda: "drained" in held.log)
    everything_is_right(installation, raws, accepted=accepted)
    assert held.lives


@pytest.mark.parametrize("first", ["the one before", "the one after"])
def test_a_drain_whose_leases_were_taken_over_may_come_back_before_the_other_or_after_it(
    services: Services, installation: Faulty, first: str
) -> None:
    raws = conversations(60)
    accepted = installation.imports(versions(raws, 1, of=3))

    def through(proxy: FaultProxy) -> Settings:
        return installation.settings.model_copy(update={"elasticsearch_url": proxy.url, "lease_seconds": 0.5})

    with (
        ThreadPoolExecutor() as pool,
        closing(FaultProxy(services.url(Service.ELASTICSEARCH))) as older,
        closing(FaultProxy(services.url(Service.ELASTICSEARCH))) as newer,
        installed(through(older)) as one,
        installed(through(newer)) as other,
    ):
        with older.failing(Fault.HELD, only=BULK) as let_one_go, newer.failing(Fault.HELD, only=BULK) as let_other_go:
            before = pool.submit(one.run)
            eventually(lambda: older.struck)
            accepted += installation.imports(versions(raws[:30], 2, of=3))
            eventually(lambda: installation.count("changes WHERE lease_until > now()") == 0)
            after = pool.submit(other.run)
            eventually(lambda: newer.struck)
            assert installation.count("changes WHERE attempts = 2") == len(raws)
            accepted += installation.imports(raws[:10])
            ends = [(let_one_go, before), (let_other_go, after)]
            for let_go, run in ends if first == "the one before" else reversed(ends):
                let_go()
                run.result()
        eventually(lambda: not other.run() and installation.left() == 0)
    newest = raws[:10] + versions(raws[10:30], 2, of=3) + versions(raws[30:], 1, of=3)
    everything_is_right(installation, newest, accepted=accepted)
