"""`indexer report conversations`: the conversations behind a number."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from indexer.cli.output import Format, FormatOption, output_format, print_records
from indexer.cli.report import report_app
from indexer.cli.report_options import (
    AsOfOption,
    FromOption,
    GroupByOption,
    IntervalOption,
    LastOption,
    MonthOption,
    NameArgument,
    OfficeHoursOption,
    ParamOption,
    ToOption,
    UntilOption,
    WeekStartOption,
    WhereOption,
    WorkspaceOption,
    ZoneOption,
    check_workspace,
    index,
    naming_options,
    question_of,
    resolve_names,
    store,
)
from indexer.cli.report_options import reports as all_reports
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, tzinfo

    from indexer.answers.resolve_values import Resolver
    from indexer.reports import Definition, Question
    from indexer.reports.cell import AnyGroup


@report_app.command("conversations")
def list_behind(
    name: NameArgument,
    *,
    workspace: WorkspaceOption,
    first: FromOption = None,
    to: ToOption = None,
    last: LastOption = None,
    month: MonthOption = None,
    time_zone: ZoneOption = None,
    interval: IntervalOption = None,
    week_start: WeekStartOption = None,
    group_by: GroupByOption = None,
    param: ParamOption = None,
    where: WhereOption = None,
    office_hours: OfficeHoursOption = False,
    as_of: AsOfOption = None,
    until: UntilOption = None,
    period: Annotated[
        str | None, typer.Option("--period", metavar="DATE", help="Only the row of this period, by its date.")
    ] = None,
    group: Annotated[
        str | None, typer.Option("--group", metavar="VALUE", help="Only the row of this group (see --group-by).")
    ] = None,
    no_group: Annotated[
        bool, typer.Option("--no-group", help="Only the row of conversations without a group.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", help="How many conversations to list at once, up to 1,000.")
    ] = 50,
    cursor: Annotated[
        str | None,
        typer.Option("--cursor", metavar="C", help="Continue after a page, with the cursor that it printed."),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort",
            metavar="COLUMN",
            help="The column to sort by: at, value or one of the report's columns. With a minus before it (-value), "
            "the largest come first. The default is at.",
        ),
    ] = None,
    output: FormatOption = None,
) -> None:
    """List the conversations behind a number of a report.

    With the options of `report run`, it lists all conversations behind the total. With --period and --group, it lists
    the conversations behind one row of the answer. `value` is the report's number for that conversation alone.
    Standard error shows how many conversations there are, and the --cursor for the next page.
    """
    from indexer.answers.catalogue import find_report
    from indexer.answers.drill_down import list_conversations
    from indexer.answers.resolve_values import Resolver
    from indexer.reports.figures import figure_text
    from indexer.reports.list_order import read_order

    report = find_report(all_reports(), name)
    with naming_options("report conversations"):
        question = question_of(
            report,
            workspace=workspace,
            from_=first,
            to=to,
            last=last,
            month=month,
            time_zone=time_zone,
            interval=interval,
            week_start=week_start,
            group_by=group_by,
            param=param,
            where=where,
            office_hours=office_hours,
            as_of=as_of,
            until=until,
        )
        with index() as (client, prefix):
            resolver = Resolver(client, prefix, store)
            question = resolve_names(resolver, report, question)
            page = list_conversations(
                client,
                prefix,
                report,
                question,
                period=_date(period),
                group=_group(resolver, report, question, group, no_group=no_group),
                size=limit,
                cursor=cursor,
                order=read_order(report, sort),
            )
            if not page.total:
                check_workspace(resolver, report, question)
    columns = ["conversation_id", "at", "value", *report.columns]
    records: Iterable[dict[str, Any]] = ({**row._asdict(), **row.columns} for row in page.rows)
    if output_format(output) is Format.TABLE:
        records = (_with_local_times(record, question.zone) for record in records)
    print_records(
        records, columns, output, people={"value": lambda value: figure_text(value, report.unit)} | _durations(report)
    )
    typer.echo(f"{len(page.rows):,} of {page.total:,} conversations", err=True)
    if page.cursor:
        typer.echo(f"more with --cursor {page.cursor}", err=True)


def _date(written: str | None) -> "date | None":
    from indexer.calendar.written_times import read_day

    try:
        return None if written is None else read_day(written)
    except ValueError as error:
        raise OperatorError(f"--period: {error}", "take it from a row of `report run`") from None


def _group(
    resolver: "Resolver", report: "Definition", question: "Question", given: str | None, *, no_group: bool
) -> "str | AnyGroup | None":
    """The group by its id or name; raises `OperatorError` if it does not occur."""
    from indexer.reports.cell import AnyGroup

    if given is not None and no_group:
        raise OperatorError("--group and --no-group exclude each other", "choose one of them")
    if given is None:
        return None if no_group else AnyGroup.ANY
    group, unknown = resolver.group(report, question, given)
    if unknown is not None:
        raise OperatorError(f"--group: {unknown}", "take it from a row of `report run`")
    return group


def _durations(report: "Definition") -> "dict[str, Callable[[Any], str]]":
    """The columns that are durations, with the function that writes them for people."""
    from indexer.calendar.durations import duration
    from indexer.differences.tolerance import FieldKind, kind_of_field

    return {name: duration for name in report.columns if kind_of_field(name) is FieldKind.DURATION}


def _with_local_times(record: dict[str, Any], zone: "tzinfo") -> dict[str, Any]:
    """A record with local times, for people; programs get epoch seconds."""
    from datetime import datetime

    from indexer.metrics.schema import is_timestamp

    return {
        key: f"{datetime.fromtimestamp(value, zone):%Y-%m-%d %H:%M:%S}"
        if is_timestamp(key) and isinstance(value, int)
        else value
        for key, value in record.items()
    }
