"""Options that several commands have, and how what they are given is read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from indexer.keys import LONGEST_WORKSPACE, is_name

if TYPE_CHECKING:
    from datetime import date

    from indexer.intake.office_hours_file import OfficeHoursFile


def workspace_name(name: str) -> str:
    """A workspace's name as it stands in the ids of its documents; anything else is a usage error."""
    if not is_name(name):
        raise typer.BadParameter(f"a workspace has a name of 1 to {LONGEST_WORKSPACE} printable characters")
    return name


def day_of(option: str, written: str | None) -> "date | None":
    """The date that the option was given, if it was; anything but `YYYY-MM-DD` is a usage error."""
    from indexer.calendar.written_times import read_day

    try:
        return None if written is None else read_day(written)
    except ValueError as error:
        raise typer.BadParameter(f"{option}: {error}") from None


def _not_in_the_future(at: int | None) -> int | None:
    import time

    from indexer.conversation.ahead import is_ahead

    if at is not None and is_ahead(at, int(time.time())):
        raise typer.BadParameter("is in the future: nothing that changes before it could come back")
    return at


DeletionTime = Annotated[
    int | None,
    typer.Option(
        metavar="SECONDS",
        help="When they were deleted, in epoch seconds. Default: now.",
        callback=_not_in_the_future,
    ),
]

FirstDayOption = Annotated[str, typer.Option("--from", metavar="DATE", help="The first local date, YYYY-MM-DD.")]
LastDayOption = Annotated[str, typer.Option("--to", metavar="DATE", help="The last local date, YYYY-MM-DD, included.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")]
ScopesOption = Annotated[
    list[str],
    typer.Option(
        "--scope",
        metavar="SCOPE[=WORKSPACE]",
        help="reports:read, records:read, ingest or operate, for one workspace or, without it, for every workspace. "
        "Repeat the option for more.",
    ),
]

YesOption = Annotated[bool, typer.Option("--yes", help="Delete without asking first.")]

DEFAULT_DATASET: Final = "conversations"
"""The dataset of a command that names none; here, so that a command starts without importing the dataset."""

MESSAGES: Final = "messages"
"""What `indexer import` takes in place of a dataset: files with receipts, their events, and checkpoints of series."""

EVENTS: Final = "events"
"""What `indexer import` takes for files with events of people."""

DatasetOption = Annotated[
    str,
    typer.Option(
        "--dataset",
        help="conversations, calls, teammate_statuses, message_receipts, series_checkpoints, people or companies.",
    ),
]


def read_with_warnings(path: Path) -> "OfficeHoursFile":
    """The schedule in the file; warns on standard error of parts that may be meant otherwise."""
    from indexer.intake.office_hours_file import read_office_hours

    found = read_office_hours(path)
    for warning in found.understood.warnings:
        typer.echo(f"warning: {path}: {warning}", err=True)
    return found
