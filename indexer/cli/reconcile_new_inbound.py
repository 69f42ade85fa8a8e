"""`indexer reconcile new-inbound`: a chart against an export, with a waterfall from one total to the other."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indexer.cli.output import Format, FormatOption, output_format, print_json, print_records
from indexer.cli.reconcile import reconcile_app
from indexer.cli.report_options import WorkspaceOption, ZoneOption, index, naming_options, question_of
from indexer.cli.shared_options import FirstDayOption, LastDayOption
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.answers.new_inbound import Waterfall
    from indexer.reports.message_threads import Frame

_COLUMNS = ["step", "change", "total", "samples"]
_BESIDE, _NARROWEST, _WIDEST = 66, 12, 40


@reconcile_app.command("new-inbound")
def new_inbound(
    *,
    workspace: WorkspaceOption,
    first: FirstDayOption,
    last: LastDayOption,
    time_zone: ZoneOption = None,
    samples: Annotated[
        int, typer.Option("--samples", min=0, max=1_000, help="How many ids of conversations to show for each step.")
    ] = 0,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="Also draw the steps into this file, .svg or .html."),
    ] = None,
    output: FormatOption = None,
) -> None:
    """Explain why the total of a conversation export differs from that of the chart New inbound conversations.

    The chart counts conversations of the type UserMessage, by the time of the conversation. The export counts threads
    of all types, by the time of the thread. Exit code 0 if the steps account for the whole difference, 1 if not.
    """
    from indexer.answers.new_inbound import reconcile_new_inbound

    if plot is not None and plot.suffix not in {".svg", ".html"}:
        raise OperatorError(f"--plot: {plot} is neither .svg nor .html", "name a file such as waterfall.svg")
    with naming_options("reconcile new-inbound"):
        frame = _frame(workspace, first, last, time_zone)
        with index() as (client, prefix):
            found = reconcile_new_inbound(client, prefix, frame, samples)
    if plot is not None:
        from indexer.web.charts.waterfall_chart import draw_waterfall

        try:
            plot.write_text(draw_waterfall(found, page=plot.suffix == ".html"), encoding="utf-8")
        except OSError as error:
            raise OperatorError(f"{plot} cannot be written: {error.strerror}", "name another file") from error
    _print(found, output)
    if not found.adds_up:
        typer.echo(
            f"the steps do not add up: {found.unexplained:,} unexplained; document by document, {found.walked_chart:,} "
            f"were counted for the chart and {found.walked_export:,} for the export\n"
            f"  try: indexer reconcile --workspace {workspace} --deep",
            err=True,
        )
        raise typer.Exit(1)


def _frame(workspace: str, first: str, last: str, time_zone: str | None) -> "Frame":
    """The frame, its dates and zone checked as those of every report are."""
    from indexer.answers.catalogue import find_report, load_reports
    from indexer.answers.new_inbound import CHART
    from indexer.reports.message_threads import Frame

    question = question_of(
        find_report(load_reports(), CHART),
        workspace=workspace,
        from_=first,
        to=last,
        time_zone=time_zone,
        interval="range",
    )
    return Frame(workspace, question.span.first, question.span.last, question.time_zone)


def _print(found: "Waterfall", output: Format | None) -> None:
    match output_format(output):
        case Format.JSON:
            frame = found.frame
            print_json(
                {
                    "workspace": frame.workspace,
                    "from": frame.first.isoformat(),
                    "to": frame.last.isoformat(),
                    "time_zone": frame.time_zone,
                    "chart": found.chart,
                    "export": found.export,
                    "both": found.both,
                    "steps": [asdict(step) for step in found.steps],
                    "unexplained": found.unexplained,
                    "adds_up": found.adds_up,
                }
            )
        case Format.CSV:
            print_records(_rows(found), _COLUMNS, Format.CSV)
        case Format.TABLE:
            from indexer.reports.waterfall import top_of
            from indexer.terminal import console

            width = max(_NARROWEST, min(_WIDEST, console().width - _BESIDE))
            top = top_of(found.bars)
            print_records(
                (
                    row | {"waterfall": bar.text(top, width), "change": "" if bar.change is None else f"{bar.change:+}"}
                    for row, bar in zip(_rows(found), found.bars, strict=True)
                ),
                [*_COLUMNS[:3], "waterfall"],
                Format.TABLE,
            )
            for step in found.steps:
                if step.samples:
                    typer.echo(f"{step.reason}: {' '.join(step.samples)}")


def _rows(found: "Waterfall") -> "Iterator[dict[str, Any]]":
    samples = {step.reason: " ".join(step.samples) for step in found.steps}
    for bar in found.bars:
        yield {"step": bar.label, "change": bar.change, "total": bar.total, "samples": samples.get(bar.label)}
