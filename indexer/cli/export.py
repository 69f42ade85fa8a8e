"""`indexer export`: data as files."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indexer.cli.app import app
from indexer.cli.audited import record_export
from indexer.cli.output_file import ForceOption, OutputOption, check_output, open_output
from indexer.cli.progress import count_progress
from indexer.cli.report_options import ZoneOption, index, naming_options, workspace_zone
from indexer.cli.shared_options import FirstDayOption, LastDayOption
from indexer.documentation import page
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from indexer.exports.request import ExportRequest

TimesOption = Annotated[str, typer.Option("--times", metavar="iso|epoch", help="How times are written.")]
BackgroundOption = Annotated[
    bool, typer.Option("--background", help="Let a worker write the file, and print the link to download it.")
]
EmailOption = Annotated[
    str | None,
    typer.Option("--email", metavar="ADDRESS", help="With --background: the address to mail the link to."),
]

export_app = typer.Typer(no_args_is_help=True, help="Write data as files.")
app.add_typer(export_app, name="export")


_HELP = f"""
Export conversations as CSV: one row for each message thread created in the range, of all message types.

The range applies to the date of the thread, not of the conversation. The file appears under its name only when it is
complete. {page("exports")} describes the columns.
"""


@export_app.command("conversations", help=_HELP)
def conversations(
    *,
    workspace: Annotated[str, typer.Option("--workspace", help="The workspace whose threads are exported.")],
    first: FirstDayOption,
    last: LastDayOption,
    time_zone: ZoneOption = None,
    output: OutputOption = "-",
    force: ForceOption = False,
    times: TimesOption = "iso",
    pipelines: Annotated[
        str,
        typer.Option(
            "--pipelines",
            metavar="NAMES",
            help="Add the metrics of these pipelines: new, rest, legacy (separated by commas), or all.",
        ),
    ] = "",
    gzip: Annotated[bool, typer.Option("--gzip", help="Compress the file.")] = False,
    zip_: Annotated[bool, typer.Option("--zip", help="Put the file into a ZIP archive.")] = False,
    background: BackgroundOption = False,
    email: EmailOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show how many rows the file would have, and write nothing.")
    ] = False,
) -> None:
    check_ways_out(output, email, background=background, dry_run=dry_run, force=force)
    from indexer.cli.report_options import store
    from indexer.datasets.conversations import CONVERSATIONS
    from indexer.exports.document_pages import count_threads
    from indexer.exports.write_export import export_conversations
    from indexer.search import alias_name

    request = _request(
        workspace=workspace,
        from_=first,
        to=last,
        time_zone=time_zone,
        times=times,
        pipelines=pipelines,
        packing=packing_of(gzip=gzip, zipped=zip_),
    )
    if background and not dry_run:
        from indexer.cli.order_export import order

        order(request, email)
        return
    with index() as (client, prefix):
        alias = alias_name(prefix, CONVERSATIONS.name)
        total = count_threads(client, alias, request.frame)
        if dry_run:
            typer.echo(f"{total:,} rows of {len(request.columns)} columns")
            return
        with store() as connection:
            engine = connection.engine
            connection.rollback()
            with open_output(output) as file, progress(total) as tell:
                rows = export_conversations(client, engine.connect, alias, request, file, tell=tell)
            record_export(engine, request, rows)
    typer.echo(f"{rows:,} rows", err=True)


def check_ways_out(output: str, email: str | None, *, background: bool, dry_run: bool, force: bool) -> None:
    """Refuse options that exclude each other, and a file that exists; raises `OperatorError`."""
    if email is not None and not background:
        raise OperatorError("--email is for exports that a worker writes", "add --background, or leave it out")
    if background and output != "-":
        raise OperatorError("--output and --background exclude each other", "fetch it by its link when it is complete")
    if not dry_run:
        check_output(output, force=force)


def progress(total: int) -> AbstractContextManager[Callable[[int], None]]:
    """A bar of rows on a terminal, and nothing elsewhere."""
    return count_progress("export", total) if sys.stderr.isatty() else nullcontext(lambda _: None)


def packing_of(*, gzip: bool, zipped: bool) -> str:
    """The form of the file by the two options; raises `OperatorError` for both."""
    if gzip and zipped:
        raise OperatorError("--gzip and --zip exclude each other", "choose one of them")
    return "gzip" if gzip else "zip" if zipped else "none"


def _request(*, pipelines: str, **parameters: str | None) -> "ExportRequest":
    from indexer.answers.workspace_zone import zoned
    from indexer.exports.columns import read_pipelines
    from indexer.exports.request import read_request

    given: dict[str, Any] = {name.rstrip("_"): value for name, value in parameters.items() if value is not None}
    with naming_options("export conversations"):
        return zoned(read_request, given | {"pipelines": list(read_pipelines(pipelines))}, workspace_zone)
