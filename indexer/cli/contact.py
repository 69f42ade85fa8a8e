"""`indexer contact`: the people on the other side of the conversations."""

from typing import Annotated

import typer

from indexer.cli.app import app
from indexer.cli.shared_options import DryRunOption
from indexer.cli.wake_workers import wake_workers
from indexer.errors import OperatorError, Refused

contact_app = typer.Typer(no_args_is_help=True, help="Merge contacts.")
app.add_typer(contact_app, name="contact")


@contact_app.command()
def merge(
    from_id: Annotated[str, typer.Argument(metavar="FROM", help="The id of the contact to merge.")],
    into_id: Annotated[str, typer.Argument(metavar="INTO", help="The id of the contact to merge it into.")],
    *,
    workspace: Annotated[str, typer.Option("--workspace", metavar="ID", help="The workspace of both contacts.")],
    dry_run: DryRunOption = False,
) -> None:
    """Move the conversations of one contact to another, for example if a lead turns out to be a user.

    This applies to stored conversations and to those that arrive later under the old id. It cannot be undone.
    """
    from indexer.connections import connections
    from indexer.datasets.conversations import CONVERSATIONS
    from indexer.store.entities.contact_merges import merge_contacts

    with connections().store.connect() as connection:
        try:
            merged = merge_contacts(connection, workspace, from_id, into_id)
        except Refused as refused:
            raise OperatorError(
                str(refused), "give the ids of two contacts, neither of which has been merged into the other"
            ) from refused
        if dry_run:
            connection.rollback()
        else:
            connection.commit()
    typer.echo(
        f"{merged.conversations} conversations {'would be' if dry_run else 'are'} due to be indexed as "
        f"{merged.into_id}'s"
    )
    if not dry_run:
        wake_workers(merged.shards, "merged", CONVERSATIONS)
