"""The e-mail that says that an export is ready, with the link to it."""

import contextlib
import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from indexer.errors import OperatorError, RetryLater
from indexer.mail_server import MailServer, checked_address
from indexer.settings import Settings

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SECONDS = 30
"""How long the server may take for each step."""


@dataclass(frozen=True, slots=True)
class Ready:
    """An export that can be downloaded."""

    id: str
    what: str
    """What was exported, in a word: conversations, messages."""
    workspace: str
    days: str
    time_zone: str
    facts: tuple[str, ...]
    """Lines about the content."""
    path: str | None
    """The address of the file below the public one: `/api/v1/…`, with the token of the link; None without data."""
    until: datetime
    """When the link expires; with a zone."""


def send_link(settings: Settings, recipient: str, ready: Ready) -> None:
    """Hand one mail about `ready` to the mail server.

    Raises `RetryLater` when the server is away or says so (4xx), `OperatorError` when trying again would not help:
    settings that are missing, an invalid address, a mail or password that the server refuses (5xx). A mail that
    is sent again has the same Message-ID.
    """
    if settings.smtp_url is None or settings.mail_from is None:
        raise OperatorError("no mail can be sent", "set INDEXER_SMTP_URL and INDEXER_MAIL_FROM")
    message = compose(ready, sender=settings.mail_from, recipient=recipient, public_url=settings.public_url)
    server = MailServer.of(settings.smtp_url.get_secret_value())
    place = f"the mail server {server.host}:{server.port}"
    try:
        _hand_in(server, message)
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(f"{place} does not accept mail for {recipient}", *error.recipients[recipient]) from error
    except smtplib.SMTPAuthenticationError as error:
        raise _refusal(f"{place} does not accept the password", error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(f"{place} does not accept the mail", error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
        raise OperatorError(f"{place} cannot be used: {error}", "correct INDEXER_SMTP_URL") from error
    except OSError as error:  # which SMTPServerDisconnected and time-outs are too
        raise RetryLater(f"{place} cannot be reached: {error}") from error


def compose(ready: Ready, *, sender: str, recipient: str, public_url: str) -> EmailMessage:
    """The mail; raises `OperatorError` if a recipient or a workspace does not fit into one."""
    try:
        checked_address(recipient)
    except ValueError as error:
        raise OperatorError(f"the recipient {error}", "give another address") from error
    if _CONTROL.search(ready.workspace):
        raise OperatorError(
            "the workspace's name has a control character, which a mail must not have",
            "download the file without a mail",
        )
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"Export of {ready.what}, {ready.workspace}, {ready.days}"
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = f"<export-{ready.id}@{urlsplit(public_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"  # keeps out-of-office replies away, RFC 3834
    facts = "\n".join([f"Workspace: {ready.workspace}", *ready.facts])
    if ready.path is None:
        message.set_content(f"The export of {ready.what} is empty: there is no data for it.\n\n{facts}\n")
        return message
    message.set_content(
        f"The export of {ready.what} is ready.\n\n"
        f"{facts}\n\n"
        f"Download: {public_url.rstrip('/')}{ready.path}\n\n"
        f"The link works until {ready.until.astimezone(ZoneInfo(ready.time_zone)):%Y-%m-%d %H:%M %Z}, "
        f"and anybody who has it can download the file.\n"
    )
    return message


def _hand_in(server: MailServer, message: EmailMessage) -> None:
    context = ssl.create_default_context()
    connection = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=_SECONDS, context=context)
        if server.encrypted
        else smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
    )
    try:
        connection.ehlo_or_helo_if_needed()
        encrypted = server.encrypted
        if not encrypted and connection.has_extn("starttls"):
            connection.starttls(context=context)
            encrypted = True
        if server.user is not None and server.password is not None:
            if not encrypted and not server.is_here:
                raise smtplib.SMTPNotSupportedError("it offers no TLS, without which no password is sent")
            connection.login(server.user, server.password)
        connection.send_message(message)
        with contextlib.suppress(OSError):  # the mail is accepted: nothing from here on may cause a second one
            connection.quit()
    finally:
        connection.close()


def _refusal(what: str, code: int, words: bytes | str) -> OperatorError | RetryLater:
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    if 500 <= code < 600:
        return OperatorError(f"{what}: {code} {said}", "correct the address or INDEXER_SMTP_URL")
    return RetryLater(f"{what} now: {code} {said}")
