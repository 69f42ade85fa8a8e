"""Standard output or a file, for commands that write files."""

import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer

from indexer.errors import OperatorError
from indexer.private_files import open_private

OutputOption = Annotated[str, typer.Option("--output", metavar="FILE", help="The file to write; - is standard output.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite the file if it exists.")]


def check_output(output: str, *, force: bool) -> None:
    """Refuse a file that exists, before any work is done for it; raises `OperatorError`."""
    if output != "-" and not force and Path(output).exists():
        raise OperatorError(f"--output: {output} exists", "name another file, or add --force to write over it")


@contextmanager
def open_output(output: str) -> Iterator[IO[bytes]]:
    """Standard output, or a file that takes its name when everything is in it.

    Only its owner can read a new file; one that is written over keeps its mode.
    """
    if output == "-":
        if sys.stdout.isatty():
            raise OperatorError("an export is not for a terminal", "say where to write: --output FILE")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(output)
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with open_private(unfinished, "wb") as file:
            yield file
        if path.exists():
            unfinished.chmod(stat.S_IMODE(path.stat().st_mode))
        unfinished.replace(path)
    except OSError as error:
        raise OperatorError(f"--output: {output} cannot be written: {error.strerror}", "choose another file") from error
    finally:
        unfinished.unlink(missing_ok=True)
