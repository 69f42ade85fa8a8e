"""Progress bars, on a terminal only, on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from indexer.terminal import progress_bar


@contextmanager
def byte_progress(title: str, total: int | None) -> Iterator[Callable[[int], None] | None]:
    """A bar of bytes: yields the function to call after each read, None if the bar would not be visible."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with progress_bar(*columns, transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda count: progress.advance(task, count)


@contextmanager
def count_progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar of things done: yields what to tell how many are done by now; elsewhere a line at the end says it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        print(f"{title}: {total:,} done", file=sys.stderr)
        return
    columns = TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with progress_bar(*columns) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)
