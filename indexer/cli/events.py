"""`indexer events`: what people did."""

from typing import Annotated, Any

import typer

from indexer.cli.app import app
from indexer.cli.output import FormatOption, counted, print_records
from indexer.cli.people import to_the_minute
from indexer.cli.people_options import WorkspaceOption
from indexer.cli.person import PersonArgument

events_app = typer.Typer(no_args_is_help=True, help="Show what people did.")
app.add_typer(events_app, name="events")


@events_app.command("list")
def list_(
    person: PersonArgument,
    *,
    workspace: WorkspaceOption,
    name: Annotated[str | None, typer.Option("--name", metavar="EVENT", help="Only events of this name.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="The most events to list.")] = 50,
    output: FormatOption = None,
) -> None:
    """List the events of a person, the newest first.

    Single events are only kept for some months; `indexer people show` has the first time, the last time and the count
    of all.
    """
    from indexer.answers.find_person import find_person
    from indexer.connections import connections
    from indexer.people.attribute_value import Value
    from indexer.people.list_columns import written_value
    from indexer.people.person_event import metadata_from
    from indexer.store.entities.person_events import read_events
    from indexer.store.entities.workspaces import get_workspace

    with connections().store.connect() as connection:
        facts = find_person(connection, workspace, person)
        zone = get_workspace(connection, workspace).zone
        events = read_events(connection, workspace, facts.person.id, name=name, limit=limit)
    records: list[dict[str, Any]] = [
        {
            "at": written_value(Value("datetime", event.at), zone),
            "name": event.name,
            "metadata": {key: written_value(value, zone) for key, value in metadata_from(event.metadata).items()},
        }
        for event in events
    ]
    print_records(records, ("at", "name", "metadata"), output, people={"at": to_the_minute})


@events_app.command("names")
def names(*, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """List the names of events, with how many people have each and how many there have been in all."""
    from indexer.connections import connections
    from indexer.people.attribute_value import Value
    from indexer.people.list_columns import written_value
    from indexer.store.entities.event_names import read_event_names
    from indexer.store.entities.workspaces import get_workspace

    with connections().store.connect() as connection:
        zone = get_workspace(connection, workspace).zone
        found = read_event_names(connection, workspace)
    records = [
        {
            "name": one.name,
            "people": one.people,
            "events": one.events,
            "first": written_value(Value("datetime", one.first), zone),
            "last": written_value(Value("datetime", one.last), zone),
        }
        for one in found
    ]
    columns = ("name", "people", "events", "first", "last")
    shown = {"people": counted, "events": counted, "first": to_the_minute, "last": to_the_minute}
    print_records(records, columns, output, people=shown)
