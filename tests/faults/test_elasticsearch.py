"""Elasticsearch is away, is suspended, is overloaded or refuses."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from elasticsearch import Elasticsearch

from indexer.services import Service
from tests.faults.faulty import Faulty, Note, everything_is_right
from tests.faults.histories import conversations, versions
from tests.faults.proxy import BULK, EVERYTHING, Fault, FaultProxy
from tests.faults.services import Services
from tests.faults.waiting import eventually

pytestmark = pytest.mark.services

A_WHILE = 5.0
BEYOND_THE_CLIENTS_PATIENCE = 35.0


def test_elasticsearch_may_be_killed_and_started_again(services: Services, installation: Faulty, note: Note) -> None:
    raws = conversations(500)
    installation.use(INDEXER_DRAIN_BATCH="10")
    worker = installation.worker()
    accepted = installation.imports(versions(raws, 1, of=2))
    eventually(installation.tallies)
    services.kill(Service.ELASTICSEARCH)
    accepted += installation.saves(raws)
    eventually(lambda: "elasticsearch_away" in worker.log)
    services.heal()
    note("drained after", everything_is_right(installation, raws, accepted=accepted))
    assert worker.lives


def test_elasticsearch_may_stand_still_beyond_the_clients_patience(
    services: Services, installation: Faulty, note: Note
) -> None:
    raws = conversations(1_000)
    installation.use(INDEXER_DRAIN_BATCH="10", INDEXER_LEASE_SECONDS="45")
    accepted = installation.imports(versions(raws, 1, of=2))
    worker = installation.worker()
    eventually(installation.tallies)
    services.pause(Service.ELASTICSEARCH)
    until = time.monotonic() + BEYOND_THE_CLIENTS_PATIENCE
    accepted += installation.imports(raws)
    time.sleep(until - time.monotonic())
    services.resume()
    note("drained after", everything_is_right(installation, raws, accepted=accepted))
    assert "ConnectionTimeout" in worker.log
    assert worker.lives


@pytest.mark.parametrize(
    ("fault", "phases"),
    [
        (Fault.TOO_MANY_REQUESTS, [BULK, EVERYTHING]),
        (Fault.TOO_MANY_WRITES, [BULK]),
        (Fault.UNAVAILABLE, [BULK, EVERYTHING]),
        (Fault.BROKEN_OFF, [BULK]),
        (Fault.HUNG_UP, [EVERYTHING]),
    ],
    ids=["429", "429 for some writes", "503", "broken off in the answer", "hung up"],
)
def test_elasticsearch_may_fail_for_a_while(
    installation: Faulty, proxy: FaultProxy, note: Note, fault: Fault, phases: list[str]
) -> None:
    raws = conversations(300)
    worker = installation.worker()
    accepted = installation.imports(versions(raws, 1, of=4))
    installation.drains()
    for number, only in enumerate(phases, 2):
        struck = proxy.struck[fault]
        with proxy.failing(fault, only):
            accepted += installation.saves(versions(raws, number, of=4))
            if only == phases[-1]:
                accepted += installation.deletes(raws[:30])
            eventually(lambda before=struck: proxy.struck[fault] > before)
            time.sleep(A_WHILE)
            assert installation.left()
        note("drained after", installation.drains())
    accepted += installation.imports(raws)
    everything_is_right(installation, raws[30:], accepted=accepted)
    note("struck", proxy.struck[fault])
    assert installation.tallies()["deleted"] >= 30
    assert worker.lives


@contextmanager
def full_disk(search: Elasticsearch, index: str) -> Iterator[None]:
    """The block that a full disk puts on an index.

    A disk of any size is full meanwhile: where it is not, the node takes the block away again, at any moment of the
    half-minute after.
    """
    levels = [f"cluster.routing.allocation.disk.watermark.{level}" for level in ("low", "high", "flood_stage")]
    block = "index.blocks.read_only_allow_delete"
    try:
        search.cluster.put_settings(persistent=dict.fromkeys(levels, "1000tb"))
        search.indices.put_settings(index=index, settings={block: True})
        yield
    finally:
        search.cluster.put_settings(persistent=dict.fromkeys(levels))
        search.indices.put_settings(index=index, settings={block: None})


def test_the_block_of_a_full_disk_may_be_set_and_removed(installation: Faulty, note: Note) -> None:
    raws = conversations(300)
    worker = installation.worker()
    accepted = installation.imports(versions(raws, 1, of=3))
    installation.drains()
    with full_disk(installation.search, installation.alias):
        accepted += installation.saves(versions(raws, 2, of=3))
        eventually(lambda: installation.count("changes WHERE last_error LIKE '%%cluster_block_exception%%'") > 100)
        time.sleep(A_WHILE)
    accepted += installation.imports(raws)
    note("drained after", everything_is_right(installation, raws, accepted=accepted))
    assert worker.lives
