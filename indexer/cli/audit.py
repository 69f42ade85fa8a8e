"""`indexer audit`: who changed or exported what."""

from typing import Annotated

import typer

from indexer.cli.app import app
from indexer.cli.output import FormatOption, minute, print_records

audit_app = typer.Typer(no_args_is_help=True, help="Show who changed or exported what.")
app.add_typer(audit_app, name="audit")


@audit_app.command("list")
def list_(
    *,
    workspace: Annotated[str | None, typer.Option("--workspace", help="Only actions in this workspace.")] = None,
    actor: Annotated[
        str | None, typer.Option("--actor", metavar="ACTOR", help="Only actions of this actor, such as 'user ann'.")
    ] = None,
    action: Annotated[
        str | None, typer.Option("--action", metavar="ACTION", help="Only this action, such as workspace_set.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The largest number of entries to list.")] = 100,
    output: FormatOption = None,
) -> None:
    """List changes, exports and sign-ins, the newest first."""
    from indexer.connections import connected
    from indexer.store.access.audit_log import list_actions

    chosen = None if workspace is None else [workspace]
    with connected() as here, here.store.connect() as connection:
        found = list_actions(connection, workspaces=chosen, actor=actor, action=action, limit=limit)
    records = [one._asdict() | {"workspace": one.workspace_id} for one in found]
    columns = ("at", "actor", "action", "workspace", "target", "client", "details")
    print_records(records, columns, output, people={"at": minute})
