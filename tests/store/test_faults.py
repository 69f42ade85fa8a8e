"""The cause of an error of PostgreSQL, by the server's real answers."""

import random
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from indexer.datasets.dataset import Incoming
from indexer.store.database import failure_of, open_store
from indexer.store.entities.conversations import save_conversations
from indexer.store.faults import Fault, fault_of, is_outage, words_of


def saves(conversation: Incoming) -> Callable[[Engine], None]:
    def act(engine: Engine) -> None:
        with engine.begin() as connection:
            save_conversations(connection, "w", [conversation])

    return act


def says(*statements: str) -> Callable[[Engine], None]:
    def act(engine: Engine) -> None:
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    return act


def random_text(length: int) -> str:
    """A text that PostgreSQL cannot make shorter."""
    dice = random.Random(7)
    return "".join(dice.choices("0123456789abcdefghijklmnopqrstuvwxyz", k=length))


FAULTS = {
    "a key that no index entry holds": (saves(Incoming(random_text(5_300), b"{}", 1, 1)), Fault.VALUE),
    "a contact that no index entry holds": (
        saves(Incoming("1", b"{}", 1, 1, (random_text(5_300),))),
        Fault.VALUE,
    ),
    "a number that no column holds": (saves(Incoming("1", b"{}", 1, 1 << 63)), Fault.VALUE),
    "a NUL, which the driver refuses": (saves(Incoming("\0", b"{}", 1, 1)), Fault.VALUE),
    "a row that is there": (
        says("INSERT INTO drain_stops SELECT 'd', now(), '', '' FROM generate_series(1, 2)"),
        Fault.VALUE,
    ),
    "a table that is not there": (says("SELECT FROM nothing_of_this_name"), Fault.STATEMENT),
    "words that are no SQL": (says("SELEKT 1"), Fault.STATEMENT),
    "one row twice": (
        says(
            "INSERT INTO drain_stops SELECT 'd', now(), '', '' FROM generate_series(1, 2) "
            "ON CONFLICT (dataset) DO UPDATE SET reason = ''"
        ),
        Fault.STATEMENT,
    ),
    "a connection that is ended": (says("SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1"), Fault.AWAY),
    "a statement that takes too long": (says("SET LOCAL statement_timeout = 1", "SELECT pg_sleep(9)"), Fault.AWAY),
    "a server that only reads": (says("SET TRANSACTION READ ONLY", "DELETE FROM changes"), Fault.AWAY),
    "a disk that is full": (
        says("DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$"),
        Fault.NO_ROOM,
    ),
    "a file that may not grow": (
        says("DO $$ BEGIN RAISE EXCEPTION 'could not extend file \"base/1\"'; END $$"),
        Fault.NO_ROOM,
    ),
    "too many connections": (
        says("DO $$ BEGIN RAISE EXCEPTION 'too many' USING ERRCODE = '53300'; END $$"),
        Fault.AWAY,
    ),
    "a deadlock": (says("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$"), Fault.AWAY),
}


@pytest.mark.services
@pytest.mark.parametrize("name", FAULTS)
def test_the_fault_is_where_the_server_says(engine: Engine, name: str) -> None:
    act, fault = FAULTS[name]
    with pytest.raises(DBAPIError) as raised:
        act(engine)
    assert fault_of(raised.value) is fault
    assert is_outage(raised.value) is (fault in (Fault.AWAY, Fault.NO_ROOM))
    told = failure_of(raised.value)
    assert (told is None) is (fault in (Fault.VALUE, Fault.STATEMENT))
    assert told is None or ("is out of space" in str(told)) is (fault is Fault.NO_ROOM)
    assert "\n" not in words_of(raised.value)


@pytest.mark.services
@pytest.mark.parametrize(
    "statement",
    ["SELECT %(given)s::int", "SELECT %(given)s::timestamptz", "SELECT %(given)s::jsonb", "SELECT %(given)s::uuid"],
)
def test_neither_the_words_nor_the_error_have_the_value_at_fault(engine: Engine, statement: str) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError) as raised:
        connection.exec_driver_sql(statement, {"given": "s3cret"})
    assert "s3cret" not in words_of(raised.value)
    assert "parameters hidden" in str(raised.value)


@pytest.mark.services
def test_a_server_that_is_gone_is_an_outage(engine: Engine) -> None:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    store = open_store(url)
    with store.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with engine.begin() as other:
            other.exec_driver_sql("SELECT pg_terminate_backend(%(pid)s, 30000)", {"pid": pid})
        with pytest.raises(DBAPIError) as raised:
            connection.exec_driver_sql("SELECT 1")
        connection.invalidate()
    assert fault_of(raised.value) is Fault.AWAY
    store.dispose()
