"""Settings of mail are checked when they are read, and no error tells a password."""

from collections.abc import Iterator

import pytest

from indexer.errors import OperatorError
from indexer.mail_server import MailServer
from indexer.settings import settings


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", MailServer("mail.example.com", 587, encrypted=False, user=None, password=None)),
        ("smtps://mail.example.com/", MailServer("mail.example.com", 465, encrypted=True, user=None, password=None)),
        (
            "smtp://a%40b:c%3Ad%2F@127.0.0.1:25",
            MailServer("127.0.0.1", 25, encrypted=False, user="a@b", password="c:d/"),
        ),
        ("smtp://[::1]:2525", MailServer("::1", 2525, encrypted=False, user=None, password=None)),
    ],
)
def test_a_url_names_a_server(url: str, server: MailServer) -> None:
    assert MailServer.of(url) == server


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("smtp_url", "mail.example.com:587"),
        ("smtp_url", "http://ann:secret-one@mail.example.com"),
        ("smtp_url", "smtp://ann:secret-one@mail.example.com:port"),
        ("smtp_url", "smtp://ann:secret-one/with@mail.example.com"),
        ("smtp_url", "smtp://secret-one@mail.example.com"),
        ("smtp_url", "smtp://"),
        ("mail_from", "Reports <reports@example.com>"),
        ("mail_from", "reports@example.com\r\nBcc: bob@example.com"),
        ("public_url", "reports.example.com"),
        ("public_url", "https://"),
        ("public_url", "https://reports.example.com/?a=b"),
        ("public_url", "https://reports.example.com/a b"),
    ],
)
def test_a_wrong_setting_is_named_without_a_password(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"INDEXER_{name.upper()}", value)
    with pytest.raises(OperatorError, match=f"INDEXER_{name.upper()}.*: .*must ") as wrong:
        settings()
    assert "secret-one" not in f"{wrong.value} {wrong.value.__cause__}"


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.0.0.9", True), ("[::1]", True), ("127.1", False), ("mail.example.com", False)],
)
def test_only_loopback_is_this_machine(host: str, here: bool) -> None:
    assert MailServer.of(f"smtp://{host}").is_here is here
