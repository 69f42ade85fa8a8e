"""`indexer diff`: two sides' numbers of the same entities, field by field, and why they differ."""

import enum
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.output import output_format
from indexer.cli.shared_options import DEFAULT_DATASET, DatasetOption, day_of

if TYPE_CHECKING:
    from indexer.diff.run_diff import Diffing
    from indexer.diff.selection import Selection
    from indexer.differences.tally import Tally
    from indexer.differences.tolerance import Tolerance


class DiffFormat(enum.StrEnum):
    """The formats of the differences: those of every command, and every single difference."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    NDJSON = "ndjson"


_SIDE = "pipeline:new|legacy|rest, index:NAME (a dataset or an index), source, vendor or file:PATH."


@app.command()
def diff(
    left: Annotated[str, typer.Argument(metavar="A", help=f"The left side: {_SIDE}")],
    right: Annotated[str, typer.Argument(metavar="B", help="The right side, in the same form.")],
    *,
    dataset: DatasetOption = DEFAULT_DATASET,
    workspace: Annotated[str | None, typer.Option("--workspace", help="Only this workspace.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Created on this local date or later.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Created on this local date or earlier.")
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(
            "--time-zone",
            metavar="ZONE",
            help="The time zone of the dates, such as Europe/Dublin. Default: the workspace's, or UTC without one.",
        ),
    ] = None,
    fields: Annotated[
        list[str] | None,
        typer.Option(
            "--fields", metavar="FIELD", help="Compare only these fields: a path, an object such as legacy, or *_ooo."
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="FIELD", help="Leave these fields out.")
    ] = None,
    tolerance: Annotated[
        list[str] | None,
        typer.Option("--tolerance", help="How far apart equal values may be: 1s, timestamp=1s or duration=2m."),
    ] = None,
    sample: Annotated[
        float,
        typer.Option(
            "--sample",
            min=0,
            max=1,
            metavar="SHARE",
            help="Compare only this share of the documents, the same ones on every run.",
        ),
    ] = 1,
    samples: Annotated[int, typer.Option("--samples", min=0, help="How many differences to show for each field.")] = 3,
    explain: Annotated[
        int | None,
        typer.Option(
            "--explain", min=0, help="Look for reasons in this many of the differing conversations. Default: 1000."
        ),
    ] = None,
    office_hours: Annotated[
        list[Path] | None,
        typer.Option("--office-hours", metavar="FILE", help="A schedule that a side may have used. May be repeated."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write an HTML page with plots.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
    output: Annotated[
        DiffFormat | None,
        typer.Option("--format", help="table, json, csv, or ndjson (every difference as it is found)."),
    ] = None,
) -> None:
    """Compare two sides' numbers, conversation by conversation, and look for the rules that make them differ.

    With --dataset the documents of another dataset are compared: two of source, index:NAME and file:PATH. Only
    conversations have pipelines and statistics of the vendor; they and receipts have reasons. A file of receipts
    can be the vendor's flat export (*.csv).

    Exit code 0 if nothing differs, 1 if something differs, 2 if a side is missing or broken.
    """
    from indexer.cli.diff_output import print_csv, print_summary, print_tally, write_difference, write_only
    from indexer.cli.progress import count_progress
    from indexer.cli.shared_options import read_with_warnings
    from indexer.connections import connections
    from indexer.datasets.registry import dataset_named
    from indexer.diff.dataset_extras import expect_reasons
    from indexer.diff.run_diff import EXPLAINED, Diffing
    from indexer.diff.sides import read_side
    from indexer.differences.fields import Chosen

    of = dataset_named(dataset)
    sides = read_side(left), read_side(right)
    if explain or office_hours:
        expect_reasons(of, of_office_hours=bool(office_hours))
    selection = _selection(workspace, from_, to, time_zone, sample)
    diffing = Diffing(
        of,
        *sides,
        selection,
        Chosen(tuple(fields or ()), tuple(ignore or ())),
        _tolerance(tolerance),
        explain=EXPLAINED if explain is None else explain,
        schedules={path.name: read_with_warnings(path).understood for path in office_hours or ()},
        most_samples=samples,
    )
    diffing.comparison()  # sides that cannot be compared are refused before any service is asked
    here = connections()
    wanted = output or DiffFormat(output_format(None))
    total = diffing.expected(here)
    every = wanted is DiffFormat.NDJSON
    with nullcontext(_silent) if quiet or not total else count_progress("comparing", total) as on_documents:
        tally = diffing.run(
            here,
            on_difference=write_difference if every else _silent,
            on_only=write_only if every else _silent,
            on_documents=on_documents,
        )
    if html is not None:
        _write_page(html, diffing, tally)
    match wanted:
        case DiffFormat.TABLE:
            print_tally(tally, of)
        case DiffFormat.JSON:
            print_summary(tally, of)
        case DiffFormat.CSV:
            print_csv(tally)
        case DiffFormat.NDJSON:
            sys.stdout.flush()
    if not tally.equal:
        raise typer.Exit(1)


def _write_page(path: Path, diffing: "Diffing", tally: "Tally") -> None:
    from indexer.diff.comparison_page import diff_page
    from indexer.errors import OperatorError
    from indexer.private_files import open_private

    page = diff_page(tally, diffing.dataset, diffing.left.written, diffing.right.written, diffing.said())
    try:
        with open_private(path, "w") as file:
            file.write(page)
    except OSError as error:
        raise OperatorError(f"{path}: {error.strerror}", "give --html a file that can be written") from error


def _silent(*_: object) -> None:
    pass


def _selection(
    workspace: str | None, first: str | None, last: str | None, zone: str | None, share: float
) -> "Selection":
    from zoneinfo import ZoneInfo

    from indexer.calendar.zone_names import checked_zone
    from indexer.cli.report_options import workspace_zone
    from indexer.diff.selection import Selection
    from indexer.reports.periods import day_bounds

    days = day_of("--from", first), day_of("--to", last)
    if zone is None:
        zone = "UTC" if workspace is None or days == (None, None) else workspace_zone(workspace)
    try:
        bounds = day_bounds(*days, ZoneInfo(checked_zone(zone)))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return Selection(workspace, *bounds, share)


def _tolerance(written: list[str] | None) -> "Tolerance":
    from indexer.differences.tolerance import read_tolerance

    try:
        return read_tolerance(written or [])
    except ValueError as error:
        raise typer.BadParameter(f"--tolerance: {error}") from error
