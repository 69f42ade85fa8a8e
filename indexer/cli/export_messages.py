"""`indexer export messages`: what happened to outbound messages, as files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indexer.cli.audited import record_export
from indexer.cli.export import (
    BackgroundOption,
    EmailOption,
    TimesOption,
    check_ways_out,
    export_app,
    packing_of,
    progress,
)
from indexer.cli.output_file import ForceOption, OutputOption, open_output
from indexer.cli.report_options import ZoneOption, naming_options, workspace_zone
from indexer.documentation import page
from indexer.errors import NoData, OperatorError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from indexer.exports.message_request import MessageExportRequest

_HELP = f"""
Export what happened to the messages that were sent in the range, to one message, or to one series.

The detailed report is a ZIP archive with a CSV for each statistic that occurs; the overview is one CSV with a row for
each version of a message. The range applies to the time of sending. {page("exports")} describes the files.
"""


@export_app.command("messages", help=_HELP)
def messages(
    *,
    workspace: Annotated[str, typer.Option("--workspace", help="The workspace whose messages are exported.")],
    first: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DATE", help="The first local date, YYYY-MM-DD. Not needed with --message or --series."
        ),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="DATE",
            help="The last local date, YYYY-MM-DD, included. Not needed with --message or --series.",
        ),
    ] = None,
    report: Annotated[
        str, typer.Option("--report", metavar="detailed|overview", help="The report to write.")
    ] = "detailed",
    message: Annotated[
        str | None,
        typer.Option("--message", metavar="ID", help="Only the message or tour with this content_id or ruleset_id."),
    ] = None,
    series: Annotated[str | None, typer.Option("--series", metavar="ID", help="Only the series with this id.")] = None,
    flat: Annotated[
        bool,
        typer.Option(
            "--flat",
            help="Write one CSV with a row for each receipt, as the vendor's API does, with the first time of each "
            "event in the range.",
        ),
    ] = False,
    events_in_range: Annotated[
        bool, typer.Option("--events-in-range", help="Leave out events before or after the range.")
    ] = False,
    everything: Annotated[
        bool,
        typer.Option(
            "--everything",
            help="Also write what the vendor's files have no place for: further columns, events made by machines, and "
            "opens after the first.",
        ),
    ] = False,
    time_zone: ZoneOption = None,
    times: TimesOption = "iso",
    excel: Annotated[
        bool, typer.Option("--excel", help="Begin each CSV with a byte order mark, by which Excel knows UTF-8.")
    ] = False,
    output: OutputOption = "-",
    force: ForceOption = False,
    gzip: Annotated[bool, typer.Option("--gzip", help="Compress the file (overview and --flat).")] = False,
    zip_: Annotated[bool, typer.Option("--zip", help="Put the file into a ZIP archive (overview and --flat).")] = False,
    background: BackgroundOption = False,
    email: EmailOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show of how many receipts the export would be made, and write nothing.")
    ] = False,
) -> None:
    check_ways_out(output, email, background=background, dry_run=dry_run, force=force)
    from indexer.cli.report_options import store

    packing = packing_of(gzip=gzip, zipped=zip_)
    detailed = report == "detailed" and not flat
    if detailed and gzip:
        raise OperatorError("--gzip: the detailed report has several files, and so is a ZIP archive", "leave it out")
    request = _request(
        workspace=workspace,
        from_=first,
        to=last,
        report=report,
        message=message,
        series=series,
        flat=flat,
        events_in_range=events_in_range,
        everything=everything,
        time_zone=time_zone,
        times=times,
        excel=excel,
        packing=None if detailed else packing,
    )
    if background and not dry_run:
        from indexer.cli.order_export import order

        order(request, email)
        return
    with store() as connection:
        engine = connection.engine
        connection.rollback()
        total = _total(engine, request)
        if dry_run:
            typer.echo(f"{total:,} receipts and checkpoints")
            return
        _write(engine, request, output, total)


def _total(store: "Engine", request: "MessageExportRequest") -> int:
    """The receipts and checkpoints of an export; raises `OperatorError` if there are too many, or no workspace."""
    from indexer.exports.message_pages import count_export
    from indexer.store.entities.workspaces import has_workspace

    with store.connect() as connection:
        total = count_export(connection, request)
        if total or has_workspace(connection, request.workspace):
            return total
    raise OperatorError(
        f"--workspace: there is no workspace {request.workspace!r}", "list the workspaces: indexer workspace list"
    )


def _write(store: "Engine", request: "MessageExportRequest", output: str, total: int) -> None:
    from indexer.exports.write_messages import export_messages

    rows = 0
    if total:
        directory = None if output == "-" else Path(output).absolute().parent
        with open_output(output) as file, progress(total) as tell:
            rows = export_messages(store.connect, request, file, directory=directory, tell=tell)
            if not rows:
                raise _no_data(request)
        record_export(store, request, rows)
    if not rows:
        raise _no_data(request)
    typer.echo(f"{rows:,} receipts and checkpoints", err=True)


def _no_data(request: "MessageExportRequest") -> NoData:
    chosen = request.message or request.series
    of = f" of {chosen}" if chosen is not None else ""
    return NoData(f"no data: nothing{of} was sent {request.days} ({request.time_zone})", "choose another range")


def _request(**parameters: str | bool | None) -> "MessageExportRequest":
    from indexer.answers.workspace_zone import zoned
    from indexer.exports.message_request import read_message_request

    given: dict[str, Any] = {name.rstrip("_"): value for name, value in parameters.items() if value is not None}
    with naming_options("export messages"):
        return zoned(read_message_request, given, workspace_zone)
