"""The mails of subscriptions and alerts: plain text, perhaps HTML beside it, perhaps drawings as files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from indexer.reports import InvalidQuestion
from indexer.send_mail import expect_mail_settings, send_mail
from indexer.settings import Settings

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""Defects of the program. One that concerns one subscription or alert keeps none of the others back."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says. `drawings` are SVG files with their names."""

    subject: str
    text: str
    html: str | None = None
    drawings: Sequence[tuple[str, bytes]] = ()


def check_mail(address: str, settings: Settings) -> None:
    """Raise `InvalidQuestion` if no mail may go to the address, and `OperatorError` if no mail can be sent at all."""
    expect_mail_settings(settings)
    if not settings.may_mail(address):
        raise InvalidQuestion(
            "to",
            f"no mail is sent to {address.rpartition('@')[2]}; INDEXER_MAIL_DOMAINS names the domains that get mail; "
            "if it is not set, only the sender's domain does",
        )


def compose_letter(settings: Settings, recipient: str, letter: Letter, key: str) -> EmailMessage:
    """The mail; those with the same `key` have the same Message-ID, by which a mail program can drop the second."""
    _, sender = expect_mail_settings(settings)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _CONTROL.sub(" ", letter.subject)  # the name of an old workspace may have line breaks
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = datetime.now(UTC)
    host = urlsplit(settings.public_url).hostname
    message["Message-ID"] = f"<{sha256(key.encode()).hexdigest()[:32]}@{host}>"
    message["Auto-Submitted"] = "auto-generated"  # keeps out-of-office replies away, RFC 3834
    message.set_content(letter.text)
    if letter.html is not None:
        message.add_alternative(letter.html, subtype="html")
    for name, drawing in letter.drawings:
        message.add_attachment(drawing, maintype="image", subtype="svg+xml", filename=name)
    return message


def send_letter(settings: Settings, recipient: str, letter: Letter, key: str) -> None:
    """Hand the mail to the mail server; raises what `check_mail` and `send_mail` raise."""
    check_mail(recipient, settings)
    send_mail(settings, recipient, compose_letter(settings, recipient, letter, key))


def local_minute(at: datetime, zone: ZoneInfo) -> str:
    """A moment by the clocks of a zone, which is named: `Mon 30 November 2026, 08:00 (Europe/Dublin)`."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%B %Y, %H:%M} ({zone.key})"
