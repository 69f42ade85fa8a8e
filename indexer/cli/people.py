"""`indexer people`: lists and counts of the people who match a filter."""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indexer.cli.app import app
from indexer.cli.output import Format, FormatOption, output_format, print_json, print_records
from indexer.cli.people_options import (
    AsOfOption,
    ColumnsOption,
    FilterArgument,
    SortOption,
    WorkspaceOption,
    asked_people,
    moment_in_words,
)

if TYPE_CHECKING:
    from indexer.answers.people_question import AskedPeople
    from indexer.people.person_facts import PersonFacts

people_app = typer.Typer(no_args_is_help=True, help="Find people by who they are and what they do.")
app.add_typer(people_app, name="people")


@people_app.command("list")
def list_(
    filter_text: FilterArgument = "",
    *,
    workspace: WorkspaceOption,
    columns: ColumnsOption = "",
    sort: SortOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="The most people to list.")] = 20,
    as_of: AsOfOption = None,
    output: FormatOption = None,
) -> None:
    """List the people who match a filter, and say how many there are.

    Times are those of the workspace's time zone.
    """
    from indexer.answers.people_list import MOST_ON_A_PAGE, list_people
    from indexer.connections import connections

    here = connections()
    asked = asked_people("people list", here.store, workspace, filter_text, columns=columns, sort=sort, as_of=as_of)
    taken_at = int(time.time())
    people: list[PersonFacts] = []
    total, cursor = 0, None
    while len(people) < limit:
        size = min(limit - len(people), MOST_ON_A_PAGE)
        page = list_people(
            here.search, here.settings.index_prefix, here.store.connect, asked.question, size=size, cursor=cursor
        )
        people += page.people
        total, cursor = page.total, page.cursor
        if cursor is None:
            break
    names = [column.name for column in asked.columns]
    records = [record_of(asked, facts) for facts in people]
    if output_format(output) is Format.JSON:
        print_json(
            {
                "total": total,
                "as_of": asked.question.scope.now,
                "taken_at": taken_at,
                "meaning": asked.meaning,
                "people": records,
            }
        )
        return
    if records:
        times = {column.name: to_the_minute for column in asked.columns if column.type == "datetime"}
        print_records(records, names, output, people=times)
    noun = "person" if total == 1 else "people"
    shown = "" if len(people) >= total else f", {len(people):,} shown"
    typer.echo(f"{total:,} {noun} at {moment_in_words(taken_at)}{shown}", err=True)
    typer.echo(asked.meaning, err=True)


@people_app.command("count")
def count(
    filter_text: FilterArgument = "",
    *,
    workspace: WorkspaceOption,
    as_of: AsOfOption = None,
    output: FormatOption = None,
) -> None:
    """Count the people who match a filter, and say when they were counted."""
    from indexer.answers.people_list import count_people
    from indexer.connections import connections

    here = connections()
    asked = asked_people("people count", here.store, workspace, filter_text, as_of=as_of)
    taken_at = int(time.time())
    found = count_people(here.search, here.settings.index_prefix, asked.question)
    if output_format(output) is Format.TABLE:
        typer.echo(f"{found:,} {'person' if found == 1 else 'people'} at {moment_in_words(taken_at)}")
        typer.echo(asked.meaning, err=True)
    else:
        record = {"count": found, "as_of": asked.question.scope.now, "taken_at": taken_at, "meaning": asked.meaning}
        if output_format(output) is Format.CSV:
            print_records([record], list(record), output)
        else:
            print_json(record)


def to_the_minute(written: Any) -> str:
    """A time in ISO 8601 as tables show it: `2026-11-28 10:05`; of several, all of them."""
    return ", ".join(one[:16].replace("T", " ") for one in (written if isinstance(written, list) else [written]))


def record_of(asked: "AskedPeople", facts: "PersonFacts") -> dict[str, Any]:
    """The values of a person in the columns that were asked for."""
    from indexer.people.list_columns import value_in

    zone = asked.question.scope.zone
    return {column.name: value_in(column, facts, zone) for column in asked.columns}
