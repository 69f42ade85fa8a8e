"""Changing an object of a workspace that has a name: a view, a segment, a subscription, an alert."""

from typing import TYPE_CHECKING, Any, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection


def change_named(
    kind: str,
    workspace: str,
    name: str,
    verb: Literal["delete", "pause", "resume"],
    change: "Callable[[Connection, str, str], Any]",
    *,
    dry_run: bool,
    words: "Callable[[Connection, Any], str] | None" = None,
) -> None:
    """Change the object of that name, and say so.

    `kind` is the word for it, such as `view`; its action in the audit log is `view_deleted`. `change` takes the
    connection, the workspace and the name, and raises `OperatorError` if the object cannot be changed. `words` says
    more, from what `change` returns.
    """
    from indexer.cli.audited import record
    from indexer.connections import connected

    with connected() as here, here.store.connect() as connection:
        changed = change(connection, workspace, name)
        record(connection, f"{kind}_{verb}d", workspace=workspace, target=name)
        more = "" if words is None else words(connection, changed)
        if not dry_run:
            connection.commit()
    typer.echo(f"{f'would {verb}' if dry_run else f'{verb}d'} the {kind} {name}{more}")


def delete_named(
    kind: str,
    workspace: str,
    name: str,
    delete: "Callable[[Connection, str, str], Any]",
    *,
    yes: bool,
    dry_run: bool,
) -> None:
    """Ask first unless told not to, then delete the object of that name: see `change_named`."""
    if not (yes or dry_run):
        typer.confirm(f"Delete the {kind} {name} of {workspace}?", abort=True)
    change_named(kind, workspace, name, "delete", delete, dry_run=dry_run)
