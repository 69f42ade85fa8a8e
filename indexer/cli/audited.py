"""The audit log of commands: what the person at the command line has changed or exported."""

import getpass
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from indexer.exports.message_request import AnyRequest


def actor() -> str:
    """The actor of commands in the audit log, such as `command line (ann)`: the account of the operating system."""
    try:
        return f"command line ({getpass.getuser()})"
    except (KeyError, OSError):
        return "command line"


def record(
    connection: "Connection",
    action: str,
    *,
    workspace: str | None = None,
    target: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an action of this command to the audit log, in the transaction of the connection."""
    from indexer.store.access.audit_log import record_action

    record_action(connection, actor(), action, workspace_id=workspace, target=target, details=details)


def record_export(store: "Engine", request: "AnyRequest", rows: int) -> None:
    """Add an export that this command has written to the audit log."""
    details = {"asked": said_by(request), "rows": rows}
    with store.begin() as connection:
        record(connection, "export_written", workspace=request.workspace, details=details)


def said_by(request: "AnyRequest") -> dict[str, Any]:
    """The request of an export without its defaults, by the names of the API."""
    return request.model_dump(mode="json", by_alias=True, exclude={"workspace"}, exclude_defaults=True)
