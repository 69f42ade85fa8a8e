"""`indexer people merge`: one person with two ids."""

from typing import Annotated

import typer

from indexer.cli.people import people_app
from indexer.cli.people_options import WorkspaceOption
from indexer.cli.shared_options import DryRunOption
from indexer.cli.wake_workers import wake_workers_of
from indexer.errors import OperatorError, Refused

FromArgument = Annotated[str, typer.Argument(metavar="FROM", help="The id of the person to merge.")]
IntoArgument = Annotated[str, typer.Argument(metavar="INTO", help="The id of the person to merge it into.")]


@people_app.command("merge")
def merge(
    from_id: FromArgument, into_id: IntoArgument, *, workspace: WorkspaceOption, dry_run: DryRunOption = False
) -> None:
    """Merge a person into another, for example if a lead turns out to be a user.

    Conversations and events of FROM belong to INTO from now on, and so do those that arrive later under the old id.
    Attributes, tags and companies are those of INTO. People are never merged because they have one e-mail address.
    A merge cannot be undone.
    """
    merge_two(workspace, from_id, into_id, dry_run=dry_run)


def merge_two(workspace: str, from_id: str, into_id: str, *, dry_run: bool) -> None:
    """Merge a person into another and report what follows; raises `OperatorError` if that cannot be done."""
    from indexer.connections import connections
    from indexer.datasets.conversations import CONVERSATIONS
    from indexer.datasets.people import PEOPLE
    from indexer.store.entities.person_merges import merge_people

    with connections().store.connect() as connection:
        try:
            merged = merge_people(connection, workspace, from_id, into_id, reason="command")
        except Refused as refused:
            raise OperatorError(
                str(refused), "give the ids of two people, neither of whom has been merged into the other"
            ) from refused
        if not dry_run:
            connection.commit()
    will = "would be" if dry_run else "are"
    typer.echo(f"{merged.conversations:,} conversations and {merged.events:,} events {will} those of {merged.into_id}")
    if not dry_run:
        wake_workers_of({CONVERSATIONS: merged.shards, PEOPLE: merged.people_shards}, "merged")
