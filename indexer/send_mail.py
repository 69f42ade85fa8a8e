"""Handing a mail to the mail server of the settings."""

import contextlib
import smtplib
import ssl
from email.message import EmailMessage

from indexer.errors import OperatorError, RetryLater
from indexer.mail_server import MailServer
from indexer.settings import Settings

_SECONDS = 30
"""How long the server may take for each step."""


def expect_mail_settings(settings: Settings) -> tuple[MailServer, str]:
    """The mail server and the sender of mails; raises `OperatorError` if the settings do not name both."""
    if settings.smtp_url is None or settings.mail_from is None:
        raise OperatorError("no mail can be sent", "set INDEXER_SMTP_URL and INDEXER_MAIL_FROM")
    return MailServer.of(settings.smtp_url.get_secret_value()), settings.mail_from


def send_mail(settings: Settings, recipient: str, message: EmailMessage) -> None:
    """Hand one mail to one recipient to the mail server.

    Raises `RetryLater` when the server is away or says so (4xx), `OperatorError` when trying again would not help:
    settings that are missing, an invalid address, a mail or password that the server refuses (5xx).
    """
    server, _ = expect_mail_settings(settings)
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
