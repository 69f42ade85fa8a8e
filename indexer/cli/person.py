"""`indexer people show`, `why`: one person."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from indexer.cli.output import Format, FormatOption, in_words, output_format, print_json, print_table
from indexer.cli.people import people_app
from indexer.cli.people_options import AsOfOption, WorkspaceOption, asked_people, needed_filter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from indexer.answers.profile_links import ProfileLinks
    from indexer.people.person_facts import PersonFacts

PersonArgument = Annotated[
    str, typer.Argument(metavar="PERSON", help="The person's id, external id, or e-mail address if no one else has it.")
]


@people_app.command("show")
def show(person: PersonArgument, *, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """Show a person: attributes, companies, what the person did, and links to the profile.

    If several people have the e-mail address, their ids are listed. Times are those of the workspace's time zone.
    """
    from indexer.answers.find_person import find_person
    from indexer.answers.profile_links import profile_links
    from indexer.connections import connections
    from indexer.store.entities.workspaces import get_workspace

    here = connections()
    with here.store.connect() as connection:
        facts = find_person(connection, workspace, person)
        links = profile_links(connection, workspace, facts.person, here.settings.profile_url)
        zone = get_workspace(connection, workspace).zone
    found = person_record(facts, links, zone)
    if output_format(output) is not Format.TABLE:
        print_json(found)
        return
    rows = [[name, in_words(value)] for name, value in _flat(found) if value not in (None, "", [], ())]
    print_table(["attribute", "value"], rows)
    if facts.events:
        typer.echo()
        print_table(
            ["event", "count", "first", "last"],
            [[name, f"{event['count']:,}", event["first"], event["last"]] for name, event in found["events"].items()],
            right=[1],
        )


@people_app.command("why")
def why(
    person: PersonArgument,
    filter_text: Annotated[str, typer.Argument(metavar="FILTER", help="The filter to explain.")],
    *,
    workspace: WorkspaceOption,
    as_of: AsOfOption = None,
    output: FormatOption = None,
) -> None:
    """Explain clause by clause why a person matches a filter, or why not.

    The answer is computed from the store; the lists come from the index, which may be some seconds behind.
    """
    from indexer.answers.find_person import find_person
    from indexer.connections import connections
    from indexer.people.filters import matches
    from indexer.people.filters import why as explained

    here = connections()
    asked = asked_people("people why", here.store, workspace, filter_text, as_of=as_of)
    chosen, scope = needed_filter(asked), asked.question.scope
    with here.store.connect() as connection:
        facts = find_person(connection, workspace, person)
    holds = matches(chosen, facts, scope)
    clauses = explained(chosen, facts, scope)
    if output_format(output) is not Format.TABLE:
        explained_clauses = [clause._asdict() for clause in clauses]
        print_json({"id": facts.person.id, "matches": holds, "meaning": asked.meaning, "clauses": explained_clauses})
        return
    typer.echo(asked.meaning)
    typer.echo(f"{facts.person.id} {'matches' if holds else 'does not match'}")
    rows = [
        ["  " * clause.depth + clause.text, "yes" if clause.holds else "no", clause.seen, clause.reason]
        for clause in clauses
    ]
    print_table(["clause", "holds", "value", "reason"], rows)


def person_record(facts: "PersonFacts", links: "ProfileLinks", zone: "ZoneInfo") -> dict[str, Any]:
    """A person as one object, with times in the zone."""
    from indexer.people.person_description import described_person

    found = described_person(facts, zone)
    return {**found, "profile": links.given} if links.given else found


def _flat(found: "Mapping[str, Any]", prefix: str = "") -> "list[tuple[str, Any]]":
    """The values of nested objects under names with dots, without the events."""
    rows: list[tuple[str, Any]] = []
    for name, value in found.items():
        if name == "events" and not prefix:
            continue
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            for place, one in enumerate(value, 1):
                rows += _flat(one, f"{prefix}{name} {place}: ")
        else:
            rows.append((prefix + name, value))
    return rows
