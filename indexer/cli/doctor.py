"""`indexer doctor`: what is wrong with this installation, and what to do about it."""

import typer

from indexer.cli.app import app
from indexer.cli.output import FormatOption, print_records

_COLUMNS = ("check", "verdict", "detail", "remedy")


@app.command()
def doctor(output: FormatOption = None) -> None:
    """Check the machine and every service, and say what to do about each failure. Nothing is started or changed.

    Exit code 0 if all is well, 1 if something failed, 3 if a service cannot be reached.
    """
    from indexer.checks import CHECKS, Installation, Verdict, examine
    from indexer.settings import settings

    findings = list(examine(Installation.of(settings()), CHECKS))
    rows = [
        {"check": check.name, "verdict": finding.verdict.value, "detail": finding.detail, "remedy": finding.remedy}
        for check, finding in findings
    ]
    print_records(rows, _COLUMNS, output)
    verdicts = {finding.verdict for _, finding in findings}
    if Verdict.UNREACHABLE in verdicts:
        raise typer.Exit(3)
    if Verdict.FAILED in verdicts:
        raise typer.Exit(1)
