"""`indexer export list`, `show`, `cancel`, `fetch`: exports that workers write."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from indexer.cli.audited import record
from indexer.cli.export import export_app
from indexer.cli.output import Format, FormatOption, counted, output_format, print_records
from indexer.cli.output_file import ForceOption, OutputOption, check_output, open_output
from indexer.cli.shared_options import DryRunOption
from indexer.errors import NoData, OperatorError

if TYPE_CHECKING:
    from indexer.operations.export_status import ExportStatus

COLUMNS = (
    "export_id", "dataset", "state", "workspace", "from", "to", "rows", "total", "created_at", "completed_at",
    "expires_at", "mail_to", "mailed_at", "error", "mail_attempts", "mail_error",
)  # fmt: skip

ExportId = Annotated[
    str, typer.Argument(metavar="EXPORT", help="The id of the export, as --background and `list` print it.")
]


@export_app.command("list")
def list_(
    *,
    workspace: Annotated[str | None, typer.Option("--workspace", help="Only exports of this workspace.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The largest number of exports to list.")] = 50,
    output: FormatOption = None,
) -> None:
    """List the exports that workers write or have written, the newest first."""
    from indexer.connections import connections
    from indexer.operations.export_status import read_exports

    with connections().store.connect() as connection:
        found = read_exports(connection, workspace, limit)
    columns = ("export_id", "dataset", "state", "workspace", "from", "to", "rows", "total")
    print_records(map(_record, found), columns, output, people={"rows": counted, "total": counted})
    if any(one.waits_for_a_worker for one in found):
        _say_nobody_writes()


@export_app.command("show")
def show(export_id: ExportId, *, output: FormatOption = None) -> None:
    """Show the progress of an export, until when it can be fetched, and whether its link has been mailed."""
    found = _found(export_id)
    record = _record(found)
    if output_format(output) is Format.TABLE:
        lines = [{"": name, " ": record[name]} for name in COLUMNS if record[name] is not None]
        print_records(lines, ("", " "), output)
    else:
        print_records([record], COLUMNS, output)
    if found.waits_for_a_worker:
        _say_nobody_writes()


@export_app.command("cancel")
def cancel(export_id: ExportId, *, dry_run: DryRunOption = False) -> None:
    """Cancel an export, complete or not. A worker then removes its file."""
    from indexer.connections import connections
    from indexer.store.jobs.exports import cancel_export

    export = _found(export_id).export
    if not dry_run:
        with connections().store.begin() as connection:
            if not cancel_export(connection, export_id):
                raise OperatorError(f"export {export_id} is already {export.status}", "there is nothing to cancel")
            workspace = str(export.request["workspace"])
            record(connection, "export_cancelled", workspace=workspace, target=export_id)
    typer.echo(f"export {export_id} {'would be' if dry_run else 'is'} cancelled", err=True)


@export_app.command("fetch")
def fetch(
    export_id: ExportId,
    *,
    output: OutputOption = "-",
    force: ForceOption = False,
) -> None:
    """Copy the file of a complete export. Run this on a host that has the exports directory."""
    check_output(output, force=force)
    from indexer.connections import connections
    from indexer.exports.export_files import copy_file

    export = _found(export_id).export
    if export.status == "no_data":
        raise NoData(f"no data: export {export_id} has no file", "order one of another range")
    if export.state != "complete":
        raise OperatorError(
            f"export {export_id} is {export.status}, not complete", "list the exports: indexer export list"
        )
    with open_output(output) as file:
        copy_file(connections().settings.exports_directory, export, file)


def _say_nobody_writes() -> None:
    from indexer.cli.wait_for_workers import say_nobody_takes_from
    from indexer.operations.export_status import QUEUE

    say_nobody_takes_from(QUEUE)


def _found(export_id: str) -> "ExportStatus":
    from indexer.connections import connections
    from indexer.operations.export_status import read_export

    with connections().store.connect() as connection:
        found = read_export(connection, export_id)
    if found is None:
        raise OperatorError(f"there is no export {export_id}", "list the exports: indexer export list")
    return found


def _record(found: "ExportStatus") -> dict[str, Any]:
    export = found.export
    said: dict[str, Any] = {"dataset": export.dataset, "state": export.status, "workspace": found.workspace}
    said |= {"from": found.first_day, "to": found.last_day}
    moments = {
        name: None if (at := getattr(export, name)) is None else at.isoformat(timespec="seconds")
        for name in ("created_at", "completed_at", "expires_at", "mailed_at")
    }
    return {**export._asdict(), **said, **moments}
