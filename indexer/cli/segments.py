"""`indexer segments`: filters of people that are saved under a name."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from indexer.cli.app import app
from indexer.cli.change_named import delete_named
from indexer.cli.output import Format, FormatOption, counted, output_format, print_json, print_records
from indexer.cli.shared_options import DryRunOption, YesOption

if TYPE_CHECKING:
    from indexer.answers.workspace_segments import SegmentShown

segments_app = typer.Typer(no_args_is_help=True, help="Save filters of people, and count the people who meet them.")
app.add_typer(segments_app, name="segments")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name of the segment.")]
WorkspaceOption = Annotated[str, typer.Option("--workspace", help="The workspace of the people.")]

_COLUMNS = ["name", "kind", "people", "counted_at", "frozen_at", "person_type", "filter", "meaning", "fault"]


@segments_app.command("create")
def create(
    name: NameArgument,
    filter_text: Annotated[str, typer.Argument(metavar="FILTER", help="The filter, such as 'plan is \"free\"'.")],
    *,
    workspace: WorkspaceOption,
    users_only: Annotated[
        bool, typer.Option("--users-only", help="Leave out leads and visitors, whatever the filter says.")
    ] = False,
    dry_run: DryRunOption = False,
    output: FormatOption = None,
) -> None:
    """Save a filter under a name. Its members are the people who match it at the time of each question.

    People without a value match conditions such as "is not".
    """
    from indexer.answers.workspace_segments import create_segment
    from indexer.connections import connected

    with connected() as here, here.store.connect() as connection, connection.begin() as transaction:
        found = create_segment(connection, workspace, name, filter_text, "user" if users_only else "contact")
        if dry_run:
            transaction.rollback()
    if output_format(output) is Format.TABLE:
        typer.echo(f"{'would save' if dry_run else 'saved'} the segment {name}: {found.filter}")
        typer.echo(found.meaning)
    else:
        _print([found], output)


@segments_app.command("list")
def list_(*, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """List the segments of a workspace with the number of their members now, and its fixed audiences."""
    from indexer.answers.workspace_segments import list_segments
    from indexer.connections import connected

    with connected() as here, here.store.connect() as connection:
        found = list_segments(connection, here.search, here.settings.index_prefix, workspace)
        _print(found, output, _zone(connection, workspace))


@segments_app.command("show")
def show(name: NameArgument, *, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """Show a segment: its filter, and the number of its members now."""
    from indexer.answers.workspace_segments import show_segment
    from indexer.connections import connected

    with connected() as here, here.store.connect() as connection:
        found = show_segment(connection, here.search, here.settings.index_prefix, workspace, name)
        zone = _zone(connection, workspace)
    if output_format(output) is Format.JSON:
        print_json(found._asdict())
    else:
        _print([found], output, zone)


@segments_app.command("count")
def count(name: NameArgument, *, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """Count the members of a segment, and say when they were counted."""
    from indexer.answers.workspace_segments import show_segment
    from indexer.connections import connected
    from indexer.errors import OperatorError

    with connected() as here, here.store.connect() as connection:
        found = show_segment(connection, here.search, here.settings.index_prefix, workspace, name)
        zone = _zone(connection, workspace)
    if found.fault is not None:
        raise OperatorError(f"the segment {name} cannot be used: {found.fault}", "create it again with another filter")
    if output_format(output) is Format.TABLE:
        people = found.people or 0
        typer.echo(f"{people:,} {'person' if people == 1 else 'people'} at {_local(found.counted_at, zone)}")
    else:
        record = {"name": name, "people": found.people, "counted_at": found.counted_at}
        print_records([record], list(record), output)


@segments_app.command("freeze")
def freeze(
    name: NameArgument,
    audience: Annotated[str, typer.Argument(metavar="AUDIENCE", help="The name of the fixed audience.")],
    *,
    workspace: WorkspaceOption,
    dry_run: DryRunOption = False,
    output: FormatOption = None,
) -> None:
    """Keep the current members of a segment as a fixed audience. Later changes to people do not change it.

    People who are erased are removed from it.
    """
    from indexer.answers.workspace_segments import freeze_segment
    from indexer.connections import connected

    with connected() as here, here.store.connect() as connection, connection.begin() as transaction:
        found = freeze_segment(connection, here.search, here.settings.index_prefix, workspace, name, audience)
        zone = _zone(connection, workspace)
        if dry_run:
            transaction.rollback()
    if output_format(output) is Format.TABLE:
        said = "would keep" if dry_run else "kept"
        typer.echo(f"{said} {found.people:,} people as {audience}, at {_local(found.frozen_at, zone)}")
    else:
        _print([found], output)


@segments_app.command("delete")
def delete(
    name: NameArgument, *, workspace: WorkspaceOption, yes: YesOption = False, dry_run: DryRunOption = False
) -> None:
    """Delete a segment or a fixed audience. The people themselves stay."""
    from indexer.answers.workspace_segments import delete_named_segment

    delete_named("segment", workspace, name, delete_named_segment, yes=yes, dry_run=dry_run)


def _print(found: "list[SegmentShown]", output: Format | None, zone: ZoneInfo | None = None) -> None:
    def local(value: Any) -> str:
        return "" if value is None else _local(value, zone)

    people = {"people": counted, "counted_at": local, "frozen_at": local}
    print_records([one._asdict() for one in found], _COLUMNS, output, people=people)


def _local(instant: int | None, zone: ZoneInfo | None) -> str:
    return f"{datetime.fromtimestamp(instant or 0, zone or ZoneInfo('UTC')):%Y-%m-%d %H:%M:%S %Z}"


def _zone(connection: Any, workspace: str) -> ZoneInfo:
    from indexer.store.entities.workspaces import get_workspace

    return get_workspace(connection, workspace).zone
