"""Output to a terminal: all of it is plain text, without markup and control characters.

`guard` puts a stream before standard output and standard error that strips control characters; `console` makes the
only consoles, which strip their texts and add colours and bars of their own.
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
    """A text stream that strips texts before it writes them to another stream; all else is that of the other."""

    def __init__(self, stream: TextIO) -> None:
        """`stream` gets the stripped texts."""
        self.unguarded = stream

    def write(self, text: str) -> int:
        """Write the text without control characters."""
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
    """Strip all output of this process from now on: on standard error, and on standard output to a terminal."""
    if not isinstance(sys.stderr, Guarded):
        sys.stderr = cast("TextIO", Guarded(sys.stderr))
    if sys.stdout.isatty() and not isinstance(sys.stdout, Guarded):
        sys.stdout = cast("TextIO", Guarded(sys.stdout))


def console(*, stderr: bool = False, width: int | None = None) -> "Console":
    """A console on standard output or standard error that prints texts as they are.

    It knows no markup, no codes for emoji (`:smile:`) and no highlighting, and strips control characters.
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
    """Print laid out lines, some hundred at once: a single text of many thousand lines takes much longer."""
    from rich.text import Text

    for start in range(0, len(lines), _AT_ONCE):
        out.print(Text("\n").join(lines[start : start + _AT_ONCE]), soft_wrap=True)


@contextmanager
def progress_bar(*columns: "ProgressColumn", transient: bool = False, disable: bool = False) -> "Iterator[Progress]":
    """A progress bar on standard error; other output appears above it meanwhile, stripped."""
    from rich.progress import Progress

    shown = console(stderr=True)
    both = sys.stdout.isatty()  # output to a file or a pipe is not touched
    with Progress(*columns, console=shown, transient=transient, disable=disable, redirect_stdout=both) as bar:
        # A bar replaces both streams, and would interpret colours and links in texts written to them.
        behind = sys.stdout, sys.stderr
        if not disable:
            guard()
        try:
            yield bar
        finally:
            sys.stdout, sys.stderr = behind
