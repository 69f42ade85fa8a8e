"""The options and outputs that `indexer user` and `indexer token` share."""

import getpass
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

ScopesOption = Annotated[
    list[str],
    typer.Option(
        "--scope",
        metavar="SCOPE[=WORKSPACE]",
        help="reports:read, records:read, ingest or operate, for one workspace or, without it, for every workspace. "
        "Repeat the option for more.",
    ),
]


def actor() -> str:
    """The actor of commands in the audit log, such as `command line (ann)`: the account of the operating system."""
    try:
        return f"command line ({getpass.getuser()})"
    except (KeyError, OSError):
        return "command line"


def record(connection: "Connection", action: str, target: str, details: Mapping[str, Any] | None = None) -> None:
    """Add an action of this command to the audit log."""
    from indexer.store.access.audit_log import record_action

    record_action(connection, actor(), action, target=target, details=details)
