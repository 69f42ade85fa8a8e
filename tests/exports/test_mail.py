"""The mail with an export's link, as real SMTP servers are given it and as they refuse it."""

import shutil
import socket
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from ssl import SSLContext
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from indexer.errors import OperatorError, RetryLater
from indexer.exports.mail import Ready, send_link
from indexer.settings import Settings
from tests.smtp import PASSWORD, USER, Mailbox, certificate, serving

READY = Ready(
    id="7f3a",
    what="conversations",
    workspace="Überall & Söhne",
    days="2024-03-01 to 2024-03-31",
    time_zone="Europe/Berlin",
    facts=("Message threads created: 2024-03-01 to 2024-03-31 (Europe/Berlin)", "Rows: 1,234,567"),
    path="/api/v1/exports/7f3a/file?token=" + "a1B2" * 16,
    until=datetime(2024, 4, 8, 22, 30, tzinfo=UTC),
)
CREDENTIALS = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@"


def _settings(port: int, *, scheme: str = "smtp", credentials: str = "", host: str = "127.0.0.1") -> Settings:
    return Settings(
        smtp_url=SecretStr(f"{scheme}://{credentials}{host}:{port}"),
        mail_from="reports@example.com",
        public_url="https://reports.example.com/app/",
    )


def test_the_mail_says_what_was_exported_and_where_it_is() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    with serving(Mailbox()) as mailbox:
        send_link(_settings(mailbox.port), "ann@example.org", READY)
    (mail,) = mailbox.mails
    assert mailbox.recipients == [["ann@example.org"]]
    assert mail["Subject"] == "Export of conversations, Überall & Söhne, 2024-03-01 to 2024-03-31"
    assert (mail["From"], mail["To"]) == ("reports@example.com", "ann@example.org")
    assert mail["Message-ID"] == "<export-7f3a@reports.example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert before <= parsedate_to_datetime(mail["Date"]) <= datetime.now(UTC)
    assert mail.get_content_type() == "text/plain"
    lines = mail.get_content().splitlines()
    assert "Workspace: Überall & Söhne" in lines
    assert "Message threads created: 2024-03-01 to 2024-03-31 (Europe/Berlin)" in lines
    assert "Rows: 1,234,567" in lines
    assert f"Download: https://reports.example.com/app{READY.path}" in lines
    assert "The link works until 2024-04-09 00:30 CEST, and anybody who has it can download the file." in lines


def test_a_long_name_of_a_workspace_arrives_in_full() -> None:
    named = replace(READY, workspace="ein sehr langer Name für Söhne " * 20 + ".")
    with serving(Mailbox()) as mailbox:
        send_link(_settings(mailbox.port), "ann@example.org", named)
    assert named.workspace in mailbox.mails[0]["Subject"]
    assert named.workspace in mailbox.mails[0].get_content()


def test_a_password_with_special_characters_lets_in() -> None:
    with serving(mailbox := Mailbox(), authenticator=mailbox.authenticate, auth_required=True, auth_require_tls=False):
        send_link(_settings(mailbox.port, credentials=CREDENTIALS), "ann@example.org", READY)
    assert len(mailbox.mails) == 1
    assert set(mailbox.users) == {USER}


def test_a_wrong_password_is_not_tried_again() -> None:
    with (
        serving(mailbox := Mailbox(), authenticator=mailbox.authenticate, auth_required=True, auth_require_tls=False),
        pytest.raises(OperatorError, match=r"does not accept the password: 535 .*invalid") as refused,
    ):
        send_link(_settings(mailbox.port, credentials="ann:wrong-one@"), "ann@example.org", READY)
    assert "wrong-one" not in str(refused.value)
    assert mailbox.mails == []


def test_a_server_that_wants_a_password_refuses_a_mail_without() -> None:
    with (
        serving(mailbox := Mailbox(), authenticator=mailbox.authenticate, auth_required=True, auth_require_tls=False),
        pytest.raises(OperatorError, match=r"does not accept the mail: 530 .*Authentication required"),
    ):
        send_link(_settings(mailbox.port), "ann@example.org", READY)


