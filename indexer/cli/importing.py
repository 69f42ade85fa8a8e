"""`indexer import`: conversations and records into the store, each one a change."""

from pathlib import Path
from typing import Annotated

import typer

from indexer.cli.app import app
from indexer.cli.names import DatasetOption, workspace_name
from indexer.cli.output import Format, FormatOption, chosen, print_json, print_records
from indexer.cli.waking import wake_workers
from indexer.errors import Refused


@app.command(name="import")
def import_(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="NDJSON or JSON, plain or gzip; - is standard input.")
    ],
    workspace: Annotated[
        str, typer.Option("--workspace", help="The workspace that they belong to.", callback=workspace_name)
    ],
    dataset: DatasetOption = "conversations",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, save nothing.")] = False,
    output: FormatOption = None,
) -> None:
    """Save conversations, or what another dataset is made of, and have the workers index what changed.

    What is stored already with the same content stays as it is. A record that cannot be used is named with its place,
    field and reason; the rest is saved, and the exit code is 1.
    """
    from indexer.cli.progress import byte_progress
    from indexer.pipeline.connections import connections
    from indexer.pipeline.datasets import kind_of, named
    from indexer.pipeline.importing import import_records

    def say(place: str, refused: Refused) -> None:
        typer.echo(f"{place}: {refused}", err=True)

    kind = kind_of(named(dataset))
    store = None if dry_run else connections().store
    sizes = [Path(file).stat().st_size for file in files if Path(file).is_file()]
    with byte_progress("reading", sum(sizes) if len(sizes) == len(files) else None) as on_bytes:
        imported = import_records(store, kind.intake, files, workspace, say, on_bytes=on_bytes)
    wake_workers(imported.shards, "saved", kind.dataset)
    counts = {name: getattr(imported, name) for name in ("read", "created", "updated", "unchanged", "older", "refused")}
    if chosen(output) is Format.TABLE:
        said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        typer.echo(f"dry run, nothing saved: {said}" if dry_run else said)
    else:
        found = {"workspace": workspace, "dataset": kind.dataset, "dry_run": dry_run, **counts}
        if chosen(output) is Format.CSV:
            print_records([found], list(found), output)
        else:
            print_json(found)
    if imported.refused:
        raise typer.Exit(1)
