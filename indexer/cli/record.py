"""`indexer record`: what can be done to single records of the smaller datasets."""

from typing import Annotated

import typer

from indexer.cli.app import app
from indexer.cli.names import DeletionTime
from indexer.cli.waking import wake_workers

record_app = typer.Typer(no_args_is_help=True, help="Single calls and statuses of teammates: delete them.")
app.add_typer(record_app, name="record")


@record_app.command()
def delete(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="calls or teammate_statuses.")],
    records: Annotated[list[str], typer.Argument(metavar="RECORD…", help="The ids of the records.")],
    *,
    workspace: Annotated[str, typer.Option("--workspace", metavar="ID", help="The workspace they are in.")],
    at: DeletionTime = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before deleting.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
) -> None:
    """Delete records and everything about them, which cannot be undone.

    Changes made before the deletion that arrive later are ignored. Ids that are not stored are listed, with exit
    code 1; if they arrive late, they are ignored too. The status before a deleted one then lasts until the next.
    """
    import time

    from indexer.errors import OperatorError
    from indexer.pipeline.connections import connections
    from indexer.pipeline.datasets import named
    from indexer.store.records import delete_records, read_records

    of = named(dataset)
    if of == "conversations":
        raise OperatorError("conversations are no records", "delete them with: indexer conversation delete")
    ids = list(dict.fromkeys(records))
    store = connections().store
    with store.connect() as connection:
        stored = {one.record_id: one.deleted for one in read_records(connection, of, [(workspace, id_) for id_ in ids])}
    living = sum(not deleted for deleted in stored.values())
    if dry_run:
        typer.echo(f"{living} would be removed, {len(stored) - living} deleted before")
    else:
        if not yes:
            typer.confirm(f"Delete {living} {dataset.replace('_', ' ')} of {workspace}, for good?", abort=True)
        with store.begin() as connection:
            shards = delete_records(connection, of, workspace, ids, int(time.time()) if at is None else at)
        typer.echo(f"{living} removed, {len(stored) - living} deleted before")
        wake_workers(set(shards.values()), "deleted", of)
    if unknown := [id_ for id_ in ids if id_ not in stored]:
        typer.echo(f"not stored in {workspace}: {', '.join(unknown)}", err=True)
        raise typer.Exit(1)
