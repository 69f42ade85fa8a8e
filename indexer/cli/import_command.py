"""`indexer import`: saving conversations and records in the store, each one a change."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.audited import note
from indexer.cli.import_outcome import Left, Refusals, Taken
from indexer.cli.import_people import PEOPLE_KINDS, take_people
from indexer.cli.output import Format, FormatOption, output_format, print_json, print_records
from indexer.cli.shared_options import DEFAULT_DATASET, MESSAGES, workspace_name
from indexer.cli.wake_workers import wake_workers_of
from indexer.errors import OperatorError
from indexer.keys import is_usable_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indexer.input_files.open_files import OnBytes


@app.command(name="import")
def import_(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…",
            help="Files of NDJSON or JSON, plain or gzip; people, companies and events also as CSV, messages as CSV "
            "or ZIP. - reads standard input.",
        ),
    ],
    workspace: Annotated[
        str, typer.Option("--workspace", help="The workspace that the records belong to.", callback=workspace_name)
    ],
    dataset: Annotated[
        str,
        typer.Option(
            "--dataset",
            help="conversations, calls, teammate_statuses, messages (receipts, their events and checkpoints), or "
            "people, companies, events: these three may be mixed in a file of JSON.",
        ),
    ] = DEFAULT_DATASET,
    *,
    refusals: Annotated[
        Path | None,
        typer.Option(
            "--refusals",
            metavar="FILE",
            help="Write all refusals to this file, one a line. Without it, the first 20 are printed.",
        ),
    ] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help="What a column of a CSV file of people, companies or events has, if its header does not say it: "
            '--map "E-mail=email" --map "Plan=custom.plan:string". COLUMN= leaves a column out. May be repeated.',
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Replace stored records even if they are newer or were deleted. With --dry-run, count the records "
            "that would be replaced.",
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Check everything, and save nothing. For people, show what would change."),
    ] = False,
    output: FormatOption = None,
) -> None:
    """Save conversations, calls, teammate statuses, messages or people, and have the workers index what changed.

    Records that are already stored with the same content are left alone. If a record cannot be used, its place, field
    and reason are printed. The other records are still saved, and the exit code is 1.
    """
    from indexer.cli.progress import byte_progress
    from indexer.connections import connections
    from indexer.store.entities.workspaces import expect_usable_name

    take: Callable[..., Taken]
    if dataset in PEOPLE_KINDS:
        take = partial(take_people, kind=PEOPLE_KINDS[dataset], maps=maps or [])
    elif maps:
        raise OperatorError("--map: only people, companies and events have columns to map", "leave it out")
    else:
        take = _take_messages if dataset == MESSAGES else _take_records(dataset)
    if not is_usable_name(workspace):
        with connections().store.connect() as connection:
            expect_usable_name(connection, workspace)
    sizes = [Path(file).stat().st_size for file in files if Path(file).is_file()]
    with (
        Refusals.to(refusals) as said_no,
        byte_progress("reading", sum(sizes) if len(sizes) == len(files) else None) as on_bytes,
    ):
        taken = take(files, workspace, said_no, on_bytes, force=force, dry_run=dry_run)
    said_no.sum_up()
    note(**taken.counts)
    for remark in taken.notes:
        typer.echo(remark, err=True)
    if output_format(output) is Format.TABLE:
        said = ", ".join(f"{count:,} {name}" for name, count in taken.counts.items()) + taken.addition
        typer.echo(f"dry run, nothing saved: {said}" if dry_run else said)
    else:
        found = {"workspace": workspace, "dataset": dataset, "dry_run": dry_run, **taken.counts, **taken.further}
        if output_format(output) is Format.CSV:
            print_records([found], list(found), output)
        else:
            print_json(found)
    if not dry_run:
        wake_workers_of(taken.shards, "saved")
    if taken.counts["refused"] or taken.further.get("refused_values"):
        raise typer.Exit(1)


def _take_records(dataset: str) -> "Callable[..., Taken]":
    """What imports records of one dataset; raises `OperatorError` if there is no such dataset."""
    from indexer.datasets.registry import dataset_named

    of = dataset_named(dataset)

    def take(
        files: list[str],
        workspace: str,
        said_no: Refusals,
        on_bytes: "OnBytes | None",
        *,
        force: bool,
        dry_run: bool,
    ) -> Taken:
        from indexer.connections import connections
        from indexer.intake.importer import import_records

        store = None if dry_run and not force else connections().store
        imported = import_records(store, of, files, workspace, said_no, on_bytes=on_bytes, force=force, dry_run=dry_run)
        names = ("read", "created", "updated", "unchanged", "older", "refused")
        notes = [_said_of_times(imported.ahead, imported.count_ahead)] if imported.ahead else []
        if imported.partial:
            notes.insert(
                0,
                f"{imported.partial:,} of them came without all of their parts, as in a page of the list API or in the "
                "notification of a webhook: stored parts are kept, and parts that were never imported are not counted",
            )
        return Taken(
            {name: getattr(imported, name) for name in names},
            "",
            {"partial": imported.partial, "ahead": imported.count_ahead},
            notes,
            {of: imported.shards},
        )

    return take


def _take_messages(
    files: list[str],
    workspace: str,
    said_no: "Refusals",
    on_bytes: "OnBytes | None",
    *,
    force: bool,
    dry_run: bool,
) -> Taken:
    """Import receipts, events and checkpoints."""
    from indexer.connections import connections
    from indexer.intake.message_importer import import_messages

    store = None if dry_run and not force else connections().store
    left = Left()
    imported = import_messages(store, files, workspace, said_no, left, on_bytes=on_bytes, force=force, dry_run=dry_run)
    left.sum_up()
    read = {name: getattr(imported, name).read for name in ("receipts", "checkpoints", "events")}
    addition = f" ({', '.join(f'{name}: {count:,}' for name, count in read.items())})"
    if imported.waiting:
        addition += f"; events of the workspace that wait for their receipts: {imported.waiting:,}"
    ahead = [*imported.receipts.ahead, *imported.checkpoints.ahead]
    count_ahead = imported.receipts.count_ahead + imported.checkpoints.count_ahead
    return Taken(
        imported.counts,
        addition,
        {**read, "waiting": imported.waiting, "left": left.count, "ahead": count_ahead},
        [_said_of_times(ahead, count_ahead)] if ahead else [],
        imported.shards,
    )


def _said_of_times(ahead: "Sequence[tuple[str, int]]", count: int) -> str:
    from datetime import UTC, datetime

    named = ", ".join(f"{place} ({datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ})" for place, at in ahead)
    return (
        f"{count:,} of them have an update time more than a day in the future, such as {named}: their latest time that "
        "is not in the future decides which record is newer; to replace stored records in any case: --force"
    )
