"""`indexer alerts`: mails about numbers that pass a threshold."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indexer.cli.app import app
from indexer.cli.change_named import change_named, delete_named
from indexer.cli.output import Format, FormatOption, optional_minute, output_format, print_records
from indexer.cli.report_options import OfficeHoursOption, ParamOption, WhereOption
from indexer.cli.shared_options import DryRunOption, YesOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.reports import Definition
    from indexer.store.jobs.alerts import Alert, Found

alerts_app = typer.Typer(no_args_is_help=True, help="Mail when the number of a report passes a threshold.")
app.add_typer(alerts_app, name="alerts")

NameArgument = Annotated[str, typer.Argument(metavar="ALERT", help="The name of the alert.")]
WorkspaceOption = Annotated[str, typer.Option("--workspace", help="The workspace whose number is looked at.")]

_COLUMNS = ["name", "report", "asked", "threshold", "to", "found", "value", "checked_at", "told", "paused_at", "error"]
_IN_TABLES = {"found": "state", "value": "figure"}
"""The columns that tables have in place of others."""


@alerts_app.command("create")
def create(
    name: NameArgument,
    *,
    workspace: WorkspaceOption,
    report: Annotated[str, typer.Option("--report", metavar="REPORT", help="The report whose number is looked at.")],
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="The mail address. For several, use a list's.")],
    above: Annotated[
        str | None, typer.Option("--above", metavar="NUMBER", help="Mail when it is larger: 50, 80%, 2h or 1h30m.")
    ] = None,
    below: Annotated[str | None, typer.Option("--below", metavar="NUMBER", help="Mail when it is smaller.")] = None,
    range_: Annotated[
        str | None,
        typer.Option(
            "--range", metavar="RANGE", help="The dates, such as today, yesterday, 7d, week or month. Default: today."
        ),
    ] = None,
    where: WhereOption = None,
    param: ParamOption = None,
    office_hours: OfficeHoursOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Mail when the number of a report passes a threshold, and again when it no longer does.

    Each of the two mails comes at most once an hour. The dates are those of the workspace's time zone. A board shows
    the present and takes no range. A report without data passes no threshold.
    """
    from indexer.answers.own_reports import usable_reports
    from indexer.cli.audited import record
    from indexer.cli.report_options import naming_options
    from indexer.connections import connected
    from indexer.mailings.workspace_alerts import AskedAlert, create_named_alert, question_words, threshold_words
    from indexer.run_mailings import present

    asked = AskedAlert(name, report, to, above, below, range_, where or (), param or (), office_hours)
    with naming_options("alerts create"), connected() as here, here.store.connect() as connection:
        reports = usable_reports(here.settings)
        found = create_named_alert(connection, workspace, asked, now=present(), settings=here.settings, reports=reports)
        record(connection, "alert_created", workspace=workspace, target=name, details={"report": report, "to": to})
        if not dry_run:
            connection.commit()
    said = f"{report} ({question_words(found)}) is {threshold_words(found, reports[report])}"
    typer.echo(f"{name} {'would mail' if dry_run else 'mails'} {to} when {said}")


@alerts_app.command("list")
def list_(*, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """List the alerts of a workspace: what was found at the last look, and what the last mail has said."""
    from indexer.answers.own_reports import usable_reports
    from indexer.connections import connected
    from indexer.store.jobs.alerts import read_alerts

    with connected() as here, here.store.connect() as connection:
        found, reports = read_alerts(connection, workspace), usable_reports(here.settings)
    _print([_record(one, reports) for one in found], output)


@alerts_app.command("show")
def show(name: NameArgument, *, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """Show an alert."""
    from indexer.answers.own_reports import usable_reports
    from indexer.connections import connected
    from indexer.mailings.workspace_alerts import find_alert

    with connected() as here, here.store.connect() as connection:
        found, reports = find_alert(connection, workspace, name), usable_reports(here.settings)
    _print([_record(found, reports)], output)


@alerts_app.command("pause")
def pause(name: NameArgument, *, workspace: WorkspaceOption, dry_run: DryRunOption = False) -> None:
    """Pause an alert: nobody looks at its number until it is resumed."""
    from indexer.mailings.workspace_alerts import pause_named_alert
    from indexer.run_mailings import present

    pause_now = partial(pause_named_alert, now=present())
    change_named("alert", workspace, name, "pause", pause_now, dry_run=dry_run)


@alerts_app.command("resume")
def resume(name: NameArgument, *, workspace: WorkspaceOption, dry_run: DryRunOption = False) -> None:
    """Resume an alert that is paused. Its next mail comes if its state is not what the last mail has said."""
    from indexer.mailings.workspace_alerts import resume_named_alert

    change_named("alert", workspace, name, "resume", resume_named_alert, dry_run=dry_run)


@alerts_app.command("delete")
def delete(
    name: NameArgument, *, workspace: WorkspaceOption, yes: YesOption = False, dry_run: DryRunOption = False
) -> None:
    """Delete an alert."""
    from indexer.mailings.workspace_alerts import delete_named_alert

    delete_named("alert", workspace, name, delete_named_alert, yes=yes, dry_run=dry_run)


@alerts_app.command("check")
def check(*, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """Look at the numbers of all alerts now. Nothing is mailed and nothing is recorded."""
    from indexer.answers.own_reports import usable_reports
    from indexer.connections import connected
    from indexer.run_mailings import looking, present
    from indexer.store.jobs.alerts import read_alerts

    with connected() as here:
        with here.store.connect() as connection:
            alerts = read_alerts(connection, workspace)
        reports, now = usable_reports(here.settings), present()
        look = looking(here, reports, now)
        records = []
        for one in alerts:
            seen = look(one)
            records.append(
                _record(one, reports)
                | {"found": seen.found.value, "value": seen.value, "checked_at": now, "error": seen.reason}
                | {"figure": _figure(seen.value, seen.report), "state": _state(one, seen.found)}
            )
    _print(records, output)


def _print(records: list[dict[str, Any]], output: Any) -> None:
    columns = _COLUMNS
    if output_format(output) is Format.TABLE:
        columns = [_IN_TABLES.get(name, name) for name in _COLUMNS if name != "paused_at"]
    print_records(records, columns, output, people={"checked_at": optional_minute})


def _record(one: "Alert", reports: "Mapping[str, Definition]") -> dict[str, Any]:
    from indexer.mailings.workspace_alerts import question_words, threshold_words

    report = reports.get(one.report)
    return {
        "name": one.name,
        "report": one.report,
        "asked": question_words(one),
        "threshold": threshold_words(one, report),
        "to": one.mail_to,
        "found": None if one.found is None else one.found.value,
        "value": one.value,
        "checked_at": one.checked_at,
        "paused_at": one.paused_at,
        "state": _state(one, one.found),
        "told": one.told.value,
        "error": one.error,
        "figure": _figure(one.value, report),
    }


def _state(one: "Alert", found: "Found | None") -> str:
    if one.paused_at is not None:
        return "paused"
    return "" if found is None else found.value


def _figure(value: float | None, report: "Definition | None") -> str:
    from indexer.reports.figures import figure_text

    return "" if value is None else figure_text(value, "" if report is None else report.unit)
