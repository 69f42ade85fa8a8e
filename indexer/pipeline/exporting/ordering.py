"""The order of an export, what was asked for, and the link by which its file can be fetched."""

import hashlib
import secrets

from sqlalchemy import Connection

from indexer.errors import OperatorError
from indexer.pipeline.exporting.request import ExportRequest
from indexer.settings import Settings
from indexer.store.exports import Export, create_export

_TOKEN_BYTES = 32


def order_export(
    connection: Connection, request: ExportRequest, mail_to: str | None, settings: Settings
) -> tuple[Export, str]:
    """Have an export written by the workers; returns it with the token of its link, which is not kept anywhere.

    Raises `OperatorError` where somebody is to be told by mail and no mail can be sent.
    """
    if mail_to is not None and (settings.smtp_url is None or settings.mail_from is None):
        raise OperatorError(
            "no mail can be sent", "set INDEXER_SMTP_URL and INDEXER_MAIL_FROM, or leave out the address"
        )
    token = new_token()
    said = request.model_dump(mode="json", by_alias=True)
    return create_export(connection, secrets.token_hex(8), said, hash_of(token), mail_to), token


def new_token() -> str:
    """What opens a link; only its hash is kept."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hash_of(token: str) -> bytes:
    """What is kept of a link's token; it is long and random, so that nothing slower is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def opens(export: Export, token: str) -> bool:
    """Whether the token is one of the export's; how long that takes tells nothing of either."""
    given = hash_of(token)
    return any(secrets.compare_digest(given, bytes(known)) for known in export.token_hashes)


def download_path(export_id: str, token: str) -> str:
    """Where the server has the file."""
    return f"/api/v1/exports/{export_id}/download?token={token}"


def link_of(settings: Settings, export_id: str, token: str) -> str:
    """The same as a link for people."""
    return settings.public_url.rstrip("/") + download_path(export_id, token)


def request_of(export: Export) -> ExportRequest:
    """What was asked for."""
    return ExportRequest.model_validate(export.request)
