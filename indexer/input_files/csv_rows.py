"""The rows of a CSV file by RFC 4180, each with the number of its line; one that is broken leaves the others whole."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from indexer.errors import Refused
from indexer.input_files.open_files import BOM

if TYPE_CHECKING:
    from indexer.input_files.open_files import BinaryStream

LONGEST_LINE = 1 << 20
"""The most bytes of a line."""

LARGEST_ROW = 4 << 20
"""The most bytes of a row, which has more than one line if line breaks are in quotes."""

_NO_UTF8 = Refused("", "is not UTF-8")
_REASONS = {
    "field larger than field limit (131072)": "has a cell of more than 131,072 characters; is a quote not closed?",
    "unexpected end of data": "has a quote that is not closed",
    "',' expected after '\"'": "has text after a closing quote",
    "new-line character seen in unquoted field": "has a carriage return outside of quotes; lines end in LF or CR LF",
}


class Row(NamedTuple):
    """The cells of a row that begins in that line (from 1 on), or the reason why there are none."""

    line: int
    cells: list[str] | Refused


def csv_rows(stream: "BinaryStream") -> Iterator[Row]:
    """The rows of a stream in UTF-8, without empty lines; raises `OSError` if it cannot be read any further.

    A row that breaks the rules is refused as one line. So a quote that is not closed takes only its own line away.
    """
    lines = _Lines(stream)
    reader = csv.reader(lines, strict=True)
    while True:
        start = lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.take_back_all_but_first()
            yield Row(start, Refused("", _reason(error)))
            continue
        except _TooLarge as error:
            yield Row(start, Refused("", str(error)))
            continue
        if cells:
            yield Row(start, cells if lines.is_text else _NO_UTF8)


def _reason(error: csv.Error) -> str:
    said = str(error)
    return next((reason for begin, reason in _REASONS.items() if said.startswith(begin)), f"is not CSV: {said}")


class _NotText(str):
    """A line that is not UTF-8."""

    __slots__ = ()


class _TooLarge(Exception):
    """A line or a row that is too large to be held; the place is behind it."""


class _Lines:
    """The lines of a stream, of which those of the present row can be taken back."""

    def __init__(self, stream: "BinaryStream") -> None:
        self._stream = stream
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self._size = 0
        self._line = 0  # the number of the last line given

    def begin_row(self) -> int:
        """The number of the line in which the next row begins."""
        self._row.clear()
        self._size = 0
        return self._line + 1

    @property
    def is_text(self) -> bool:
        """Whether the lines of the present row are UTF-8."""
        return not any(type(line) is _NotText for line in self._row)

    def take_back_all_but_first(self) -> None:
        """Give the lines of the present row again, without the first of them."""
        self._line -= len(self._row) - 1
        self._again.extendleft(reversed(self._row[1:]))

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        self._line += 1
        self._row.append(line)
        self._size += len(line)
        if self._size > LARGEST_ROW:
            raise _TooLarge(f"is a row of more than {LARGEST_ROW >> 20} MiB; is a quote not closed?")
        return line

    def _read(self) -> str:
        line = self._stream.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = self._stream.readline(LONGEST_LINE)
            self._line += 1
            raise _TooLarge(f"is a line of more than {LONGEST_LINE >> 20} MiB")
        if self._line == 0:
            line = line.removeprefix(BOM)
        try:
            return line.decode()
        except UnicodeDecodeError:
            return _NotText(line.decode(errors="replace"))
