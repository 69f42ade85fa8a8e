import socket
import struct
import threading
from urllib.parse import urlsplit

import psycopg
import pytest

from indexer.embedded import supervisor
from indexer.embedded.service import Service
from indexer.errors import OperatorError
from indexer.settings import Settings
from tests.embedded.helpers import kill, up

pytestmark = pytest.mark.services


def test_a_killed_postgresql_comes_back_with_its_data(settings: Settings) -> None:
    [before] = up(settings, Service.POSTGRESQL)
    with psycopg.connect(before.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    kill(before)

    [after] = up(settings, Service.POSTGRESQL)

    assert after.url == before.url
    with psycopg.connect(after.url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchall() == [(42,)]


def test_data_of_another_postgresql_is_refused(settings: Settings) -> None:
    [record] = up(settings, Service.POSTGRESQL)
    supervisor.stop(settings)
    (record.log.parent / "data" / "PG_VERSION").write_text("16\n")

    with pytest.raises(OperatorError, match="holds data of PostgreSQL 16"):
        up(settings, Service.POSTGRESQL)


def test_a_pid_file_whose_pid_is_another_programs_is_forgotten(settings: Settings) -> None:
    """As after a reboot, when a small number comes round again; PostgreSQL alone would refuse to start."""
    [record] = up(settings, Service.POSTGRESQL)
    pid_file = record.log.parent / "data" / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    kill(record)
    [other] = up(settings, Service.REDIS)
    pid_file.write_text("\n".join([str(other.pid), *lines[1:]]))

    [after] = up(settings, Service.POSTGRESQL)

    assert after.alive


def test_a_program_on_its_port_that_asks_for_the_password_in_clear_gets_none(settings: Settings) -> None:
    [record] = up(settings, Service.POSTGRESQL)
    address = urlsplit(record.url)
    answers: list[bytes] = []

    def ask_for_the_password(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1024)
            connection.sendall(b"R" + struct.pack("!II", 8, 3))
            answers.append(connection.recv(1024))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        asking = threading.Thread(target=ask_for_the_password, args=(listener,))
        asking.start()
        url = record.url.replace(f":{address.port}/", f":{listener.getsockname()[1]}/")
        with pytest.raises(psycopg.OperationalError, match="requested a cleartext password"):
            psycopg.connect(f"{url}{'&' if address.query else '?'}sslmode=disable&gssencmode=disable")
        asking.join(timeout=30)

    assert answers == [b""]
