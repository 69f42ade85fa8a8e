"""`indexer index rebuild` and its steps: a new index beside the old one, and the swap."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from indexer.cli.index import index_app
from indexer.cli.names import DEFAULT_DATASET
from indexer.cli.output import Format, FormatOption, chosen, print_json, print_records
from indexer.cli.wake_workers import wake_backfilling_workers
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from indexer.indexing.rebuilder import Plan, Rebuilder
    from indexer.store.jobs.backfills import Progress
    from indexer.store.jobs.rebuilds import Rebuild

DatasetArgument = Annotated[str, typer.Argument(help="The dataset.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")]

_ABOUT = {
    "create": "an empty index is created",
    "dual_write": "workers write the new index too",
    "backfill": "history is written to the new index",
    "settle_in": "the new index gets its settings for normal use",
    "verify": "the new index is compared with the store",
    "ready": "verified",
    "swap": "readers move to the new index",
    "undo": "readers move back to the old index",
    "grace": "readers see the new index, and the old one is still written",
}


@index_app.command()
def rebuild(
    dataset: DatasetArgument = DEFAULT_DATASET,
    *,
    swap: Annotated[
        bool,
        typer.Option("--swap/--no-swap", help="Swap as soon as the new index is verified, or stop before the swap."),
    ] = True,
    max_rate: Annotated[
        float | None,
        typer.Option(
            "--max-rate",
            min=1,
            metavar="CONVERSATIONS",
            help="Write history at no more than this many conversations a second.",
        ),
    ] = None,
    sample: Annotated[
        float,
        typer.Option("--sample", min=0, max=1, metavar="SHARE", help="Verify this share of documents field by field."),
    ] = 0.01,
    accept_drift: Annotated[
        bool,
        typer.Option("--accept-drift", help="Accept that the new index lacks fields that only the present index has."),
    ] = False,
    dry_run: DryRunOption = False,
    output: FormatOption = None,
) -> None:
    """Build a new index with the newest mapping while changes keep coming in, or continue a rebuild.

    The workers write the history, so at least one must run. Readers move to the new index when it has been verified;
    from then on both indices are written until `rollback` or `prune`. An interrupted rebuild continues where it
    stopped.
    """
    rebuilder = replace(_rebuilder(dataset, max_rate, sample), accept_drift=accept_drift)
    current = rebuilder.current()
    if dry_run:
        _print_plan(rebuilder.plan(), current, output)
        return
    if current is not None and current.step == "grace":
        raise OperatorError(
            f"readers see {current.to_index}, and {current.from_index} is still written",
            "end the rebuild: indexer index prune, or indexer index rollback",
        )
    started = current or rebuilder.start()
    with _watched(rebuilder) as watched:
        done = watched.run(started, until="grace" if swap else "ready")
    _print_rebuild(done, output)


@index_app.command("swap")
def swap_(dataset: DatasetArgument = DEFAULT_DATASET, dry_run: DryRunOption = False) -> None:
    """Move readers to the new index of a rebuild that is ready."""
    rebuilder = _rebuilder(dataset)
    current = _expected(rebuilder, dataset)
    if current.step == "grace":
        raise OperatorError(
            f"the rebuild has swapped: readers see {current.to_index}, and {current.from_index} is still written",
            "end it: indexer index prune; or go back: indexer index rollback",
        )
    if current.step not in ("ready", "swap"):
        raise OperatorError(f"the rebuild is at step {current.step}", "continue it: indexer index rebuild --no-swap")
    if dry_run:
        typer.echo(f"{rebuilder.alias} would point at {current.to_index} instead of {current.from_index}")
        return
    with _watched(rebuilder) as watched:
        done = watched.run(current, until="grace")
    typer.echo(f"{rebuilder.alias} points at {done.to_index} instead of {done.from_index}, which is still written")


@index_app.command()
def rollback(dataset: DatasetArgument = DEFAULT_DATASET, dry_run: DryRunOption = False) -> None:
    """Give up the rebuild, before or after the swap. Readers then see the old index, with all changes."""
    rebuilder = _rebuilder(dataset)
    current = _expected(rebuilder, dataset)
    if dry_run:
        typer.echo(
            f"{rebuilder.alias} would point at {current.from_index}; {current.to_index} would no longer be written"
        )
        return
    done = rebuilder.rollback()
    typer.echo(f"{rebuilder.alias} points at {done.from_index}; {done.to_index} is no longer written")
    typer.echo("remove it: indexer index prune", err=True)


@index_app.command()
def prune(
    dataset: DatasetArgument = DEFAULT_DATASET,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking first.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """End a rebuild that has swapped, and remove every index of the dataset that readers do not use."""
    rebuilder = _rebuilder(dataset)
    current = rebuilder.current()
    if current is not None and current.step != "grace":
        raise OperatorError(
            f"a rebuild is in progress, at step {current.step}",
            "wait until it has ended, or give it up: indexer index rollback",
        )
    unread = rebuilder.unread()
    if not unread:
        typer.echo("nothing to remove")
        return
    if dry_run:
        typer.echo("\n".join(f"{index} would be removed" for index in unread))
        return
    if not yes:
        typer.confirm(f"Remove {', '.join(unread)}, for good?", abort=True)
    removed = rebuilder.prune(current, unread)
    typer.echo("\n".join(f"{index} removed" for index in removed))


@index_app.command()
def pause(dataset: DatasetArgument = DEFAULT_DATASET, dry_run: DryRunOption = False) -> None:
    """Pause writing history. Changes are still written to both indices."""
    _set_state(dataset, "paused", dry_run)


@index_app.command()
def resume(dataset: DatasetArgument = DEFAULT_DATASET, dry_run: DryRunOption = False) -> None:
    """Resume writing history."""
    _set_state(dataset, "running", dry_run)


@index_app.command()
def verify(
    dataset: DatasetArgument = DEFAULT_DATASET,
    *,
    sample: Annotated[
        float,
        typer.Option("--sample", min=0, max=1, metavar="SHARE", help="Compare this share of documents field by field."),
    ] = 1,
    output: FormatOption = None,
) -> None:
    """Compare the new index of a rebuild with the old one, and count the documents that a swap changes, by field.

    Exit code 1 if a swap changes any document.
    """
    from indexer.cli.progress import count_progress
    from indexer.indexing.index_diff import Comparison

    rebuilder = _rebuilder(dataset)
    current = _expected(rebuilder, dataset)
    if current.step in ("create", "dual_write"):
        raise OperatorError("there is nothing in the new index yet", "continue with: indexer index rebuild --no-swap")
    key = rebuilder.dataset.key_field
    comparison = Comparison(rebuilder.search, current.from_index, current.to_index, sample, key)
    total = int(rebuilder.search.count(index=current.from_index)["count"])
    with count_progress("comparing", total) as on_documents:
        found = comparison.run(on_documents)
    counts = {
        name: getattr(found, name)
        for name in ("documents", "compared", "equal", "moving", "only_in_current", "only_in_new")
    }
    fields = [{"field": name, "documents": count} for name, count in found.fields.most_common()]
    samples = [one._asdict() for one in found.samples]
    match chosen(output):
        case Format.JSON:
            print_json({**counts, "fields": fields, "samples": samples})
        case Format.CSV:
            print_records(fields, ["field", "documents"], output)
        case Format.TABLE:
            typer.echo(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items()))
            if fields:
                print_records(fields, ["field", "documents"], output, "fields that differ")
                print_records(samples, ["field", "document", "current", "new"], output, "samples")
    if found.different:
        raise typer.Exit(1)


def rebuild_record(dataset: str) -> dict[str, Any] | None:
    """The rebuild of a dataset that is going on and how far its backfill is; None if there is none."""
    rebuilder = _rebuilder(dataset)
    current = rebuilder.current()
    if current is None:
        return None
    found = rebuilder.progress(current)
    return {
        "dataset": dataset,
        "step": current.step,
        "about": _ABOUT.get(current.step),
        "from_index": current.from_index,
        "to_index": current.to_index,
        "started_at": current.started_at.isoformat(timespec="seconds"),
        "swapped_at": current.swapped_at and current.swapped_at.isoformat(timespec="seconds"),
        "acting": rebuilder.holder(),
        "error": current.last_error,
    } | ({} if found is None else _progress_record(*found))


def _progress_record(progress: "Progress", total: int, state: str) -> dict[str, Any]:
    done = progress.conversations
    rate = done / progress.seconds if progress.seconds else 0
    return {
        "backfill": state,
        "done": done,
        "conversations": total,
        "refused": progress.refused,
        "per_second": round(rate),
        "seconds_left": round(max(0, total - done) / rate) if rate and state == "running" else None,
        "backfill_error": progress.last_error,
    }


@contextmanager
def _watched(rebuilder: "Rebuilder") -> Iterator["Rebuilder"]:
    """The rebuilder, saying each step as it begins, and on a terminal showing how far the backfill is."""
    import time

    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    from indexer.cli.wait_for_workers import Attendance, left_to_workers
    from indexer.terminal import progress_bar

    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with progress_bar(*columns, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("history", total=None, visible=False)
        attendance = Attendance(rebuilder.store, "backfill")
        said: list[str] = []
        looked_at = 0.0

        def on_step(rebuild: "Rebuild") -> None:
            if rebuild.step != "backfill":
                bar.update(task, completed=bar.tasks[0].total)
            if rebuild.step not in said:
                said.append(rebuild.step)
                bar.console.print(f"{rebuild.step}: {_ABOUT[rebuild.step]}", soft_wrap=True)

        def on_wait() -> None:
            nonlocal looked_at
            if time.monotonic() - looked_at < 1:
                return
            looked_at = time.monotonic()
            wake_backfilling_workers()
            current = rebuilder.current()
            found = None if current is None else rebuilder.progress(current)
            if found is not None:
                progress, total, state = found
                if state == "running" and not progress.working:
                    attendance.look()
                bar.update(
                    task, completed=progress.conversations, total=total, visible=True, description=f"history {state}"
                )

        with left_to_workers(
            "changes are still written to both indices, and the workers continue with history; see the progress: "
            "indexer index status; continue: indexer index rebuild; give it up: indexer index rollback"
        ):
            yield replace(rebuilder, on_step=on_step, on_wait=on_wait)


def _set_state(dataset: str, state: Literal["running", "paused"], dry_run: bool) -> None:
    from indexer.connections import connections
    from indexer.store.jobs.backfills import set_state

    current = _expected(_rebuilder(dataset), dataset)
    if current.backfill_id is None or current.step != "backfill":
        raise OperatorError(f"the rebuild is at step {current.step}", "only writing history can be paused")
    if dry_run:
        typer.echo(f"the backfill would be {state}")
        return
    with connections().store.begin() as connection:
        if not set_state(connection, current.backfill_id, state):
            raise OperatorError(f"the backfill is {state} already, or done", "see its step: indexer index status")
    if state == "running":
        wake_backfilling_workers()
    typer.echo(f"the backfill is {state}")


def _rebuilder(dataset: str, max_rate: float | None = None, sample: float = 0.01) -> "Rebuilder":
    from indexer.connections import connections
    from indexer.datasets.registry import dataset_named
    from indexer.indexing.rebuilder import Rebuilder
    from indexer.indexing.reconciler import Reconciler

    chosen, here = dataset_named(dataset), connections()
    return Rebuilder(
        here.store,
        here.search,
        here.settings.index_prefix,
        Reconciler.from_connections(here, chosen),
        here.spread,
        max_rate=max_rate,
        deep_share=sample,
        dataset=chosen,
        owner=here.owner,
    )


def _expected(rebuilder: "Rebuilder", dataset: str) -> "Rebuild":
    current = rebuilder.current()
    if current is None:
        raise OperatorError(f"no rebuild of {dataset} is going on", "start one: indexer index rebuild")
    return current


def _print_plan(plan: "Plan", current: "Rebuild | None", output: Format | None) -> None:
    record = plan._asdict() | {"going_on": None if current is None else current.step}
    if chosen(output) is Format.JSON:
        print_json(record)
        return
    print_records(
        [{"what": name.replace("_", " "), "value": value} for name, value in record.items()], ["what", "value"], output
    )


def _print_rebuild(done: "Rebuild", output: Format | None) -> None:
    record = {
        name: value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else value
        for name, value in done._asdict().items()
    }
    if chosen(output) is Format.JSON:
        print_json(record)
    else:
        print_records([record], ["step", "from_index", "to_index", "started_at", "swapped_at"], output)
