"""`indexer index rebuild`, `swap`, `rollback`, `prune`, `pause` and `resume`: a new index beside the old one."""

from typing import Annotated, Literal

import typer

from indexer.cli.index import index_app
from indexer.cli.output import FormatOption
from indexer.cli.rebuild_in_progress import DatasetArgument, rebuilder_of, watched
from indexer.cli.rebuild_output import print_plan, print_rebuild
from indexer.cli.shared_options import DEFAULT_DATASET, DryRunOption
from indexer.cli.wake_workers import wake_backfilling_workers
from indexer.errors import OperatorError


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
    from indexer.indexing.rebuild_steps import RebuildOptions

    rebuilder = rebuilder_of(dataset)
    current = rebuilder.current()
    if dry_run:
        print_plan(rebuilder.plan(max_rate), current, output)
        return
    if current is not None and current.step == "grace":
        raise OperatorError(
            f"readers see {current.to_index}, and {current.from_index} is still written",
            "end the rebuild: indexer index prune, or indexer index rollback",
        )
    started = current or rebuilder.start(accept_drift=accept_drift)
    with watched(rebuilder) as acting:
        done = acting.run(started, "grace" if swap else "ready", RebuildOptions(max_rate, sample))
    print_rebuild(done, output)


@index_app.command("swap")
def swap_(dataset: DatasetArgument = DEFAULT_DATASET, dry_run: DryRunOption = False) -> None:
    """Move readers to the new index of a rebuild that is ready."""
    rebuilder = rebuilder_of(dataset)
    current = rebuilder.expected_to_swap()
    if dry_run:
        typer.echo(f"{rebuilder.site.alias} would point at {current.to_index} instead of {current.from_index}")
        return
    with watched(rebuilder) as acting:
        done = acting.run(current, until="grace")
    typer.echo(f"{rebuilder.site.alias} points at {done.to_index} instead of {done.from_index}, which is still written")


@index_app.command()
def rollback(dataset: DatasetArgument = DEFAULT_DATASET, dry_run: DryRunOption = False) -> None:
    """Give up the rebuild, before or after the swap. Readers then see the old index, with all changes."""
    rebuilder = rebuilder_of(dataset)
    current = rebuilder.expected()
    if dry_run:
        typer.echo(
            f"{rebuilder.site.alias} would point at {current.from_index}; {current.to_index} would no longer be written"
        )
        return
    done = rebuilder.rollback()
    typer.echo(f"{rebuilder.site.alias} points at {done.from_index}; {done.to_index} is no longer written")
    typer.echo("remove it: indexer index prune", err=True)


@index_app.command()
def prune(
    dataset: DatasetArgument = DEFAULT_DATASET,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking first.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """End a rebuild that has swapped, and remove every index of the dataset that readers do not use."""
    rebuilder = rebuilder_of(dataset)
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


def _set_state(dataset: str, state: Literal["running", "paused"], dry_run: bool) -> None:
    from indexer.connections import connections
    from indexer.store.jobs.backfills import set_state

    current = rebuilder_of(dataset).expected()
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
