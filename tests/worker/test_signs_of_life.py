"""Signs of life of a process whose store does not answer."""

import contextlib
import socket
import time

import pytest
from sqlalchemy import create_engine

from indexer.settings import Settings
from indexer.store.database import open_store, upgrade
from indexer.store.signs import Sign, list_signs
from indexer.worker.signs_of_life import HOST, Signs
from tests.faults.waiting import eventually


def settings_at(url: str) -> Settings:
    return Settings.model_validate({"DATABASE_URL": url})


def signs_in(url: str) -> list[Sign]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        found = list_signs(connection)
    engine.dispose()
    return found


def test_a_store_that_takes_connections_and_says_nothing_does_not_keep_a_process_from_ending() -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as silent:
        signs = Signs(settings_at(f"postgresql://127.0.0.1:{silent.getsockname()[1]}/x"), "worker", ["live"], 1)
        signs.start()
        time.sleep(0.2)
        began = time.monotonic()
        signs.end()
        assert time.monotonic() - began < 5


def test_a_worker_does_not_fail_if_the_store_is_away() -> None:
    signs = Signs(settings_at("postgresql://127.0.0.1:1/x"), "worker", ["live"], 1)
    signs.begin()
    signs.start()
    signs.end()


@pytest.mark.services
def test_a_beat_that_stands_still_gives_no_more_signs(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.worker.signs_of_life.EVERY_SECONDS", 0.3)
    store = open_store(database_url)
    upgrade(store)
    store.dispose()
    signs = Signs(settings_at(database_url), "beat")
    signs.begin()
    signs.start()
    for _ in range(10):
        signs.move()
        time.sleep(0.1)
    [moving] = signs_in(database_url)
    assert (moving.role, moving.host, moving.alive) == ("beat", HOST, True)

    def stands_still() -> bool:
        [first] = signs_in(database_url)
        time.sleep(1)
        [second] = signs_in(database_url)
        return first.seen_at == second.seen_at

    eventually(stands_still)  # the last sign may be late
    signs.move()
    signs.end()
    assert signs_in(database_url)[0].ended_at is not None
