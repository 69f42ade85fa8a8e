"""`indexer workspace`: the workspaces in the store, and the settings that their documents are computed with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indexer.cli.app import app
from indexer.cli.audited import record
from indexer.cli.output import Format, FormatOption, counted, minute, output_format, print_json, print_records
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from indexer.store.entities.workspace_contents import CountedWorkspace

workspace_app = typer.Typer(
    no_args_is_help=True, help="Show and change workspaces: time zone, office hours, bots, names."
)
app.add_typer(workspace_app, name="workspace")

WorkspaceArgument = Annotated[str, typer.Argument(metavar="ID", help="The workspace.")]


@workspace_app.command("list")
def list_(output: FormatOption = None) -> None:
    """List the workspaces that have settings or anything stored."""
    from indexer.connections import connected
    from indexer.store.entities.workspace_contents import list_workspaces

    columns = ["workspace_id", "conversations", "time_zone", "office_hours", "bot_admins", "updated_at", "datasets"]
    with connected() as here, here.store.connect() as connection:
        found = list_workspaces(connection)
    records = [
        _described(one)
        | {
            "office_hours": one.workspace.office_hours is not None,
            "bot_admins": len(one.workspace.bot_admin_ids),
        }
        for one in found
    ]
    print_records(
        records, columns, output, people={"conversations": counted, "datasets": ", ".join, "updated_at": minute}
    )


@workspace_app.command()
def show(workspace_id: WorkspaceArgument, output: FormatOption = None) -> None:
    """Show the settings of a workspace, with its office hours and its names in full."""
    from indexer.connections import connected
    from indexer.store.entities.names import Named, list_names
    from indexer.store.entities.workspace_contents import count_workspace

    with connected() as here, here.store.connect() as connection:
        found = count_workspace(connection, workspace_id)
        names = {f"{named}s": list_names(connection, workspace_id, named) for named in Named}
    if found.workspace.updated_at is None and not found.datasets and not any(names.values()):
        raise OperatorError(f"there is no workspace {workspace_id}", "indexer workspace list")
    record = _described(found) | names
    if output_format(output) is Format.JSON:
        print_json(record)
    else:
        print_records(
            [{"setting": key, "value": _text(value)} for key, value in record.items()], ["setting", "value"], output
        )


@workspace_app.command("set")
def set_(
    workspace_id: WorkspaceArgument,
    *,
    office_hours: Annotated[
        Path | None,
        typer.Option(help="A JSON file in the shape of Intercom's office_hours_schedule, with its exceptions."),
    ] = None,
    no_office_hours: Annotated[
        bool, typer.Option("--no-office-hours", help="Treat the workspace as open around the clock.")
    ] = False,
    time_zone: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The time zone of the days in reports and exports, such as Europe/Dublin."),
    ] = None,
    bot_admin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="The id of a teammate that counts as a bot. Repeat the option to name all bots."
        ),
    ] = None,
    no_bot_admins: Annotated[bool, typer.Option("--no-bot-admins", help="Count no teammate as a bot.")] = False,
    teams: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A JSON file with the names of all teams, in the shape of GET /teams."),
    ] = None,
    teammates: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A JSON file with the names of all teammates, in the shape of GET /admins."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
) -> None:
    """Change settings of a workspace. Settings that you do not give stay as they are.

    If office hours or bots change, all conversations of the workspace are indexed again. Names are shown beside ids in
    the answers of reports; they change no document.
    """
    from indexer.cli.shared_options import read_with_warnings
    from indexer.cli.wake_workers import say_what_waits
    from indexer.connections import connected
    from indexer.intake.change_workspace import WorkspaceChange, change_workspace, plan_change
    from indexer.intake.names_file import read_names_file
    from indexer.store.entities.names import Named

    if office_hours and no_office_hours:
        raise typer.BadParameter("--office-hours and --no-office-hours exclude each other")
    if bot_admin and no_bot_admins:
        raise typer.BadParameter("--bot-admin and --no-bot-admins exclude each other")
    settings: dict[str, Any] = {}
    if office_hours or no_office_hours:
        settings["office_hours"] = read_with_warnings(office_hours).written if office_hours else None
    if time_zone is not None:
        settings["time_zone"] = _time_zone(time_zone)
    if bot_admin or no_bot_admins:
        settings["bot_admin_ids"] = tuple(dict.fromkeys(bot_admin or ()))
    named = {Named.TEAM: teams, Named.TEAMMATE: teammates}
    names = {kind: read_names_file(file) for kind, file in named.items() if file is not None}
    if not settings and not names:
        raise typer.BadParameter("nothing to set: give at least one setting")

    with connected() as here, here.store.connect() as connection:
        change = WorkspaceChange(settings, names)
        if dry_run:
            marked = plan_change(connection, workspace_id, change).total
        else:
            marked = change_workspace(connection, workspace_id, change).marked
            record(connection, "workspace_set", workspace=workspace_id, details={"set": change.said()})
            connection.commit()
        typer.echo(f"{workspace_id}: {', '.join(change.said())} {'would be set' if dry_run else 'set'}")
        typer.echo(f"{marked} conversations {'would be' if dry_run else 'are'} due to be indexed again")
        if marked and not dry_run:
            say_what_waits(connection)


def _described(counted: "CountedWorkspace") -> dict[str, Any]:
    from dataclasses import asdict

    stored = {"conversations": counted.conversations, "datasets": list(counted.datasets)}
    return {"workspace_id": counted.workspace.workspace_id, **stored} | asdict(counted.workspace)


def _text(value: Any) -> str:
    """A setting as a cell: plain text as it is, None as nothing, any other value as JSON."""
    import orjson

    if value is None or isinstance(value, str):
        return value or ""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 if isinstance(value, dict) else 0).decode()


def _time_zone(name: str) -> str:
    from indexer.calendar.zone_names import checked_zone

    try:
        return checked_zone(name)
    except ValueError as error:
        raise OperatorError(
            f"--time-zone: {error}", "use a name of the IANA database, such as Europe/Dublin or UTC"
        ) from error
