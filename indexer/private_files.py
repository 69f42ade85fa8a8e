"""Files that may hold personal data: only their owner can read them."""

import os
import tempfile
from pathlib import Path
from typing import IO, Any, Literal, overload


@overload
def open_private(path: Path, mode: Literal["wb"]) -> IO[bytes]: ...
@overload
def open_private(path: Path, mode: Literal["w"]) -> IO[str]: ...
def open_private(path: Path, mode: str) -> IO[Any]:
    """Open a file to write bytes or UTF-8 text; a new file has mode 0600, an existing one keeps its mode."""
    return open(path, mode, encoding=None if "b" in mode else "utf-8", opener=_for_the_owner)


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def replace_private(path: Path, text: str) -> None:
    """Write a file of UTF-8 text with mode 0600 so that it is whole at any moment, with the old or the new text.

    Until it is whole, it is beside the old file under a name that begins with a dot.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(path)
