"""The e-mail that says that an export is ready, with the link to it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from indexer.errors import OperatorError
from indexer.mail_server import checked_address
from indexer.send_mail import expect_mail_settings, send_mail
from indexer.settings import Settings

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


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

    Raises what `send_mail` raises. A mail that is sent again has the same Message-ID.
    """
    _, sender = expect_mail_settings(settings)
    send_mail(settings, recipient, compose(ready, sender=sender, recipient=recipient, public_url=settings.public_url))


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
