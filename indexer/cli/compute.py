"""`indexer compute`: from conversations to reporting documents, without any service."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from indexer.cli.app import app
from indexer.cli.shared_options import workspace_name
from indexer.errors import OperatorError


@app.command()
def compute(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE…|-]",
            help="Files of NDJSON or JSON, plain or gzip. Without a file, or with -, standard input is read.",
        ),
    ] = None,
    office_hours: Annotated[
        Path | None,
        typer.Option("--office-hours", help="A JSON file with the schedule. Without it, `_ooo` equals elapsed time."),
    ] = None,
    workspace: Annotated[
        str, typer.Option("--workspace", help="The workspace to name in the documents.", callback=workspace_name)
    ] = "local",
    bot_admins: Annotated[
        list[str] | None, typer.Option("--bot-admin", help="The id of an admin that is a bot. May be repeated.")
    ] = None,
    literal_reply_times: Annotated[
        bool, typer.Option("--literal-reply-times", help="Let a bot's message interrupt reply times.")
    ] = False,
) -> None:
    """Compute the reporting document of each conversation: one line each, in the order of the input.

    If a record cannot be used, its place and the reason go to standard error. The other documents are still printed,
    and the exit code is 1.
    """
    from indexer.cli.shared_options import read_with_warnings
    from indexer.datasets.dataset import Computation
    from indexer.intake.compute_files import compute_lines
    from indexer.office_hours import ALWAYS_OPEN

    computation = Computation(
        workspace_id=workspace,
        office_hours=read_with_warnings(office_hours).understood if office_hours else ALWAYS_OPEN,
        bot_admin_ids=frozenset(bot_admins or ()),
        bots_interrupt=literal_reply_times,
    )
    refused = 0
    write = sys.stdout.buffer.write
    try:
        for place, answer in compute_lines(files or ["-"], computation):
            if isinstance(answer, bytes):
                write(answer)
            else:
                refused += 1
                typer.echo(f"{place}: {answer}", err=True)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has seen enough (`| head`); Python must not complain about the closed pipe at its exit.
        sys.stderr.close()
        raise typer.Exit(1) from None
    except OSError as error:
        raise OperatorError(
            f"standard output cannot be written: {error.strerror}", "free disk space, or write it to another disk"
        ) from error
    if refused:
        typer.echo(f"{refused} refused", err=True)
        raise typer.Exit(1)
