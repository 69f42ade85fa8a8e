"""Messages for the user while services start: on standard error, one line each."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_MEGABYTE = 1_000_000


def say(text: str) -> None:
    """Print one line on standard error, where it never mixes with a command's data."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def download_progress(name: str, size: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, a line per quarter elsewhere; yields a function that takes each chunk's bytes.

    Downloads of less than a megabyte are not shown.
    """
    if size < _MEGABYTE:
        yield lambda _: None
        return
    if sys.stderr.isatty():
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn

        from indexer.terminal import progress_bar

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with progress_bar(*columns) as bar:
            task = bar.add_task(f"downloading {name}", total=size)
            yield lambda count: bar.update(task, advance=count)
        return

    say(f"downloading {name} ({size / _MEGABYTE:.0f} MB)")
    done = quarters = 0

    def count_quarters(count: int) -> None:
        nonlocal done, quarters
        done += count
        while quarters < done * 4 // size:
            quarters += 1
            say(f"  {quarters * 25} % of {name}")

    yield count_quarters
