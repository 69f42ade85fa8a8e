"""The command line as a whole: its commands, and how errors become messages and exit codes."""

import os
import sys
from typing import Annotated

import typer

from indexer import __version__
from indexer.cli.command_help import dressed
from indexer.errors import OperatorError
from indexer.terminal import console, guard

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    # Plain texts: help is wrapped as prose, and nothing in an error is taken for markup.
    help="Index support conversations as they change, and run reports on them.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"indexer {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if debug:
        os.environ["INDEXER_DEBUG"] = "1"


def main() -> None:
    """Run the command line and exit: 0 done, 1 some input refused, 2 usage or settings, 3 no service, 4 no data."""
    guard()
    try:
        dressed(typer.main.get_command(app))(prog_name="indexer")
    except Exception as error:
        told = error if isinstance(error, OperatorError) else _of_a_service(error)
        if told is None or os.environ.get("INDEXER_DEBUG"):
            raise
        say(told)
        sys.exit(told.exit_code)


def _of_a_service(error: Exception) -> OperatorError | None:
    """The error to report if a service went away during a command; None for any other exception."""
    if type(error).__module__.partition(".")[0] != "sqlalchemy":  # which is imported only if needed
        return None
    from indexer.store.database import failure_of

    return failure_of(error)


def say(error: OperatorError) -> None:
    """Print an error and its remedy."""
    out = console(stderr=True)
    out.print(f"error: {error}", style="red", soft_wrap=True)
    if error.remedy:
        out.print(f"  try: {error.remedy}", soft_wrap=True)
