"""`indexer report`: the canned reports."""

from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.output import Format, FormatOption, chosen, print_csv, print_json, print_records
from indexer.cli.report_options import (
    AsOfOption,
    ExactOption,
    FromOption,
    GroupByOption,
    IntervalOption,
    LastOption,
    MinCountOption,
    MonthOption,
    NameArgument,
    OfficeHoursOption,
    ParamOption,
    SortOption,
    ToOption,
    TopOption,
    WeekStartOption,
    WhereOption,
    WorkspaceOption,
    ZoneOption,
    asked,
    check_workspace,
    index,
    naming_options,
    resolved,
    store,
)

if TYPE_CHECKING:
    from indexer.reports import Answer, Definition, Question

report_app = typer.Typer(no_args_is_help=True, help="The canned reports: which there are, and their numbers.")
app.add_typer(report_app, name="report")

_EXAMPLE = {"workspace": "example", "from": "2026-03-01", "to": "2026-03-31", "as_of": 1_775_001_600}


@report_app.command("list")
def list_reports(output: FormatOption = None) -> None:
    """List the reports by category: what each tells, in which unit, and what it can be grouped by."""
    from indexer.pipeline.reporting import by_category, load_reports

    reports = by_category(load_reports())
    if chosen(output) is Format.TABLE:
        from indexer.cli.report_table import print_reports

        print_reports(reports)
        return
    records = [
        {
            "category": report.category,
            "name": report.name,
            "title": report.title,
            "unit": report.unit,
            "pipeline": report.pipeline,
            "group_by": list(report.group_by),
        }
        for report in reports
    ]
    print_records(records, ["category", "name", "title", "unit", "pipeline", "group_by"], output)


@report_app.command()
def show(name: NameArgument, output: FormatOption = None) -> None:
    """Show a report's definition in words, and the search it becomes for an example question."""
    import orjson

    from indexer.cli.layout import block
    from indexer.pipeline.reporting import find_report, load_reports
    from indexer.reports import in_words, read_question, search_body
    from indexer.terminal import console

    report = find_report(load_reports(), name)
    example = read_question(report, _EXAMPLE)
    words, body = in_words(report), search_body(report, example, example.span)
    match chosen(output):
        case Format.JSON:
            print_json({**report.model_dump(mode="json"), "search": body})
        case Format.CSV:
            print_records(({"key": key, "text": text} for key, text in words.items()), ["key", "text"], output)
        case Format.TABLE:
            typer.echo("\n".join(block(words, console().width)))
            typer.echo(f"\nMarch 2026 of the workspace {example.workspace}, by {example.interval}, is this search:\n")
            typer.echo(orjson.dumps(body, option=orjson.OPT_INDENT_2))


@report_app.command()
def run(
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
    sort: SortOption = None,
    top: TopOption = None,
    min_count: MinCountOption = None,
    exact: ExactOption = None,
    as_of: AsOfOption = None,
    compare: Annotated[bool, typer.Option("--compare", help="Also count the span of equal length before.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print the search as JSON instead of running it.")] = False,
    output: FormatOption = None,
) -> None:
    """Run a report: its number for every day, week or month of the range.

    The range has no default: a number without its dates is easily misread. A conversation with several tags
    counts under each of them and once in the total. Medians and percentiles are exact up to a million values; beyond
    that they are approximate, and the answer says so.
    """
    from indexer.pipeline.reporting import find_report, load_reports
    from indexer.reports import search_body
    from indexer.reports.answer_rows import answer_columns, answer_rows

    report = find_report(load_reports(), name)
    with naming_options("run"):
        question = asked(
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
            sort=sort,
            top=top,
            min_count=min_count,
            exact=exact,
            as_of=as_of,
            compare=compare,
        )
        if explain:
            for span in (question.span, question.span.before()) if compare else (question.span,):
                print_json(search_body(report, question, span))
            return
        answer = _answered(report, question)
    match chosen(output):
        case Format.JSON:
            print_json(answer.json_object())
        case Format.CSV:
            print_csv(answer_columns(answer), answer_rows(answer))
        case Format.TABLE:
            from indexer.cli.report_table import print_answer

            print_answer(report, answer)


def _answered(report: "Definition", question: "Question") -> "Answer":
    """The answer; says on standard error if the workspace has nothing at all, which a row of zeros does not."""
    from indexer.cli.missing import say_what_is_missing
    from indexer.pipeline.labelling import with_labels
    from indexer.pipeline.reporting import run_report
    from indexer.pipeline.resolve_values import Resolver

    with index() as (client, prefix):
        resolver = Resolver(client, prefix, store)
        answer = run_report(client, prefix, report, resolved(resolver, report, question))
        if not answer.total.count:
            check_workspace(resolver, report, question)
        labelled = with_labels(answer, store, client, prefix)
    waiting = say_what_is_missing(report, answer, store)
    return labelled.model_copy(update={"waiting": waiting}) if waiting else labelled
