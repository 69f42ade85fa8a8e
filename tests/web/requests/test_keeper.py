"""The one client of a service: made once, kept, looked after when a request has failed."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from indexer.errors import OperatorError, ServiceUnavailable
from indexer.services import Service
from indexer.settings import Settings
from indexer.web.requests.keeper import Keeper
from tests.faults.waiting import eventually

SETTINGS = Settings.model_validate({"ELASTICSEARCH_URL": "http://127.0.0.1:1"})
MANY = 40


def keeper(connect: "Connector") -> Keeper[object]:
    return Keeper(SETTINGS, Service.ELASTICSEARCH, connect.connect, connect.check)


class Connector:
    """Connects when it is let, and counts."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.failure: Exception | None = None
        self.connects = 0
        self.checks = 0

    def connect(self, url: str) -> object:
        assert url == "http://127.0.0.1:1"
        self.connects += 1
        self._go_on()
        return object()

    def check(self, _: object) -> None:
        self.checks += 1
        self._go_on()

    def _go_on(self) -> None:
        assert self.may_go_on.wait(60)
        if self.failure is not None:
            raise self.failure


def test_all_threads_share_a_client_that_is_made_once() -> None:
    connector = Connector()
    kept = keeper(connector)
    with ThreadPoolExecutor(MANY) as threads:
        found = list(threads.map(lambda _: kept.get(), range(MANY)))
    assert len(set(map(id, found))) == 1
    assert connector.connects == 1


def test_while_one_request_connects_the_others_are_told_so_and_do_not_wait_for_it() -> None:
    connector = Connector()
    connector.may_go_on.clear()
    kept = keeper(connector)
    with ThreadPoolExecutor(MANY) as threads:
        first = threads.submit(kept.get)
        eventually(lambda: connector.connects == 1)
        others = [threads.submit(kept.get) for _ in range(MANY - 1)]
        for other in others:
            with pytest.raises(ServiceUnavailable, match="is connecting to Elasticsearch"):
                other.result(timeout=60)
        connector.may_go_on.set()
        assert first.result(timeout=60) is kept.get()
    assert connector.connects == 1


def test_a_failure_is_remembered_for_a_while_and_then_connecting_is_tried_again() -> None:
    connector = Connector()
    connector.failure = ServiceUnavailable("nothing answers", "start it")
    kept = keeper(connector)
    for _ in range(MANY):
        with pytest.raises(ServiceUnavailable, match="nothing answers") as failed:
            kept.get()
        assert failed.value.remedy == "start it"
    assert connector.connects < MANY
    connector.failure = None
    eventually(lambda: _can_be_used(kept))


def test_a_client_outlives_the_failures_of_its_requests() -> None:
    connector = Connector()
    kept = keeper(connector)
    client = kept.get()
    kept.doubt()
    connector.failure = ServiceUnavailable("away", "")
    with pytest.raises(ServiceUnavailable):
        kept.get()
    connector.failure = None
    eventually(lambda: _can_be_used(kept))
    assert kept.get() is client
    assert connector.connects == 1
    assert connector.checks >= 2


def test_all_waiting_requests_get_a_defect_and_it_is_not_remembered() -> None:
    connector = Connector()
    connector.failure = KeyError("a defect")
    kept = keeper(connector)
    with pytest.raises(KeyError):
        kept.get()
    connector.failure = None
    assert kept.get() is kept.client


def _can_be_used(kept: Keeper[object]) -> bool:
    try:
        kept.get()
    except OperatorError:
        return False
    return True
