"""The rebuild that commands act on, and watching it while it goes from step to step."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.wake_workers import wake_backfilling_workers

if TYPE_CHECKING:
    from indexer.indexing.rebuilder import Rebuilder
    from indexer.store.jobs.rebuilds import Rebuild

DatasetArgument = Annotated[str, typer.Argument(help="The dataset.")]


def rebuilder_of(dataset: str) -> "Rebuilder":
    """What acts on the rebuild of a dataset."""
    from indexer.connections import connections
    from indexer.datasets.registry import dataset_named
    from indexer.indexing.rebuild_site import RebuildSite
    from indexer.indexing.rebuilder import Rebuilder

    return Rebuilder(RebuildSite.from_connections(connections(), dataset_named(dataset)))


@contextmanager
def watched(rebuilder: "Rebuilder") -> Iterator["Rebuilder"]:
    """The rebuilder, saying each step as it begins, and on a terminal showing how far the backfill is."""
    import time

    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    from indexer.cli.wait_for_workers import Attendance, left_to_workers
    from indexer.indexing.rebuild_steps import Watch
    from indexer.operations.rebuild_status import ABOUT_STEPS, read_rebuild
    from indexer.terminal import progress_bar

    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with progress_bar(*columns, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("history", total=None, visible=False)
        attendance = Attendance(rebuilder.site.store, "backfill")
        said: list[str] = []
        looked_at = 0.0

        def on_step(rebuild: "Rebuild") -> None:
            if rebuild.step != "backfill":
                bar.update(task, completed=bar.tasks[0].total)
            if rebuild.step not in said:
                said.append(rebuild.step)
                bar.console.print(f"{rebuild.step}: {ABOUT_STEPS[rebuild.step]}", soft_wrap=True)

        def on_wait() -> None:
            nonlocal looked_at
            if time.monotonic() - looked_at < 1:
                return
            looked_at = time.monotonic()
            wake_backfilling_workers()
            with rebuilder.site.store.connect() as connection:
                found = read_rebuild(connection, rebuilder.site.dataset)
            if found is not None and found.backfill is not None:
                history = found.backfill
                if history.waits_for_a_worker:
                    attendance.look()
                bar.update(
                    task,
                    completed=history.progress.conversations,
                    total=history.backfill.conversations,
                    visible=True,
                    description=f"history {history.backfill.state}",
                )

        with left_to_workers(
            "changes are still written to both indices, and the workers continue with history; see the progress: "
            "indexer index status; continue: indexer index rebuild; give it up: indexer index rollback"
        ):
            yield replace(rebuilder, watch=Watch(on_step, on_wait))
