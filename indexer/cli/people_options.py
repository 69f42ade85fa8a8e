"""Options of the commands about people, and how the question in them is read."""

from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.report_options import naming_options
from indexer.cli.shared_options import workspace_name
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

    from indexer.answers.people_question import AskedPeople
    from indexer.people.filters import Filter

WorkspaceOption = Annotated[
    str, typer.Option("--workspace", help="The workspace of the people.", callback=workspace_name)
]
FilterArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILTER",
        help="Which people, such as 'plan is \"free\" and signed_up_at more than 30 days ago'. *Is not* also matches "
        "people without the value. JSON is accepted as well. Without a filter: all people.",
    ),
]
ColumnsOption = Annotated[
    str,
    typer.Option(
        "--columns",
        metavar="NAMES",
        help="What to show, separated by commas: standard attributes, custom.NAME, company.NAME, event.NAME.count (or "
        "first, last, metadata.KEY).",
    ),
]
SortOption = Annotated[
    str | None,
    typer.Option(
        "--sort",
        metavar="COLUMN",
        help="The order: a column, with - before it for the largest or latest first (--sort=-last_seen_at). Default: "
        "by id.",
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="The time from which days ago count: epoch seconds or ISO 8601. Default: now. Attributes are the "
        "current ones, whatever the time.",
    ),
]


def asked_people(
    command: str,
    store: "Engine",
    workspace: str,
    filter_text: str,
    *,
    columns: str = "",
    sort: str | None = None,
    as_of: str | None = None,
) -> "AskedPeople":
    """The question in the options; raises `OperatorError` if it cannot be asked, or there is no such workspace."""
    from indexer.answers.people_question import read_people_question, read_scope
    from indexer.store.entities.workspaces import has_workspace

    with store.connect() as connection, naming_options(command):
        if not has_workspace(connection, workspace):
            raise OperatorError(
                f"--workspace: there is no workspace {workspace!r}", "list the workspaces: indexer workspace list"
            )
        scope = read_scope(connection, workspace, as_of)
        return read_people_question(scope, workspace, filter_text, columns=column_names(columns), sort=sort)


def needed_filter(asked: "AskedPeople") -> "Filter":
    """The filter of a question; an empty one is a usage error."""
    if asked.question.filter is None:
        raise typer.BadParameter("a filter is needed, such as 'plan is \"free\"'")
    return asked.question.filter


def column_names(written: str) -> "Sequence[str]":
    """The names between commas; a comma within double quotes belongs to a name."""
    import csv

    return [name.strip() for row in csv.reader([written], skipinitialspace=True) for name in row if name.strip()]


def moment_in_words(at: int) -> str:
    """The moment at which something was counted, in UTC."""
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%SZ}"
