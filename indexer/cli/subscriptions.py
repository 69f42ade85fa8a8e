"""`indexer subscriptions`: saved views that are mailed."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indexer.cli.app import app
from indexer.cli.change_named import change_named, delete_named
from indexer.cli.output import Format, FormatOption, minute, optional_minute, output_format, print_records
from indexer.cli.report_options import ZoneOption
from indexer.cli.shared_options import DryRunOption, YesOption

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from indexer.store.jobs.subscriptions import Subscription

subscriptions_app = typer.Typer(no_args_is_help=True, help="Mail saved views daily, weekly or monthly.")
app.add_typer(subscriptions_app, name="subscriptions")

NameArgument = Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="The name of the subscription.")]
WorkspaceOption = Annotated[str, typer.Option("--workspace", help="The workspace of the view.")]
ToOption = Annotated[
    str, typer.Option("--to", metavar="ADDRESS", help="The mail address. For several people, use that of a list.")
]

_COLUMNS = ["name", "view", "to", "schedule", "time_zone", "next", "paused_at", "sent_at", "error"]


@subscriptions_app.command("create")
def create(
    name: NameArgument,
    *,
    workspace: WorkspaceOption,
    view: Annotated[str, typer.Option("--view", metavar="VIEW", help="The saved view to mail.")],
    to: ToOption,
    every: Annotated[str, typer.Option("--every", metavar="daily|weekly|monthly", help="How often it is mailed.")],
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help="The local time.")] = "08:00",
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="DAY",
            help="The weekday (default: monday) or the day of the month (default: 1). A month without that day has "
            "its last day in place of it.",
        ),
    ] = None,
    time_zone: ZoneOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Mail a saved view daily, weekly or monthly at a local time.

    The mail has all numbers of the view, or says why there are none. The view must not have fixed dates.
    """
    from indexer.answers.own_reports import usable_reports
    from indexer.answers.page_catalogue import usable_pages
    from indexer.cli.audited import record
    from indexer.cli.report_options import naming_options
    from indexer.connections import connected
    from indexer.mailings.letter import local_minute
    from indexer.mailings.workspace_subscriptions import (
        AskedSubscription,
        create_named_subscription,
        next_mail,
        zone_of,
    )
    from indexer.run_mailings import present

    asked = AskedSubscription(name, view, to, every, at, on, time_zone)
    with naming_options("subscriptions create"), connected() as here, here.store.connect() as connection:
        reports = usable_reports(here.settings)
        pages = usable_pages(here.settings, reports)
        found = create_named_subscription(
            connection, workspace, asked, now=present(), settings=here.settings, pages=pages, reports=reports
        )
        record(connection, "subscription_created", workspace=workspace, target=name, details={"view": view, "to": to})
        zone = zone_of(connection, found)
        if not dry_run:
            connection.commit()
    said = "would mail" if dry_run else "mails"
    typer.echo(f"{name} {said} {view} to {to}, first {local_minute(next_mail(found, zone), zone)}")


