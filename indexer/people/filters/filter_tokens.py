"""The tokens of a filter's text, each with its place."""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from indexer.calendar.written_times import read_day
from indexer.people.attribute_value import Scalar, day_number
from indexer.people.filters.filter_errors import FilterError

Kind = Literal["word", "text", "number", "day", "sign", "end"]

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<instant>[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]\S*)
      | (?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?![\w\-.:])
      | (?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+\-]?[0-9]+)?)(?![\w.])
      | (?P<word>[^\W\d][\w\-]*(?:\.[\w\-]+)*\.?)
      | (?P<sign>!=|<>|<=|>=|==|[()=<>,])
      | (?P<quote>["'])
    )""",
    re.VERBOSE,
)
_PIECE: Final = re.compile(r"[^\\\"']+|[\"']|\\(?:u[0-9a-fA-F]{4}|.)|\\", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
_CURLY: Final = "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"


class Token(NamedTuple):
    """A token: `text` as it was written, `value` for texts, numbers and days (days since 1970-01-01)."""

    kind: Kind
    text: str
    position: int
    value: Scalar = ""


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, an `end` last; raises `FilterError`."""
    at = 0
    while found := _TOKEN.match(text, at):
        kind = found.lastgroup or ""
        token = _token(text, kind, found.group(kind), found.start(kind))
        yield token
        at = token.position + len(token.text)
    rest = text[at:].lstrip()
    if rest:
        raise _unreadable(text, len(text) - len(rest))
    yield Token("end", "", len(text.rstrip()))


def _token(text: str, kind: str, written: str, position: int) -> Token:
    if kind == "instant":
        raise FilterError(position, "days are asked for without a time", f"write {written[:10]}", text=text)
    if kind == "quote":
        end, value = _quoted(text, position)
        return Token("text", text[position:end], position, value)
    if kind == "number":
        whole = written.lstrip("-").isdigit()
        return Token("number", written, position, int(written[:40]) if whole else float(written))
    if kind == "day":
        try:
            return Token("day", written, position, day_number(read_day(written)))
        except ValueError as error:
            raise FilterError(position, str(error), text=text) from None
    return Token("word" if kind == "word" else "sign", written, position)


def _quoted(text: str, start: int) -> tuple[int, str]:
    """The place after a quoted text, and the text without quotes and escapes."""
    pieces: list[str] = []
    quote, at = text[start], start + 1
    while found := _PIECE.match(text, at):
        piece, at = found.group(), found.end()
        if piece == quote:
            return at, "".join(pieces)
        pieces.append(_unescaped(text, piece, found.start()) if piece[0] == "\\" else piece)
    raise FilterError(start, f"the text that begins here has no closing {quote}", text=text)


def _unescaped(text: str, piece: str, position: int) -> str:
    if len(piece) > 2:
        return chr(int(piece[2:], 16))
    if piece[1:] in _ESCAPES:
        return _ESCAPES[piece[1:]]
    raise FilterError(
        position, f"{piece} is not an escape", 'write \\\\ for a backslash, \\" for a quotation mark', text=text
    )


def _unreadable(text: str, position: int) -> FilterError:
    one = text[position]
    if one in _CURLY:
        return FilterError(position, f"{one} is not a quotation mark of filters", 'write straight ones: "', text=text)
    if one in "&|":
        return FilterError(position, f"{one} does not join conditions", "write and, or", text=text)
    if one.isdigit() or one == "-":
        return FilterError(
            position,
            "this is neither a number nor a day",
            "write 3, -3.5 or 2026-01-31; put a text in quotes",
            text=text,
        )
    return FilterError(position, f"{one!r} cannot stand here", "put texts in quotes", text=text)
