"""PostgreSQL is restarted or killed, while workers work and conversations are imported."""

import time
from collections.abc import Callable

import pytest
from celery import Celery

from indexer.services import Service
from tests.faults.faulty import Faulty, Note, everything_is_right
from tests.faults.histories import conversations, versions
from tests.faults.services import Services
from tests.faults.waiting import eventually

pytestmark = pytest.mark.services

A_WHILE = 5.0


@pytest.mark.parametrize("end", [Services.stop, Services.kill], ids=["restarted", "killed"])
def test_postgresql_may_go_while_a_worker_and_an_import_are_at_work(
    services: Services, installation: Faulty, note: Note, end: Callable[[Services, Service], None]
) -> None:
    raws = conversations(1_500)
    installation.use(INDEXER_DRAIN_BATCH="5")
    worker = installation.worker()
    importing = installation.begin_import()
    importing.feed(versions(raws[:1_000], 1, of=2))
    eventually(lambda: installation.tallies() and installation.leased())
    end(services, Service.POSTGRESQL)
    done = importing.end(versions(raws[1_000:], 1, of=2))
    assert done.code == 3, done.stderr
    assert "PostgreSQL" in done.stderr
    assert "Traceback" not in done.stderr
    services.heal()
    eventually(lambda: installation.left() is not None)
    kept = installation.count("conversations")
    note("kept of 1,500", kept)
    assert kept >= 500
    assert installation.imports(versions(raws, 1, of=2)) == len(raws) - kept
    installation.imports(raws)
    note("drained after", everything_is_right(installation, raws, accepted=2 * len(raws)))
    assert worker.lives


def test_a_message_of_another_program_is_handled_once_postgresql_is_back(
    services: Services, installation: Faulty, note: Note
) -> None:
    raws = conversations(20)
    accepted = installation.imports(raws)
    worker = installation.worker()
    installation.drains()
    services.kill(Service.POSTGRESQL)
    with Celery("producer", broker=services.url(Service.REDIS)) as producer:
        for raw in raws:
            producer.send_task("indexer.conversation_changed", args=["w", raw["id"]], queue="live")
    eventually(lambda: "postgresql_away" in worker.log)
    time.sleep(A_WHILE)
    services.heal()
    accepted += len(raws)
    note("all heard after", eventually(lambda: installation.left() is not None and installation.accepted() == accepted))
    note("drained after", everything_is_right(installation, raws, accepted=accepted))
    assert worker.lives
