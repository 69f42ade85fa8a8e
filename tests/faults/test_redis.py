"""Redis loses everything, or is away: wake-ups are lost, changes are not."""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from redis import Redis

from indexer.services import Service
from tests.faults.faulty import Faulty, Note, everything_is_right
from tests.faults.histories import conversations, versions
from tests.faults.services import Services

pytestmark = pytest.mark.services

AWAY_SECONDS = 30


def test_redis_may_be_emptied_at_any_moment(services: Services, installation: Faulty, note: Note) -> None:
    raws = conversations(300)
    enough = Event()

    def empty() -> int:
        """Again and again; how many messages that cost."""
        lost = 0
        with contextlib.closing(Redis.from_url(services.url(Service.REDIS))) as redis:
            while not enough.wait(0.02):
                lost += redis.llen("live") + redis.llen("maintenance") + redis.hlen("unacked")
                redis.flushall()
        return lost

    accepted = installation.imports(versions(raws, 1, of=6))
    with ThreadPoolExecutor() as pool:
        emptying = pool.submit(empty)
        worker = installation.worker()
        try:
            for number in range(2, 6):
                accepted += installation.imports(versions(raws, number, of=6))
        finally:
            enough.set()
        note("messages lost", emptying.result())
    accepted += installation.imports(raws)
    note("drained after", everything_is_right(installation, raws, accepted=accepted))
    assert emptying.result() >= 16
    assert worker.lives


def test_redis_may_be_killed_and_come_back_empty(services: Services, installation: Faulty, note: Note) -> None:
    raws = conversations(300)
    worker = installation.worker()
    accepted = installation.imports(versions(raws, 1, of=3))
    services.kill(Service.REDIS)
    services.heal()
    accepted += installation.imports(versions(raws, 2, of=3))
    note("drained after", installation.drains())
    services.kill(Service.REDIS)
    services.heal()
    accepted += installation.imports(raws)
    note("drained the second time after", everything_is_right(installation, raws, accepted=accepted))
    assert worker.lives


def test_a_worker_outlives_half_a_minute_without_redis(services: Services, installation: Faulty, note: Note) -> None:
    raws = conversations(300)
    installation.use(INDEXER_INDEX_INTERVAL_SECONDS="0")
    worker = installation.worker()
    accepted = installation.imports(versions(raws, 1, of=3))
    installation.drains()
    services.kill(Service.REDIS)
    back = time.monotonic() + AWAY_SECONDS
    done = installation.tries_to_import(versions(raws, 2, of=3))
    assert done.code == 0
    assert "no worker was woken" in done.stderr
    assert "Traceback" not in done.stderr
    time.sleep(back - time.monotonic())
    assert installation.left() == len(raws)
    services.heal()
    note("drained after", installation.drains())
    accepted += done.accepted + installation.imports(raws)
    note("drained the second time after", everything_is_right(installation, raws, accepted=accepted))
    assert worker.lives
