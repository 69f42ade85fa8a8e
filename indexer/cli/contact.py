"""`indexer contact`: the people on the other side of the conversations."""

from typing import Annotated

import typer

from indexer.cli.app import app
from indexer.cli.people_change import FromArgument, IntoArgument, merge_two
from indexer.cli.shared_options import DryRunOption

contact_app = typer.Typer(no_args_is_help=True, help="Merge contacts.")
app.add_typer(contact_app, name="contact")


@contact_app.command()
def merge(
    from_id: FromArgument,
    into_id: IntoArgument,
    *,
    workspace: Annotated[str, typer.Option("--workspace", metavar="ID", help="The workspace of both contacts.")],
    dry_run: DryRunOption = False,
) -> None:
    """Merge one contact into another, as `indexer people merge` does.

    This applies to what is stored and to everything that arrives later under the old id. It cannot be undone.
    """
    merge_two(workspace, from_id, into_id, dry_run=dry_run)
