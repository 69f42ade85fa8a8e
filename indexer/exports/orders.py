"""The order of an export, its request, and the link by which its file can be fetched."""

import hashlib
import secrets

from pydantic import ValidationError
from sqlalchemy import Connection

from indexer.errors import OperatorError, TooMany
from indexer.exports.message_pages import count_export
from indexer.exports.message_request import MESSAGES, AnyRequest, MessageExportRequest
from indexer.exports.request import ExportRequest
from indexer.reports import InvalidQuestion
from indexer.reports.invalid_question import fault
from indexer.settings import Settings
from indexer.store.entities.workspaces import has_workspace
from indexer.store.jobs.exports import (
    Export,
    count_unfinished,
    create_export,
    find_unfinished,
    hold_orders,
    ordered_with_mail,
)

_TOKEN_BYTES = 32


def order_export(
    connection: Connection, request: AnyRequest, mail_to: str | None, settings: Settings
) -> tuple[Export, str]:
    """Order an export from the workers; returns it with the token of its link, which is not stored anywhere.

    Raises `InvalidQuestion` if the workspace does not exist, a range has too many receipts or no mail may go to the
    address, `TooMany` if a limit is reached, and `OperatorError` if mail is asked for but cannot be sent.
    """
    if not has_workspace(connection, request.workspace):
        raise InvalidQuestion("workspace", f"there is no workspace {request.workspace!r}")
    hold_orders(connection)
    if count_unfinished(connection) >= settings.exports_waiting:
        raise TooMany(
            f"{settings.exports_waiting} exports wait to be written, which is the limit",
            "order it later, or cancel one of them; INDEXER_EXPORTS_WAITING sets the limit",
        )
    if isinstance(request, MessageExportRequest):
        _check_messages(connection, request)
    if mail_to is not None:
        _check_mail(connection, mail_to, settings)
    token = new_token()
    said = request.model_dump(mode="json", by_alias=True)
    return create_export(connection, secrets.token_hex(8), said, hash_of(token), mail_to), token


def _check_messages(connection: Connection, request: MessageExportRequest) -> None:
    """Refuse a second export of messages of one workspace at a time, and one that is too large.

    To count the receipts of one message takes reading many, so these are counted by the worker.
    """
    if (other := find_unfinished(connection, MESSAGES, request.workspace)) is not None:
        raise TooMany(
            f"export {other} of messages of workspace {request.workspace} is not finished, and there is one at a time",
            f"order it when that one is complete, or cancel it: indexer export cancel {other}",
        )
    if request.message is None and request.series is None:
        try:
            count_export(connection, request)
        except OperatorError as error:
            raise InvalidQuestion("to", f"{error}; {error.remedy}") from error


def check_recipient(address: str, settings: Settings) -> None:
    """Raise `InvalidQuestion` if mail about exports may not go to the address."""
    if not settings.may_mail(address):
        raise InvalidQuestion(
            "email",
            f"no mail is sent to {address.rpartition('@')[2]}; INDEXER_MAIL_DOMAINS names the domains that get mail; "
            "if it is not set, only the sender's domain does",
        )


def _check_mail(connection: Connection, address: str, settings: Settings) -> None:
    if settings.smtp_url is None or settings.mail_from is None:
        raise OperatorError(
            "no mail can be sent", "set INDEXER_SMTP_URL and INDEXER_MAIL_FROM, or leave out the address"
        )
    check_recipient(address, settings)
    if ordered_with_mail(connection, hours=1) >= settings.mail_per_hour:
        raise TooMany(
            f"{settings.mail_per_hour} exports were ordered with mail in the last hour, which is the limit",
            "order it without an address, or later; INDEXER_MAIL_PER_HOUR sets the limit",
        )


def new_token() -> str:
    """A new token for a link; only its hash is stored."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hash_of(token: str) -> bytes:
    """The stored hash of a link's token, which is long and random, so that no slower hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def opens(export: Export, token: str) -> bool:
    """Whether the token is one of the export's; the time that this takes reveals nothing about either."""
    given = hash_of(token)
    return any(secrets.compare_digest(given, bytes(known)) for known in export.token_hashes)


def download_path(export_id: str, token: str) -> str:
    """The path of the file on the server."""
    return f"/api/v1/exports/{export_id}/download?token={token}"


def link_of(settings: Settings, export_id: str, token: str) -> str:
    """The link to the file, for people."""
    return settings.public_url.rstrip("/") + download_path(export_id, token)


def request_of(export: Export) -> AnyRequest:
    """The request of an export; raises `OperatorError` if this release does not accept it any more."""
    try:
        if export.dataset == MESSAGES:
            return MessageExportRequest.model_validate(export.request)
        return ExportRequest.model_validate(export.request)
    except ValidationError as error:
        raise OperatorError(
            f"this release cannot write this export: {fault(error.errors()[0])}", "order it again"
        ) from error
