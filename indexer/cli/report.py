"""`indexer report`: the canned reports."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.output import Format, FormatOption, output_format, print_csv, print_json, print_records
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
    UntilOption,
    WeekStartOption,
    WhereOption,
    WorkspaceOption,
    ZoneOption,
    check_workspace,
    has_words,
    index,
    naming_options,
    question_of,
    resolve_names,
    store,
)
from indexer.cli.report_options import reports as all_reports
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from indexer.reports import Answer, Definition, Question

report_app = typer.Typer(no_args_is_help=True, help="List and run the canned reports.")
app.add_typer(report_app, name="report")

_EXAMPLE = {"workspace": "example", "from": "2026-03-01", "to": "2026-03-31", "as_of": 1_775_001_600}


@report_app.command("list")
def list_reports(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORDS]...", help="Only reports that contain all of these words.")
    ] = None,
    category: Annotated[
        str | None, typer.Option("--category", metavar="NAME", help="Only reports of this category.")
    ] = None,
    output: FormatOption = None,
) -> None:
    """List the reports by category.

    Words are searched for in the name, the title, the description and the category, in upper or lower case. With words
    or a category, each report is shown with its description, its unit and the fields it can be grouped by.
    """
    from indexer.answers.catalogue import by_category

    found = by_category(all_reports())
    if category is not None and category not in {report.category for report in found}:
        known = dict.fromkeys(report.category for report in found)
        raise OperatorError(f"--category: there is no category {category!r}", f"choose one of {', '.join(known)}")
    reports = [report for report in found if category in (None, report.category) and has_words(report, words or [])]
    if not reports:
        typer.echo("no report has all of these words", err=True)
    if output_format(output) is Format.TABLE:
        from indexer.cli.report_table import print_descriptions, print_reports

        (print_descriptions if words or category else print_reports)(reports)
        return
    records = [
        {
            "category": report.category,
            "name": report.name,
            "title": report.title,
            "about": report.about,
            "unit": report.unit,
            "pipeline": report.pipeline,
            "group_by": list(report.group_by),
            "group_by_default": report.group_by_default,
        }
        for report in reports
    ]
    columns = ["category", "name", "title", "about", "unit", "pipeline", "group_by", "group_by_default"]
    print_records(records, columns, output)


@report_app.command()
def check(file: Annotated[Path, typer.Argument(metavar="FILE", help="The file of a report of your own.")]) -> None:
    """Check a report of your own. Exit code 0 if it can be used; otherwise 2, with a list of everything that is wrong.

    The file must be in a directory named after its dataset, such as conversations/.
    """
    from indexer.answers.own_reports import check_report

    report = check_report(file)
    typer.echo(f"{file}: {report.name} can be used")


@report_app.command()
def show(name: NameArgument, output: FormatOption = None) -> None:
    """Show a report's definition in words, and the search for an example question."""
    import orjson

    from indexer.answers.catalogue import find_report
    from indexer.cli.layout import block
    from indexer.reports import in_words, read_question, search_body
    from indexer.terminal import console

    report = find_report(all_reports(), name)
    example = read_question(report, _EXAMPLE)
    words, body = in_words(report), search_body(report, example, example.span)
    match output_format(output):
        case Format.JSON:
            print_json({**report.model_dump(mode="json"), "search": body})
        case Format.CSV:
            print_records(({"key": key, "text": text} for key, text in words.items()), ["key", "text"], output)
        case Format.TABLE:
            typer.echo("\n".join(block(words, console().width)))
            typer.echo(f"\nThe search for March 2026 of the workspace {example.workspace}, by {example.interval}:\n")
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
    until: UntilOption = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Also show the numbers of the range of equal length before.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print the search as JSON instead of running it.")] = False,
    output: FormatOption = None,
) -> None:
    """Run a report: its number for every day, week or month of the range.

    The range has no default: a number without its dates is easily misread. A conversation with several tags
    counts under each of them and once in the total. Medians and percentiles are exact up to a million values; beyond
    that they are approximate, and the answer says so.
    """
    from indexer.answers.catalogue import find_report
    from indexer.reports import search_body
    from indexer.reports.answer_rows import answer_columns, answer_rows
    from indexer.reports.same_moment import earlier_question

    report = find_report(all_reports(), name)
    with naming_options("report run"):
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
            sort=sort,
            top=top,
            min_count=min_count,
            exact=exact,
            as_of=as_of,
            until=until,
            compare=compare,
        )
        if explain:
            print_json(search_body(report, question, question.span))
            if compare:
                print_json(search_body(report, earlier_question(question), question.span.before()))
            return
        answer = _answered(report, question)
    match output_format(output):
        case Format.JSON:
            print_json(answer.json_object())
        case Format.CSV:
            print_csv(answer_columns(answer), answer_rows(answer))
        case Format.TABLE:
            from indexer.cli.report_table import print_answer

            print_answer(report, answer)


def _answered(report: "Definition", question: "Question") -> "Answer":
    """The answer; says on standard error if the workspace has nothing at all, which a row of zeros does not."""
    from indexer.answers.labels import with_labels
    from indexer.answers.resolve_values import Resolver
    from indexer.answers.run_report import run_report
    from indexer.cli.missing import say_what_is_missing

    with index() as (client, prefix):
        resolver = Resolver(client, prefix, store)
        answer = run_report(client, prefix, report, resolve_names(resolver, report, question))
        if not answer.total.count:
            check_workspace(resolver, report, question)
        labelled = with_labels(answer, report, store, client, prefix)
    waiting = say_what_is_missing(report, answer, store)
    return labelled.model_copy(update={"waiting": waiting}) if waiting else labelled
