"""The options that the commands on reports share, and the question made from them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indexer.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from elasticsearch import Elasticsearch
    from sqlalchemy import Connection

    from indexer.answers.catalogue import Catalogue
    from indexer.answers.resolve_values import Resolver
    from indexer.reports import Definition, Question

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The name of the report, as `indexer report list` prints it.")
]
WorkspaceOption = Annotated[str, typer.Option("--workspace", help="The workspace whose conversations are counted.")]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="DATE", help="The first local date: YYYY-MM-DD, today or yesterday. Boards do not need it."
    ),
]
ToOption = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="DATE",
        help="The last local date, included: YYYY-MM-DD, today or yesterday. Boards do not need it.",
    ),
]
LastOption = Annotated[
    str | None,
    typer.Option(
        "--last",
        metavar="28d",
        help="Instead of --from and --to: the last complete days (d), weeks of seven days (w) or calendar months (m), "
        "such as 28d.",
    ),
]
MonthOption = Annotated[
    str | None,
    typer.Option(
        "--month", metavar="YYYY-MM", help="Instead of --from and --to: a whole month, or the word this or last."
    ),
]
ZoneOption = Annotated[
    str | None,
    typer.Option(
        "--time-zone",
        metavar="ZONE",
        help="The time zone of the dates, such as Europe/Dublin. Default: the workspace's.",
    ),
]
IntervalOption = Annotated[
    str | None,
    typer.Option(
        "--interval",
        metavar="day|week|month|range",
        help="The length of a period; range is one period. Default: day, or range for heatmaps, boards.",
    ),
]
WeekStartOption = Annotated[
    str | None,
    typer.Option(
        "--week-start", metavar="WEEKDAY", help="The day on which weeks begin, such as sunday. Default: monday."
    ),
]
GroupByOption = Annotated[
    str | None,
    typer.Option(
        "--group-by",
        metavar="FIELD",
        help="Group by a field that `report show` lists, or by an attribute, custom.NAME. Some reports have a "
        "default for this option; `none` asks for no groups.",
    ),
]
ParamOption = Annotated[
    list[str] | None,
    typer.Option(
        "--param",
        metavar="NAME=VALUE",
        help="Set one of the report's parameters, such as target=30m. May be repeated. `report show` lists the "
        "parameters.",
    ),
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="FIELD=VALUE",
        help="Count only conversations that meet this condition. You can also use !=, >=, <=, >, <, and =* for any "
        "value. Repeat the option for more conditions: of several = on one field, one must hold; all other conditions "
        'must hold. Put names and values that contain = ! < > or are * in double quotes: --where \'custom."a=b"="*"\'. '
        "`report show` lists the fields.",
    ),
]
OfficeHoursOption = Annotated[
    bool, typer.Option("--office-hours", help="Measure within office hours (reports of durations only).")
]
ExactOption = Annotated[
    bool | None,
    typer.Option(
        "--exact/--no-exact",
        help="Whether medians and percentiles must be exact. Without either option, they are exact up to a million "
        "values. --exact refuses more values; --no-exact takes less memory and is exact up to 400,000 values.",
        show_default=False,
    ),
]
SortOption = Annotated[
    str | None,
    typer.Option(
        "--sort",
        metavar="value|name|count",
        help="The order of groups: the largest value or count over the whole range first, or by name.",
    ),
]
TopOption = Annotated[
    int | None,
    typer.Option(
        "--top",
        metavar="N",
        help="Show only the N groups with the largest value (or count, with --sort count), and all others as one row.",
    ),
]
MinCountOption = Annotated[
    int | None,
    typer.Option("--min-count", metavar="N", help="Show only groups whose count is N or more."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="The time that a board shows: epoch seconds, or ISO 8601 (in the time zone of the dates if it has no "
        "offset). Default: now.",
    ),
]
UntilOption = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="TIME",
        help="Count only what happened before this time, in the same forms as --as-of. Default: the whole range "
        "counts.",
    ),
]


@contextmanager
def naming_options(command: str) -> Iterator[None]:
    """Name the option at fault if a question is invalid; `command` is that of the help, such as `report run`."""
    from indexer.reports import InvalidQuestion

    try:
        yield
    except InvalidQuestion as error:
        option = f"--{error.parameter.replace('_', '-')}"
        raise OperatorError(
            f"{option}: {error.reason}", f"indexer {command} --help says what each option takes"
        ) from error


def question_of(report: "Definition", **parameters: Any) -> "Question":
    """The question from the options, with the present as the moment of a board.

    Without a time zone, that of the workspace in the store is used.
    """
    from indexer.answers.workspace_zone import zoned
    from indexer.reports import read_question

    given = {name.rstrip("_"): value for name, value in parameters.items() if value is not None}
    now = int(datetime.now(UTC).timestamp())

    def read(options: "Mapping[str, Any]") -> "Question":
        zone = _zone(options.get("time_zone", "UTC"))
        moments = {"as_of": now} | {
            name: _instant(name, options[name], zone) for name in ("as_of", "until") if name in options
        }
        return read_question(report, {**_with_dates(options, moments["as_of"], zone), **moments})

    seen_from_now = given.keys() & {"last", "month"} or {given.get("from"), given.get("to")} & {"today", "yesterday"}
    return zoned(read, given, workspace_zone, checked_first=not seen_from_now)


def _with_dates(options: "Mapping[str, Any]", as_of: int, zone: "ZoneInfo") -> dict[str, Any]:
    """The parameters with dates for words such as `yesterday`, by the present in the question's zone."""
    from indexer.reports.date_words import read_range

    given = dict(options)
    first, to, last, month = (given.pop(name, None) for name in ("from", "to", "last", "month"))
    first, to = read_range(first, to, last, month, datetime.fromtimestamp(as_of, zone).date())
    return given | {name: day for name, day in (("from", first), ("to", to)) if day is not None}


