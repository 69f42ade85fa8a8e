import socket
import threading
from collections.abc import Iterator

import pytest

from indexer.embedded import ports
from indexer.embedded.ports import free_port
from indexer.errors import OperatorError


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_found_free_can_be_bound() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))


def test_the_preferred_port_is_kept_while_no_program_listens_on_it() -> None:
    port = free_port()

    assert free_port(preferred=port) == port


def test_a_preferred_port_that_another_program_keeps_is_given_up(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_PATIENCE", 0.1)

    assert free_port(preferred=taken) != taken


def test_a_preferred_port_is_waited_for_while_it_comes_free() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        ending = threading.Timer(0.2, listener.close)
        ending.start()

        assert free_port(preferred=port) == port
        ending.join()


def test_ports_lie_below_the_ranges_that_outgoing_connections_use() -> None:
    assert all(20000 <= free_port() < 30000 for _ in range(20))


def test_no_free_port_is_a_message(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_RANGE", range(taken, taken + 1))
    monkeypatch.setattr(ports, "_TRIES", 1)

    with pytest.raises(OperatorError, match="no free port") as caught:
        free_port()
    assert "DATABASE_URL" in caught.value.remedy
