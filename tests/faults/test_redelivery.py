"""The same news again and again, and news in the wrong order."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from celery import Celery

from indexer.services import Service
from tests.faults.faulty import Faulty, Note, everything_is_right
from tests.faults.histories import Raw, conversations, version, versions
from tests.faults.services import Services
from tests.faults.waiting import eventually

pytestmark = pytest.mark.services

TIMES = 100


def delivered(installation: Faulty, deliveries: Sequence[Raw]) -> int:
    """Each by itself, several at once; how many were accepted."""
    with ThreadPoolExecutor(4) as pool:
        return sum(pool.map(lambda raw: installation.saves([raw]), deliveries))


def test_the_same_conversation_delivered_a_hundred_times_is_accepted_once(installation: Faulty, note: Note) -> None:
    [raw] = conversations(1)
    worker = installation.worker()
    assert delivered(installation, [raw] * TIMES) == 1
    for _ in range(3):
        assert installation.imports([raw] * TIMES) == 0
    note("drained after", everything_is_right(installation, [raw], accepted=1))
    assert installation.writes() == 1
    assert worker.lives


def test_a_hundred_versions_of_one_conversation_may_come_at_once_and_not_quite_in_their_order(
    installation: Faulty, note: Note
) -> None:
    [raw] = conversations(1)
    numbers = sorted(2 * list(range(1, TIMES + 1)), key=lambda number: number + random.uniform(0, 10))
    accepted = installation.imports([version(raw, 0, of=TIMES)])
    worker = installation.worker()
    installation.drains()
    accepted += delivered(installation, [version(raw, number, of=TIMES) for number in numbers])
    note("drained after", everything_is_right(installation, [raw], accepted=accepted))
    note("accepted", accepted)
    note("index operations", installation.writes())
    assert worker.lives


def test_another_program_may_say_a_hundred_times_that_a_conversation_changed(
    services: Services, installation: Faulty, note: Note
) -> None:
    raws = conversations(2)
    accepted = installation.imports(raws)
    worker = installation.worker()
    installation.drains()
    with Celery("producer", broker=services.url(Service.REDIS)) as producer:
        for _ in range(TIMES):
            producer.send_task("indexer.conversation_changed", args=["w", raws[0]["id"]], queue="live")
    accepted += TIMES
    note("all accepted after", eventually(lambda: installation.accepted() == accepted))
    note("drained after", everything_is_right(installation, raws, accepted=accepted))
    note("index operations", installation.writes())
    assert worker.lives


def test_changes_may_arrive_in_the_reverse_of_the_order_in_which_they_happened(
    installation: Faulty, note: Note
) -> None:
    raws = conversations(20)
    worker = installation.worker()
    newest_first = [one for number in range(10, 0, -1) for one in versions(raws, number, of=10)]
    accepted = installation.imports(newest_first[: 5 * len(raws)])
    for start in range(0, len(newest_first), len(raws)):
        accepted += delivered(installation, newest_first[start : start + len(raws)])
    note("drained after", everything_is_right(installation, raws, accepted=accepted))
    assert accepted == len(raws)
    assert worker.lives
