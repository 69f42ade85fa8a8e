"""Files that may hold personal data: only their owner can read them."""

import os
from pathlib import Path
from typing import IO, Any, Literal, overload


@overload
def open_private(path: Path, mode: Literal["wb"]) -> IO[bytes]: ...
@overload
def open_private(path: Path, mode: Literal["w"]) -> IO[str]: ...
def open_private(path: Path, mode: str) -> IO[Any]:
    """A file to write, of bytes or of UTF-8 text; a new one has mode 0600, one that exists keeps its mode."""
    return open(path, mode, encoding=None if "b" in mode else "utf-8", opener=_for_the_owner)


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
