"""The way to a terminal: whatever is printed there is plain text, with no markup and no control characters in it.

`guard` puts a stream before standard output and standard error that strips what steers a terminal; `console` makes the
only consoles there are, which strip the texts they are given and add colours and bars of their own.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO, cast

from indexer.plain_text import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, ProgressColumn
    from rich.text import Text


class Guarded:
    """A text stream that strips what it is given before it writes it to another; all else is the other's."""

    def __init__(self, stream: TextIO) -> None:
        """`stream` is what is written to."""
        self.unguarded = stream

    def write(self, text: str) -> int:
        """Write the text without what steers a terminal."""
        self.unguarded.write(printable(text.replace("\r\n", "\n"), keep="\n\t"))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each of the texts."""
        for line in lines:
            self.write(line)

    @property
    def buffer(self) -> "_GuardedBytes":
        """A stream of bytes in UTF-8 that are stripped too."""
        return _GuardedBytes(self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unguarded, name)


class _GuardedBytes:
    def __init__(self, text: Guarded) -> None:
        self._text = text

    def write(self, content: bytes) -> int:
        self._text.write(content.decode(errors="replace"))
        return len(content)

    def flush(self) -> None:
        self._text.flush()


def guard() -> None:
    """Strip from now on what this process prints: always on standard error, and on standard output to a terminal."""
    if not isinstance(sys.stderr, Guarded):
        sys.stderr = cast("TextIO", Guarded(sys.stderr))
    if sys.stdout.isatty() and not isinstance(sys.stdout, Guarded):
        sys.stdout = cast("TextIO", Guarded(sys.stdout))


def console(*, stderr: bool = False, width: int | None = None) -> "Console":
    """A console on standard output or standard error that prints texts as they are.

    There is no markup, no code for an emoji (`:smile:`), no highlighting, and control characters are stripped.
    """
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment
    from rich.text import Text

    class PlainConsole(Console):
        def render_str(self, text: str, **how: Any) -> Text:
            return super().render_str(printable(text, keep="\n"), **how)

        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
            for text, style, control in super().render(renderable, options):
                yield Segment(text if control else printable(text, keep="\n"), style, control)

    stream = sys.stderr if stderr else sys.stdout
    unguarded = stream.unguarded if isinstance(stream, Guarded) else stream
    return PlainConsole(file=unguarded, width=width, markup=False, emoji=False, highlight=False)


_AT_ONCE = 200


def print_lines(out: "Console", lines: "Sequence[Text]") -> None:
    """Lines that are laid out already, some hundred at once: a single text of many thousand lines takes much longer."""
    from rich.text import Text

    for start in range(0, len(lines), _AT_ONCE):
        out.print(Text("\n").join(lines[start : start + _AT_ONCE]), soft_wrap=True)


@contextmanager
def progress_bar(*columns: "ProgressColumn", transient: bool = False, disable: bool = False) -> "Iterator[Progress]":
    """A progress bar on standard error; what else is printed meanwhile appears above it, stripped."""
    from rich.progress import Progress

    shown = console(stderr=True)
    both = sys.stdout.isatty()  # what goes to a file or a pipe stays out of it
    with Progress(*columns, console=shown, transient=transient, disable=disable, redirect_stdout=both) as bar:
        # A bar takes the place of both streams, and would read colours and links out of what is written to them.
        behind = sys.stdout, sys.stderr
        if not disable:
            guard()
        try:
            yield bar
        finally:
            sys.stdout, sys.stderr = behind
