"""`indexer conversation`: actions on single conversations of the store."""

from typing import Annotated

import typer

from indexer.cli.app import app
from indexer.cli.audited import record
from indexer.cli.shared_options import DeletionTime, DryRunOption, YesOption
from indexer.cli.wake_workers import wake_exporting_workers, wake_workers

conversation_app = typer.Typer(no_args_is_help=True, help="Delete single conversations.")
app.add_typer(conversation_app, name="conversation")


@conversation_app.command()
def delete(
    conversations: Annotated[list[str], typer.Argument(metavar="CONVERSATION…", help="The ids of the conversations.")],
    *,
    workspace: Annotated[str, typer.Option("--workspace", metavar="ID", help="The workspace of the conversations.")],
    retain_metrics: Annotated[
        bool,
        typer.Option(
            "--retain-metrics/--no-retain-metrics",
            help="Delete only their content, and keep counting them in reports.",
        ),
    ] = True,
    at: DeletionTime = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Delete everything about conversations, or only their content. Neither can be undone.

    Changes that were made before the deletion and arrive later are ignored. Ids that are not stored are listed, and
    the exit code is 1. If such a conversation arrives later, it is ignored too.
    """
    import time

    from indexer.connections import connections
    from indexer.datasets.conversations import CONVERSATIONS
    from indexer.intake.delete_conversations import delete as delete_conversations

    if not (yes or dry_run):
        what = "the content of" if retain_metrics else "everything about"
        typer.confirm(f"Delete {what} {len(set(conversations))} conversations of {workspace}, for good?", abort=True)
    deleted = delete_conversations(
        connections().store,
        workspace,
        conversations,
        int(time.time()) if at is None else at,
        retain_metrics=retain_metrics,
        dry_run=dry_run,
    )
    would = "would be " if dry_run else ""
    typer.echo(
        f"{deleted.redacted} {would}left without content, {deleted.removed} {would}removed, "
        f"{deleted.unchanged} already deleted"
    )
    if deleted.exports:
        typer.echo(
            f"exports with these conversations {would or 'are '}removed, or written again: {', '.join(deleted.exports)}"
        )
    if not dry_run:
        with connections().store.begin() as connection:
            said = {"ids": sorted(set(conversations)), "retain_metrics": retain_metrics}
            record(connection, "conversations_deleted", workspace=workspace, details=said)
        wake_workers(deleted.shards, "deleted", CONVERSATIONS)
        if deleted.exports:
            wake_exporting_workers()
    if deleted.unknown:
        typer.echo(f"not stored in {workspace}: {', '.join(deleted.unknown)}", err=True)
        raise typer.Exit(1)
