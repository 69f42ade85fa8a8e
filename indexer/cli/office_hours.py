"""Office hours on the command line: a file, and what may have been meant otherwise."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from indexer.intake.office_hours_file import OfficeHoursFile


def read_with_warnings(path: Path) -> "OfficeHoursFile":
    """The schedule in the file; says on standard error what was understood otherwise than it may be meant."""
    from indexer.intake.office_hours_file import read_office_hours

    found = read_office_hours(path)
    for warning in found.understood.warnings:
        typer.echo(f"warning: {path}: {warning}", err=True)
    return found