def workspace_zone(workspace: str) -> str:
    """The time zone of a workspace, from the store."""
    from indexer.store.entities.workspaces import read_time_zones

    with store() as connection:
        return read_time_zones(connection, [workspace])[workspace]


def _zone(name: str) -> "ZoneInfo":
    from zoneinfo import ZoneInfo

    from indexer.calendar.zone_names import checked_zone
    from indexer.reports import InvalidQuestion

    try:
        return ZoneInfo(checked_zone(name))
    except ValueError as error:
        raise InvalidQuestion("time_zone", str(error)) from error


def _instant(parameter: str, written: str, zone: "ZoneInfo") -> int:
    """The moment that was written, in local time of the zone if it has no offset."""
    from indexer.calendar.written_times import read_instant
    from indexer.reports import InvalidQuestion

    try:
        return read_instant(written, zone)
    except ValueError as error:
        raise InvalidQuestion(parameter, str(error)) from error


def resolve_names(resolver: "Resolver", report: "Definition", question: "Question") -> "Question":
    """The question with ids for names; raises `OperatorError` for a value that does not occur."""
    [found] = resolver.resolve([(report, question)])
    if found.fault is not None:
        raise found.fault
    for unknown in found.unknown:
        raise OperatorError(f"--where: {unknown}", f"list the values: indexer report run {report.name} --group-by …")
    for notice in found.notices:
        typer.echo(notice, err=True)
    return found.question


def check_workspace(resolver: "Resolver", report: "Definition", question: "Question") -> None:
    """Report if the workspace has nothing indexed; raises `OperatorError` if the store does not have it either."""
    unindexed = resolver.unindexed_workspace(report, question.workspace)
    if unindexed is None:
        return
    from indexer.store.entities.workspaces import has_workspace

    with store() as connection:
        known = has_workspace(connection, question.workspace)
    if not known:
        raise OperatorError(f"--workspace: {unindexed}", "list the workspaces: indexer workspace list")
    typer.echo(unindexed.partition(";")[0], err=True)


def has_words(report: "Definition", words: "Sequence[str]") -> bool:
    """Whether name, title, description or category of a report have all of the words, in upper or lower case."""
    text = f"{report.name} {report.title} {report.about} {report.category}".lower()
    return all(word.lower() in text for word in words)


def reports() -> "Catalogue":
    """All reports, including the installation's own; those that are left out are named on standard error."""
    from indexer.answers.own_reports import installed_reports
    from indexer.settings import settings

    found = installed_reports(settings())
    for fault in found.broken:
        typer.echo(f"warning: left out: {fault}", err=True)
    return found.reports


@contextmanager
def index() -> "Iterator[tuple[Elasticsearch, str]]":
    """A client of the configured Elasticsearch, and the installation's prefix."""
    from indexer.connections import connected

    with connected() as here:
        yield here.search, here.settings.index_prefix


@contextmanager
def store() -> "Iterator[Connection]":
    """A connection to the configured PostgreSQL."""
    from indexer.connections import connected

    with connected() as here, here.store.connect() as connection:
        yield connection
