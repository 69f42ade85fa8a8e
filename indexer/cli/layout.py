"""Rows of texts as lines that fit a width: columns side by side if they fit, or fewer, or one block for each row.

No text is cut. A text is broken between words, and within a word only if the word is longer than the whole line.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells

from indexer.plain_text import printable

GAP = 2
NARROWEST = 40
"""The least width: a terminal that says it is narrower is treated as this wide."""

_PROSE = 24
"""The least width of a column of longer texts, so that it does not become one word a line."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A table as lines, with the number of lines that are its heading (0 for blocks)."""

    heading: list[str]
    body: list[str]


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int, right: Sequence[int] = ()) -> Lines:
    """The rows under their headings in at most `width` columns; the columns `right` are flush right.

    If they do not fit side by side, the first column stands in lines of its own above the others; if these do not fit
    either, every row is a block of lines `heading: text`, without those that are empty.
    """
    width = max(width, NARROWEST)
    cells = [[printable(cell, keep="\n") for cell in row] for row in rows]
    if (widths := _fitting(headings, cells, width)) is not None:
        return _side_by_side(headings, cells, widths, right)
    if len(headings) > 2 and (widths := _fitting(headings[1:], [row[1:] for row in cells], width - GAP)) is not None:
        return _stacked(headings, cells, widths, width, [column - 1 for column in right])
    return Lines([], list(_blocks(headings, cells, width)))


def _fitting(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """The widths of the columns, None if they do not fit."""
    columns = [[heading, *(row[number] for row in rows)] for number, heading in enumerate(headings)]
    natural = [max(cell_len(line) for text in column for line in text.split("\n")) for column in columns]
    room = width - GAP * (len(columns) - 1)
    if sum(natural) <= room:
        return natural
    words = [max((cell_len(word) for text in column for word in text.split()), default=0) for column in columns]
    widths = [max(word, min(whole, _PROSE)) for word, whole in zip(words, natural, strict=True)]
    spare = room - sum(widths)
    if spare < 0:
        return None
    # Columns that lack least are widened first, so that few columns are broken.
    for number in sorted(range(len(widths)), key=lambda number: natural[number] - widths[number]):
        more = min(spare, natural[number] - widths[number])
        widths[number] += more
        spare -= more
    return widths


def _side_by_side(
    headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], right: Sequence[int]
) -> Lines:
    heading = [*_row(headings, widths, right), "─" * (sum(widths) + GAP * (len(widths) - 1))]
    return Lines(heading, [line for row in rows for line in _row(row, widths, right)])


def _stacked(
    headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], width: int, right: Sequence[int]
) -> Lines:
    indent = " " * GAP
    long = min(width, max(GAP + sum(widths) + GAP * (len(widths) - 1), cell_len(headings[0])))
    heading = [
        *wrapped(headings[0], width),
        *(indent + line for line in _row(headings[1:], widths, right)),
        "─" * long,
    ]
    body = []
    for row in rows:
        body += wrapped(row[0], width)
        body += [indent + line for line in _row(row[1:], widths, right)]
    return Lines(heading, body)


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> Iterator[str]:
    columns = [wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for number in range(max(map(len, columns), default=1)):
        line = (column[number] if number < len(column) else "" for column in columns)
        padded = [
            padding + text if place in right else text + padding
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
            for padding in [" " * (width - cell_len(text))]
        ]
        yield (" " * GAP).join(padded).rstrip()


def block(texts: Mapping[str, str], width: int) -> list[str]:
    """Texts as lines `heading: text`, the texts under each other; empty ones are left out."""
    cells = [printable(text, keep="\n") for text in texts.values()]
    return list(_blocks(list(texts), [cells], max(width, NARROWEST)))


def _blocks(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    label = max(map(cell_len, headings), default=0) + 1
    for number, row in enumerate(rows):
        if number:
            yield ""
        for heading, text in zip(headings, row, strict=True):
            if not text.strip():
                continue
            named = f"{heading}:" if heading else ""
            lines = wrapped(text, max(width - label - 1, NARROWEST // 4))
            yield f"{named}{' ' * (label - cell_len(named))} {lines[0]}".rstrip()
            for line in lines[1:]:
                yield f"{' ' * label} {line}".rstrip()


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, broken at spaces, and within words that are longer than a line."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        if cell_len(paragraph) <= width:
            lines.append(paragraph)
            continue
        line = ""
        for word in paragraph.split():
            pieces = chop_cells(word, width) if cell_len(word) > width else [word]
            if line and cell_len(line) + 1 + cell_len(pieces[0]) <= width:
                line = f"{line} {pieces[0]}"
            else:
                if line:
                    lines.append(line)
                line = pieces[0]
            for piece in pieces[1:]:
                lines.append(line)
                line = piece
        lines.append(line)
    return lines
