"""`indexer doctor`: the faults of this installation, and their remedies."""

import shutil
import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.output import Format, FormatOption, output_format, print_records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.checks import Check, Finding

_COLUMNS = ("check", "verdict", "detail", "remedy")


@app.command()
def doctor(
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Also show the details of the checks that found nothing wrong.")
    ] = False,
    output: FormatOption = None,
) -> None:
    """Check the machine, every service and the work in progress, and name a remedy for each failure.

    Nothing is started or changed. Exit code 0 if no check failed, 1 if one failed, 3 if a service cannot be reached.
    """
    from indexer.checks import CHECKS, Installation, Verdict, examine
    from indexer.settings import settings

    found = list(examine(Installation.of(settings()), CHECKS))
    if output_format(output) is Format.TABLE:
        _print_worst_first(found, verbose=verbose)
    else:
        rows = [
            {"check": check.name, "verdict": finding.verdict.value, "detail": finding.detail, "remedy": finding.remedy}
            for check, finding in found
        ]
        print_records(rows, _COLUMNS, output)
    verdicts = {finding.verdict for _, finding in found}
    if Verdict.UNREACHABLE in verdicts:
        raise typer.Exit(3)
    if Verdict.FAILED in verdicts:
        raise typer.Exit(1)


def _print_worst_first(found: "Sequence[tuple[Check, Finding]]", *, verbose: bool) -> None:
    """Print failures and unreachable services, then warnings; others as a line for each verdict unless asked for."""
    from indexer.checks import Verdict

    width = max(40, shutil.get_terminal_size().columns)
    for verdict in (Verdict.FAILED, Verdict.UNREACHABLE, Verdict.WARNING, Verdict.SKIPPED, Verdict.OK):
        ours = [(check, finding) for check, finding in found if finding.verdict is verdict]
        if not ours:
            continue
        if verdict in (Verdict.OK, Verdict.SKIPPED) and not verbose:
            names = ", ".join(check.name for check, _ in ours)
            typer.echo(_filled(f"{len(ours)} {verdict.value}: {names}", width, "    "))
            continue
        for check, finding in ours:
            said = [line for line in finding.detail.splitlines() if line]
            head, *more = said or [""]
            typer.echo(_filled(f"{verdict.value}: {check.name}: {head}", width, "    "))
            for line in more:
                typer.echo(_filled(f"    | {line}", width, "    | "))
            if finding.remedy:
                typer.echo(_filled(f"    try: {finding.remedy}", width, "         "))


def _filled(text: str, width: int, indent: str) -> str:
    return textwrap.fill(text, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