@subscriptions_app.command("list")
def list_(*, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """List the subscriptions of a workspace: when the next mail is due, and why the last one failed."""
    from indexer.connections import connected
    from indexer.store.jobs.subscriptions import read_subscriptions

    with connected() as here, here.store.connect() as connection:
        records = [_record(connection, one) for one in read_subscriptions(connection, workspace)]
    _print(records, output)


@subscriptions_app.command("show")
def show(name: NameArgument, *, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """Show a subscription."""
    from indexer.connections import connected
    from indexer.mailings.workspace_subscriptions import find_subscription

    with connected() as here, here.store.connect() as connection:
        found = _record(connection, find_subscription(connection, workspace, name))
    _print([found], output)


@subscriptions_app.command("pause")
def pause(name: NameArgument, *, workspace: WorkspaceOption, dry_run: DryRunOption = False) -> None:
    """Pause a subscription: nothing is mailed until it is resumed."""
    from indexer.mailings.workspace_subscriptions import pause_named_subscription
    from indexer.run_mailings import present

    pause_now = partial(pause_named_subscription, now=present())
    change_named("subscription", workspace, name, "pause", pause_now, dry_run=dry_run)


@subscriptions_app.command("resume")
def resume(name: NameArgument, *, workspace: WorkspaceOption, dry_run: DryRunOption = False) -> None:
    """Resume a subscription that is paused. What it has missed is not mailed."""
    from indexer.mailings.letter import local_minute
    from indexer.mailings.workspace_subscriptions import next_mail, resume_named_subscription, zone_of
    from indexer.run_mailings import present

    def when(connection: "Connection", resumed: "Subscription") -> str:
        zone = zone_of(connection, resumed)
        return f", next {local_minute(next_mail(resumed, zone), zone)}"

    resume_now = partial(resume_named_subscription, now=present())
    change_named("subscription", workspace, name, "resume", resume_now, dry_run=dry_run, words=when)


@subscriptions_app.command("delete")
def delete(
    name: NameArgument, *, workspace: WorkspaceOption, yes: YesOption = False, dry_run: DryRunOption = False
) -> None:
    """Delete a subscription. The view stays."""
    from indexer.mailings.workspace_subscriptions import delete_named_subscription

    delete_named("subscription", workspace, name, delete_named_subscription, yes=yes, dry_run=dry_run)


@subscriptions_app.command("send")
def send(
    name: NameArgument,
    *,
    workspace: WorkspaceOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the mail, and send nothing.")] = False,
) -> None:
    """Send a subscription now, once more. Its next mail comes when it is due all the same.

    If a number of the report cannot be had, the command fails, and nothing is sent.
    """
    from indexer.answers.workspace_views import show_view
    from indexer.cli.audited import record
    from indexer.connections import connected
    from indexer.mailings.letter import send_letter
    from indexer.mailings.send_subscriptions import key_of_subscription
    from indexer.mailings.workspace_subscriptions import find_subscription, zone_of
    from indexer.run_mailings import present, view_mails

    now = present()
    with connected() as here, view_mails(here.settings) as draw:
        with here.store.connect() as connection:
            found = find_subscription(connection, workspace, name)
            view, zone = show_view(connection, workspace, found.view_name), zone_of(connection, found)
        letter = draw(found, view, now, zone)
        if dry_run:
            typer.echo(f"Subject: {letter.subject}\nTo: {found.mail_to}\n\n{letter.text}")
            for file, drawing in letter.drawings:
                typer.echo(f"attached: {file} ({len(drawing):,} bytes)")
            return
        _send(lambda: send_letter(here.settings, found.mail_to, letter, key_of_subscription(found, now)))
        with here.store.begin() as connection:
            record(connection, "subscription_sent", workspace=workspace, target=name, details={"to": found.mail_to})
    typer.echo(f"sent {name} to {found.mail_to}")


def _send(send_it: Any) -> None:
    """Send; an error that may pass is one that the command ends with, too."""
    from indexer.cli.report_options import naming_options
    from indexer.errors import RetryLater, ServiceUnavailable

    try:
        with naming_options("subscriptions send"):
            send_it()
    except RetryLater as error:
        raise ServiceUnavailable(str(error), "try again later") from error


def _print(records: list[dict[str, Any]], output: Any) -> None:
    columns = _COLUMNS
    if output_format(output) is Format.TABLE:
        columns = [name for name in _COLUMNS if name != "paused_at"]
        records = [one | {"next": "paused" if one["paused_at"] else minute(one["next"])} for one in records]
    print_records(records, columns, output, people={"sent_at": optional_minute})


def _record(connection: "Connection", one: "Subscription") -> dict[str, Any]:
    from indexer.mailings.workspace_subscriptions import next_mail, schedule_words, zone_of

    zone = zone_of(connection, one)
    return {
        "name": one.name,
        "view": one.view_name,
        "to": one.mail_to,
        "schedule": schedule_words(one.schedule),
        "time_zone": zone.key,
        "next": None if one.paused_at else next_mail(one, zone),
        "paused_at": one.paused_at,
        "sent_at": one.sent_at,
        "error": one.error,
    }
