"""`indexer record`: what can be done to single records of the smaller datasets."""

from typing import Annotated

import typer

from indexer.cli.app import app
from indexer.cli.audited import record as record_action
from indexer.cli.shared_options import DeletionTime, DryRunOption, YesOption
from indexer.cli.wake_workers import wake_exporting_workers, wake_workers

record_app = typer.Typer(no_args_is_help=True, help="Delete single calls, teammate statuses, receipts and checkpoints.")
app.add_typer(record_app, name="record")


@record_app.command()
def delete(
    dataset: Annotated[
        str,
        typer.Argument(metavar="DATASET", help="calls, teammate_statuses, message_receipts or series_checkpoints."),
    ],
    records: Annotated[list[str], typer.Argument(metavar="RECORD…", help="The ids of the records.")],
    *,
    workspace: Annotated[str, typer.Option("--workspace", metavar="ID", help="The workspace of the records.")],
    at: DeletionTime = None,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Delete records and everything about them. This cannot be undone.

    Changes that were made before the deletion and arrive later are ignored. Ids that are not stored are listed, and
    the exit code is 1. If such a record arrives later, it is ignored too. If you delete a status, the status before
    it lasts until the next one.
    """
    import time

    from indexer.connections import connections
    from indexer.datasets.registry import dataset_named
    from indexer.errors import OperatorError
    from indexer.keys import EntityKey
    from indexer.store.entities.records import delete_records
    from indexer.store.entities.stored import read_stored
    from indexer.store.jobs.withdraw_exports import take_back_messages

    of = dataset_named(dataset)
    if not of.are_records:
        raise OperatorError(f"{of.entity.several} are not records", "delete them with: indexer conversation delete")
    ids = list(dict.fromkeys(records))
    store = connections().store
    with store.connect() as connection:
        keys = [EntityKey(workspace, id_) for id_ in ids]
        stored = {one.entity_id: one.deleted for one in read_stored(connection, of, keys)}
    living = sum(not deleted for deleted in stored.values())
    if dry_run:
        typer.echo(f"{living} would be removed, {len(stored) - living} already deleted")
    else:
        if not yes:
            typer.confirm(f"Delete {living} {of.entity.of(living)} of {workspace}, for good?", abort=True)
        with store.begin() as connection:
            exports = take_back_messages(connection, workspace, of.name, ids)
            shards = delete_records(connection, of, workspace, ids, int(time.time()) if at is None else at)
            record_action(connection, "records_deleted", workspace=workspace, target=of.name, details={"ids": ids})
        typer.echo(f"{living} removed, {len(stored) - living} already deleted")
        wake_workers(set(shards.values()), "deleted", of)
        if exports:
            typer.echo(f"exports with these {of.entity.several} are removed, or written again: {', '.join(exports)}")
            wake_exporting_workers()
    if unknown := [id_ for id_ in ids if id_ not in stored]:
        typer.echo(f"not stored in {workspace}: {', '.join(unknown)}", err=True)
        raise typer.Exit(1)
