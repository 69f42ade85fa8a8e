"""Signs of life in the store."""

import pytest
from sqlalchemy import Engine

from indexer.store.signs import SILENT_SECONDS, Process, begin_signs, end_signs, give_sign, list_signs, takers

pytestmark = pytest.mark.services

WORKER = Process("worker", "one", 7)
BEAT = Process("beat", "one", 8)


def test_a_process_is_alive_from_its_first_sign_until_it_says_that_it_ends(engine: Engine) -> None:
    with engine.begin() as connection:
        begin_signs(connection, WORKER, ["live"], 2)
        begin_signs(connection, BEAT)
    with engine.connect() as connection:
        assert {(sign.role, sign.alive) for sign in list_signs(connection)} == {("worker", True), ("beat", True)}
    with engine.begin() as connection:
        end_signs(connection, WORKER)
    with engine.connect() as connection:
        assert {(sign.role, sign.alive) for sign in list_signs(connection)} == {("worker", False), ("beat", True)}


def test_a_process_that_is_silent_for_too_long_is_taken_for_dead_until_it_speaks_again(engine: Engine) -> None:
    with engine.begin() as connection:
        begin_signs(connection, WORKER, ["live"], 2)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE signs SET seen_at = now() - make_interval(secs => %(seconds)s)", {"seconds": SILENT_SECONDS + 1}
        )
    with engine.connect() as connection:
        [sign] = list_signs(connection)
        assert not sign.alive
        assert sign.ended_at is None
    with engine.begin() as connection:
        assert give_sign(connection, WORKER)
    with engine.connect() as connection:
        assert list_signs(connection)[0].alive


def test_an_unknown_process_has_to_begin_its_signs_again(engine: Engine) -> None:
    with engine.begin() as connection:
        assert not give_sign(connection, WORKER)


def test_a_worker_takes_from_its_own_queues_only_and_a_beat_from_none(engine: Engine) -> None:
    with engine.begin() as connection:
        begin_signs(connection, WORKER, ["live", "maintenance"], 2)
        begin_signs(connection, BEAT)
    with engine.connect() as connection:
        signs = list_signs(connection)
    assert [sign.pid for sign in takers(signs, "live")] == [7]
    assert takers(signs, "backfill") == []


def test_processes_of_long_ago_are_forgotten_and_the_last_one_is_first(engine: Engine) -> None:
    with engine.begin() as connection:
        begin_signs(connection, WORKER)
        connection.exec_driver_sql("UPDATE signs SET seen_at = now() - interval '40 days'")
        begin_signs(connection, Process("worker", "two", 9))
        begin_signs(connection, BEAT)
        connection.exec_driver_sql("UPDATE signs SET seen_at = now() - interval '1 minute' WHERE role = 'beat'")
    with engine.connect() as connection:
        assert [sign.pid for sign in list_signs(connection)] == [9, 8]
