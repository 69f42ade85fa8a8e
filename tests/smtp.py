"""A real SMTP server on a free port of this machine, which keeps what it is given."""

import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "reports@example.com", "p@ss:w/rd %"


@dataclass
class Mailbox:
    """What the server was given, and what it says to each step of a mail (what is empty, it accepts)."""

    to_sender: str = ""
    to_recipient: str = ""
    to_message: str = ""
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - the names are aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.to_sender or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.to_recipient or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.to_message:
            return self.to_message
        self.mails.append(cast("EmailMessage", message_from_bytes(cast("bytes", envelope.content), policy=default)))
        self.recipients.append(envelope.rcpt_tos)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
    ) -> AuthResult:
        assert isinstance(auth_data, LoginPassword)
        self.users.append(auth_data.login.decode())
        return AuthResult(success=auth_data == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)


class _OnAnyPort(Controller):
    """A controller whose first client, with which it sees whether it runs, knows what port 0 became."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(mailbox: Mailbox, **options: Any) -> Iterator[Mailbox]:
    """`mailbox` while its server runs; options are those of aiosmtpd's controller."""
    with warnings.catch_warnings():
        # Said at each connection by a server that takes passwords without TLS, which some tests are about.
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS", UserWarning)
        controller = _OnAnyPort(mailbox, hostname="127.0.0.1", port=0, **options)
        controller.start()
        try:
            mailbox.port = controller.port
            yield mailbox
        finally:
            controller.stop()


def certificate(folder: Path) -> tuple[Path, SSLContext]:
    """A certificate for 127.0.0.1 made by the command `openssl`, and a server's context with it."""
    key, made = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)]
    subprocess.run([*command, *names], check=True, capture_output=True)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return made, context
