"""A PostgreSQL that hangs, or takes too long, does not hold up a reader."""

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from indexer.errors import ServiceUnavailable
from indexer.store.database import failure_of, open_store
from indexer.store.faults import Fault, fault_of
from tests.tcp_proxy import TcpProxy

pytestmark = pytest.mark.services


def test_a_statement_that_takes_too_long_is_an_outage_and_the_next_one_is_answered(empty_store_url: str) -> None:
    store = open_store(empty_store_url, answer_seconds=1)
    with store.connect() as connection, pytest.raises(DBAPIError, match="no answer within 1 s") as failed:
        connection.exec_driver_sql("SELECT pg_sleep(600)")
    assert failed.value.connection_invalidated
    assert fault_of(failed.value) is Fault.AWAY
    with store.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    store.dispose()


def test_a_connection_that_hangs_is_given_up_and_the_next_one_works(empty_store_url: str) -> None:
    with TcpProxy(empty_store_url) as between:
        store = open_store(between.url, answer_seconds=1)
        with store.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
            between.hang()
            with pytest.raises(DBAPIError, match="no answer within 1 s"):
                connection.exec_driver_sql("SELECT 2")
        with pytest.raises(DBAPIError):
            store.connect()
        between.heal()
        with store.connect() as connection:
            assert connection.exec_driver_sql("SELECT 3").scalar() == 3
        store.dispose()


def test_a_server_that_accepts_and_never_answers_cannot_be_used(empty_store_url: str) -> None:
    with TcpProxy(empty_store_url) as between:
        between.hang()
        with pytest.raises(ServiceUnavailable, match="cannot be used"):
            open_store(between.url, answer_seconds=1)


def test_connections_that_are_all_in_use_are_an_outage_to_those_who_wait(empty_store_url: str) -> None:
    store = open_store(empty_store_url, answer_seconds=0.2)
    taken = [store.connect() for _ in range(15)]
    with pytest.raises(PoolTimeout) as failed:
        store.connect()
    assert "in use" in str(failure_of(failed.value))
    for connection in taken:
        connection.close()
    store.dispose()