def test_no_password_leaves_this_machine_without_tls() -> None:
    # 127.1 leads here as well, but does not say so.
    with (
        serving(mailbox := Mailbox(), authenticator=mailbox.authenticate, auth_required=True, auth_require_tls=False),
        pytest.raises(OperatorError, match="no TLS, without which no password is sent"),
    ):
        send_link(_settings(mailbox.port, credentials=CREDENTIALS, host="127.1"), "ann@example.org", READY)
    assert mailbox.users == []


@pytest.mark.parametrize("step", ["to_sender", "to_recipient", "to_message"])
@pytest.mark.parametrize("answer", ["550 5.1.1 nobody of that name", "554 5.7.1 not from you"])
def test_a_final_refusal_is_reported_in_the_words_of_the_server(step: str, answer: str) -> None:
    with serving(Mailbox(**{step: answer})) as mailbox, pytest.raises(OperatorError) as refused:
        send_link(_settings(mailbox.port), "ann@example.org", READY)
    assert answer in str(refused.value)
    assert mailbox.mails == []


@pytest.mark.parametrize("step", ["to_sender", "to_recipient", "to_message"])
@pytest.mark.parametrize("answer", ["421 4.3.2 closing down", "450 4.2.0 greylisted", "451 4.3.0 try again"])
def test_a_mail_that_a_busy_server_refuses_is_tried_later(step: str, answer: str) -> None:
    with serving(Mailbox(**{step: answer})) as mailbox:
        with pytest.raises(RetryLater, match=answer):
            send_link(_settings(mailbox.port), "ann@example.org", READY)
        setattr(mailbox, step, "")
        send_link(_settings(mailbox.port), "ann@example.org", READY)
    assert len(mailbox.mails) == 1


def test_a_server_that_is_away_is_tried_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # taken, and nobody listens
        with pytest.raises(RetryLater, match="cannot be reached"):
            send_link(_settings(taken.getsockname()[1]), "ann@example.org", READY)


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SSLContext:
    if shutil.which("openssl") is None:
        pytest.skip("needs the command openssl")
    made, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    return context


def test_tls_is_begun_if_the_server_offers_it(tls: SSLContext) -> None:
    with serving(mailbox := Mailbox(), tls_context=tls, authenticator=mailbox.authenticate, auth_required=True):
        send_link(_settings(mailbox.port, credentials=CREDENTIALS), "ann@example.org", READY)
    assert mailbox.encrypted == [True]
    assert set(mailbox.users) == {USER}


def test_tls_begins_with_the_first_byte_if_the_url_says_so(tls: SSLContext) -> None:
    with serving(Mailbox(), ssl_context=tls) as mailbox:
        send_link(_settings(mailbox.port, scheme="smtps"), "ann@example.org", READY)
    assert len(mailbox.mails) == 1


def test_an_untrusted_certificate_ends_the_delivery(tls: SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with (
        serving(mailbox := Mailbox(), tls_context=tls),
        pytest.raises(OperatorError, match="certificate verify failed"),
    ):
        send_link(_settings(mailbox.port, credentials=CREDENTIALS), "ann@example.org", READY)
    assert mailbox.users == mailbox.mails == []


@pytest.mark.parametrize(
    "recipient",
    ["", "ann", "ann@example.org\r\nBcc: bob@example.org", "ann@example.org\n", "ann@example.org,bob@example.org",
     "ann@example.org bob@example.org", "Ann <ann@example.org>", "änn@example.org", "a@" + "b" * 260],
)  # fmt: skip
def test_only_one_address_is_a_recipient(recipient: str) -> None:
    with serving(Mailbox()) as mailbox, pytest.raises(OperatorError, match="one e-mail address"):
        send_link(_settings(mailbox.port), recipient, READY)
    assert mailbox.recipients == []


@pytest.mark.parametrize("control", ["\r\nBcc: bob@example.org", "\n", "\r", "\x00", "\x85", "\u2028"])
def test_a_workspace_adds_no_line_to_a_mail(control: str) -> None:
    broken = replace(READY, workspace=f"name{control}name")
    with serving(Mailbox()) as mailbox, pytest.raises(OperatorError, match="control character"):
        send_link(_settings(mailbox.port), "ann@example.org", broken)
    assert mailbox.recipients == []


def test_without_settings_nothing_is_sent_and_the_error_names_them() -> None:
    with pytest.raises(OperatorError) as refused:
        send_link(Settings(), "ann@example.org", READY)
    assert refused.value.remedy == "set INDEXER_SMTP_URL and INDEXER_MAIL_FROM"
