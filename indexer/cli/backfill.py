"""`indexer backfill`: indexing history again in place, after a change of office hours or of metric code."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from indexer.cli.app import app
from indexer.cli.output import Format, FormatOption, counted, minute, output_format, print_records
from indexer.cli.shared_options import DEFAULT_DATASET, DatasetOption, day_of, workspace_name
from indexer.cli.wake_workers import wake_backfilling_workers
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from indexer.operations.backfill_status import BackfillStatus

backfill_app = typer.Typer()
app.add_typer(backfill_app, name="backfill")

BackfillArgument = Annotated[
    int, typer.Argument(metavar="NUMBER", help="The number of the backfill, as `indexer backfill list` prints it.")
]
COLUMNS = (
    "backfill", "state", "target", "workspace", "only", "conversations", "indexed", "superseded", "skipped", "refused",
    "per_second", "seconds_left", "started_at", "error",
)  # fmt: skip

_TABLE = (
    "backfill", "state", "workspace", "only", "conversations", "indexed", "refused", "seconds_left", "started_at",
    "error",
)  # fmt: skip


@backfill_app.callback(invoke_without_command=True)
def backfill(
    context: typer.Context,
    *,
    workspace: Annotated[
        str | None,
        typer.Option(
            "--workspace", metavar="ID", help="Only conversations of this workspace. Default: all workspaces."
        ),
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="Only conversations created on this day or later (UTC)."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="DATE", help="Only conversations created on this day or earlier (UTC)."),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="FILTER",
            help="outdated: only conversations computed with an older metrics version or other office hours. "
            "FIELD=VALUE: only those whose document has this value.",
        ),
    ] = None,
    max_rate: Annotated[
        float | None,
        typer.Option(
            "--max-rate", min=1, metavar="CONVERSATIONS", help="Index no more than this many conversations a second."
        ),
    ] = None,
    dataset: DatasetOption = DEFAULT_DATASET,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait until the backfill has ended, or return at once.")
    ] = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show how many conversations would be read, and change nothing.")
    ] = False,
    output: FormatOption = None,
) -> None:
    """Recompute history and index it again, in place.

    The workers run the backfill. An interrupted backfill continues where it stopped. Exit code 1 if some
    conversations were refused.
    """
    if context.invoked_subcommand is not None:
        return
    from zoneinfo import ZoneInfo

    from indexer.connections import connections
    from indexer.datasets.registry import dataset_named
    from indexer.indexing.backfill_filter import Choice
    from indexer.reports.periods import day_bounds
    from indexer.store.jobs.backfills import Selected, count_selected, start_backfill

    if workspace is not None:
        workspace = workspace_name(workspace)
    of = dataset_named(dataset)
    if only is not None:
        Choice.parse(only).check(of.name)
    created = day_bounds(day_of("--from", from_), day_of("--to", to), ZoneInfo("UTC"))
    selected = Selected(workspace, *created, only)
    here = connections()
    if dry_run:
        with here.store.connect() as connection:
            conversations, size = count_selected(connection, selected, of)
        typer.echo(f"{conversations:,} {of.entity.several}, {size:,} bytes of JSON, would be read")
        return
    with here.store.begin() as connection:
        started = start_backfill(connection, here.alias_of(of), selected, of, max_rate)
    wake_backfilling_workers()
    if wait:
        _watch(started.backfill_id, output)
    else:
        typer.echo(f"backfill {started.backfill_id}: {started.conversations:,} {of.entity.several}")


@backfill_app.command("list")
def list_(output: FormatOption = None) -> None:
    """List the latest backfills, including those of rebuilds, and their progress."""
    from indexer.cli.wait_for_workers import say_if_nobody_takes_from
    from indexer.connections import connections
    from indexer.operations.backfill_status import read_backfills

    with connections().store.connect() as connection:
        found = read_backfills(connection)
        _print(found, output)
        if any(one.waits_for_a_worker for one in found):
            say_if_nobody_takes_from(connection, "backfill")


@backfill_app.command()
def watch(number: BackfillArgument, output: FormatOption = None) -> None:
    """Wait until a backfill has ended."""
    _watch(number, output)


@backfill_app.command()
def pause(number: BackfillArgument) -> None:
    """Pause a backfill. The workers take no more of it until you resume it."""
    _set_state(number, "paused")


@backfill_app.command()
def resume(number: BackfillArgument) -> None:
    """Resume a paused backfill."""
    _set_state(number, "running")
    wake_backfilling_workers()


@backfill_app.command()
def cancel(number: BackfillArgument) -> None:
    """Cancel a backfill. Conversations that it has already indexed stay indexed."""
    _set_state(number, "cancelled")


def _set_state(number: int, state: Literal["running", "paused", "cancelled"]) -> None:
    from indexer.connections import connections
    from indexer.store.jobs.backfills import set_state

    with connections().store.begin() as connection:
        if not set_state(connection, number, state):
            raise OperatorError(f"backfill {number} cannot be {state} now", "see its state: indexer backfill list")
    typer.echo(f"backfill {number} is {state}")


def _watch(number: int, output: FormatOption) -> None:
    import time

    from indexer.cli.progress import count_progress
    from indexer.cli.wait_for_workers import Attendance, left_to_workers
    from indexer.connections import connections
    from indexer.operations.backfill_status import read_backfill

    store = connections().store
    attendance = Attendance(store, "backfill")
    goes_on = (
        f"the workers continue backfill {number}; to wait for it again: indexer backfill watch {number}; "
        f"to cancel it: indexer backfill cancel {number}"
    )
    with store.connect() as connection:
        found = read_backfill(connection, number)
    if found is None:
        raise OperatorError(f"there is no backfill {number}", "list the backfills: indexer backfill list")
    with left_to_workers(goes_on), count_progress("indexing", found.backfill.conversations) as on_count:
        while True:
            with store.connect() as connection:
                found = read_backfill(connection, number)
            if found is None:
                raise OperatorError(f"backfill {number} is gone", "list the backfills: indexer backfill list")
            on_count(found.progress.conversations)
            if found.backfill.ended_at is not None:
                on_count(found.backfill.conversations)
                break
            if found.waits_for_a_worker:
                attendance.look()
            wake_backfilling_workers()
            time.sleep(0.5)
    _print([found], output)
    if found.progress.refused:
        raise typer.Exit(1)


def _print(found: "list[BackfillStatus]", output: FormatOption) -> None:
    """Print all fields for programs; for people those that fit a terminal."""
    from indexer.calendar.durations import duration

    records = list(map(_record, found))
    if output_format(output) is not Format.TABLE:
        print_records(records, COLUMNS, output)
        return
    people = dict.fromkeys(("conversations", "indexed", "refused"), counted)
    print_records(records, _TABLE, output, people={**people, "seconds_left": duration, "started_at": minute})


def _record(found: "BackfillStatus") -> dict[str, Any]:
    backfill, far = found
    return {
        "backfill": backfill.backfill_id,
        "state": backfill.state,
        "target": backfill.target,
        "workspace": backfill.selected.workspace_id,
        "only": backfill.selected.chosen,
        "conversations": backfill.conversations,
        "indexed": far.indexed,
        "superseded": far.superseded,
        "skipped": far.skipped,
        "refused": far.refused,
        "per_second": round(found.per_second),
        "seconds_left": None if found.seconds_left is None else round(found.seconds_left),
        "started_at": backfill.started_at.isoformat(timespec="seconds"),
        "error": far.last_error,
    }
