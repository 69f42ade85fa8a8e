"""`indexer import`: saving conversations and records in the store, each one a change."""

from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.output import Format, FormatOption, output_format, print_json, print_records
from indexer.cli.shared_options import DEFAULT_DATASET, DatasetOption, workspace_name
from indexer.cli.wake_workers import wake_workers
from indexer.errors import OperatorError, Refused
from indexer.keys import is_usable_name
from indexer.plain_text import printable
from indexer.private_files import open_private

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_PRINTED = 20
"""The most refusals that are printed; more would scroll the first ones away."""


@app.command(name="import")
def import_(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE…", help="Files of NDJSON or JSON, plain or gzip. - reads standard input."),
    ],
    workspace: Annotated[
        str, typer.Option("--workspace", help="The workspace that the records belong to.", callback=workspace_name)
    ],
    dataset: DatasetOption = DEFAULT_DATASET,
    *,
    refusals: Annotated[
        Path | None,
        typer.Option(
            "--refusals",
            metavar="FILE",
            help="Write all refusals to this file, one a line. Without it, the first 20 are printed.",
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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, and save nothing.")] = False,
    output: FormatOption = None,
) -> None:
    """Save conversations (or calls, or teammate statuses), and have the workers index those that changed.

    Records that are already stored with the same content are left alone. If a record cannot be used, its place, field
    and reason are printed. The other records are still saved, and the exit code is 1.
    """
    from indexer.cli.progress import byte_progress
    from indexer.connections import connections
    from indexer.datasets.registry import dataset_named
    from indexer.intake.importer import import_records
    from indexer.store.entities.workspaces import expect_usable_name

    of = dataset_named(dataset)
    if not is_usable_name(workspace):
        with connections().store.connect() as connection:
            expect_usable_name(connection, workspace)
    store = None if dry_run and not force else connections().store
    sizes = [Path(file).stat().st_size for file in files if Path(file).is_file()]
    with (
        _Refusals.to(refusals) as said_no,
        byte_progress("reading", sum(sizes) if len(sizes) == len(files) else None) as on_bytes,
    ):
        imported = import_records(store, of, files, workspace, said_no, on_bytes=on_bytes, force=force, dry_run=dry_run)
    said_no.sum_up()
    counts = {name: getattr(imported, name) for name in ("read", "created", "updated", "unchanged", "older", "refused")}
    if imported.partial:
        typer.echo(
            f"{imported.partial:,} of them came without all of their parts, as in a page of the list API or in the "
            "notification of a webhook: stored parts are kept, and parts that were never imported are not counted",
            err=True,
        )
    if imported.ahead:
        typer.echo(_said_of_times(imported.ahead, imported.count_ahead), err=True)
    if output_format(output) is Format.TABLE:
        said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        typer.echo(f"dry run, nothing saved: {said}" if dry_run else said)
    else:
        found = {
            "workspace": workspace,
            "dataset": of.name,
            "dry_run": dry_run,
            **counts,
            "partial": imported.partial,
            "ahead": imported.count_ahead,
        }
        if output_format(output) is Format.CSV:
            print_records([found], list(found), output)
        else:
            print_json(found)
    if not dry_run:
        wake_workers(imported.shards, "saved", of)
    if imported.refused:
        raise typer.Exit(1)


def _said_of_times(ahead: "Sequence[tuple[str, int]]", count: int) -> str:
    from datetime import UTC, datetime

    named = ", ".join(f"{place} ({datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ})" for place, at in ahead)
    return (
        f"{count:,} of them have an update time more than a day in the future, such as {named}: their latest time that "
        "is not in the future decides which record is newer; to replace stored records in any case: --force"
    )


class _Refusals:
    """Reports refused records: all of them in a file, or the first ones on standard error and the number of others."""

    def __init__(self, file: IO[str] | None) -> None:
        self._file = file
        self._count = 0

    @classmethod
    @contextmanager
    def to(cls, path: Path | None) -> "Iterator[_Refusals]":
        if path is None:
            yield cls(None)
            return
        try:
            file = open_private(path, "w")
        except OSError as error:
            raise OperatorError(
                f"--refusals: cannot write {path}: {error.strerror}", "give it a file that you may write"
            ) from error
        with file:
            yield cls(file)

    def __call__(self, place: str, refused: Refused) -> None:
        self._count += 1
        if self._file is not None:
            self._file.write(printable(f"{place}: {refused}") + "\n")
        elif self._count <= _MOST_PRINTED:
            typer.echo(f"{place}: {refused}", err=True)

    def sum_up(self) -> None:
        more = self._count - _MOST_PRINTED
        if self._file is not None and self._count:
            typer.echo(f"{self._count:,} refused, see {self._file.name}", err=True)
        elif self._file is None and more > 0:
            typer.echo(f"and {more:,} more; all of them with: --refusals FILE", err=True)
