"""`indexer people filter`: what a filter says, in each of its forms."""

from typing import Annotated

import typer

from indexer.cli.output import Format, FormatOption, output_format, print_json, print_table
from indexer.cli.people import people_app
from indexer.cli.people_options import AsOfOption, WorkspaceOption, asked_people, needed_filter


@people_app.command("filter")
def filter_(
    filter_text: Annotated[
        str,
        typer.Argument(
            metavar="FILTER",
            help="The filter: as text, as JSON, or as the body of a search of the vendor's API for contacts.",
        ),
    ],
    *,
    workspace: WorkspaceOption,
    explain: Annotated[bool, typer.Option("--explain", help="Show the Elasticsearch query too.")] = False,
    as_of: AsOfOption = None,
    output: FormatOption = None,
) -> None:
    """Check a filter, and show it as text, as a sentence and as JSON. No people are looked up."""
    import json

    from indexer.connections import connections
    from indexer.people.attribute_models import MODEL
    from indexer.people.filters import filter_as_json, print_filter, query

    asked = asked_people("people filter", connections().store, workspace, filter_text, as_of=as_of)
    found, scope = needed_filter(asked), asked.question.scope
    shown = {"text": print_filter(found), "meaning": asked.meaning, "json": filter_as_json(found)}
    if explain:
        shown["query"] = query(found, scope, MODEL)
    if output_format(output) is not Format.TABLE:
        print_json(shown)
        return
    rows = [
        [name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)]
        for name, value in shown.items()
    ]
    print_table(["form", "filter"], rows)
