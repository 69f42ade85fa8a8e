"""`indexer people export`: the people who match a filter, as a file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.output_file import ForceOption, OutputOption, check_output, open_output
from indexer.cli.people import people_app
from indexer.cli.people_options import (
    AsOfOption,
    ColumnsOption,
    FilterArgument,
    SortOption,
    WorkspaceOption,
    asked_people,
    moment_in_words,
)
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from indexer.exports.write_people import FileFormat


@people_app.command("export")
def export(
    filter_text: FilterArgument = "",
    *,
    workspace: WorkspaceOption,
    columns: ColumnsOption = "",
    sort: SortOption = None,
    output: OutputOption = "-",
    file_format: Annotated[
        str | None,
        typer.Option("--format", metavar="csv|ndjson", help="The format of the file. Default: by its name, or csv."),
    ] = None,
    force: ForceOption = False,
    as_of: AsOfOption = None,
) -> None:
    """Write the people who match a filter as CSV or NDJSON, a row for each person.

    The file appears under its name only when it is complete. Times are those of the workspace's time zone.
    """
    import time

    from indexer.answers.people_list import count_people, iterate_people
    from indexer.cli.progress import count_progress
    from indexer.connections import connections
    from indexer.exports.write_people import write_people

    written = _format(file_format, output)
    check_output(output, force=force)
    here = connections()
    try:
        asked = asked_people(
            "people export", here.store, workspace, filter_text, columns=columns, sort=sort, as_of=as_of
        )
    except OperatorError as error:
        if error.exit_code == OperatorError.exit_code and len(filter_text.split()) == 1:
            error.remedy += f"; for everything that is held about one person: {_disclose(filter_text, workspace)}"
        raise
    taken_at = int(time.time())
    total = count_people(here.search, here.settings.index_prefix, asked.question)
    pages = iterate_people(here.search, here.settings.index_prefix, here.store.connect, asked.question)
    with open_output(output) as file, count_progress("writing people", total) as tell:
        rows = write_people(pages, asked.columns, file, zone=asked.question.scope.zone, format_=written, tell=tell)
    print(f"{rows:,} {'person' if rows == 1 else 'people'} at {moment_in_words(taken_at)}", file=sys.stderr)


def _disclose(person: str, workspace: str) -> str:
    """The command for everything that is held about one person, whom somebody may want to export."""
    import shlex

    return shlex.join(["indexer", "people", "disclose", person, "--workspace", workspace])


def _format(wanted: str | None, output: str) -> "FileFormat":
    from indexer.exports.write_people import FORMATS

    found = wanted or {".ndjson": "ndjson", ".jsonl": "ndjson"}.get(Path(output).suffix.lower(), "csv")
    if found not in FORMATS:
        raise OperatorError(f"--format: there is no format {found!r}", f"choose one of {', '.join(FORMATS)}")
    return "csv" if found == "csv" else "ndjson"
