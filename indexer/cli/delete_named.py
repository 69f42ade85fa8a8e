"""Deleting an object of a workspace that has a name: a view, a segment, a subscription, an alert."""

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection


def delete_named(
    kind: str,
    workspace: str,
    name: str,
    delete: "Callable[[Connection, str, str], Any]",
    *,
    yes: bool,
    dry_run: bool,
) -> None:
    """Ask first unless told not to, delete the object of that name, and say so.

    `kind` is the word for it, such as `view`; its action in the audit log is `view_deleted`. `delete` takes the
    connection, the workspace and the name, and raises `OperatorError` if the object cannot be deleted.
    """
    from indexer.cli.audited import record
    from indexer.connections import connected

    if not (yes or dry_run):
        typer.confirm(f"Delete the {kind} {name} of {workspace}?", abort=True)
    with connected() as here, here.store.connect() as connection:
        delete(connection, workspace, name)
        record(connection, f"{kind}_deleted", workspace=workspace, target=name)
        if not dry_run:
            connection.commit()
    typer.echo(f"{'would delete' if dry_run else 'deleted'} the {kind} {name}")
