"""JSON cut into its values without decoding them: the elements of an array, the members of an object.

Only brackets and strings are looked at. So every value comes out as it is written, and one that no decoder takes (too
deep, not UTF-8, half a surrogate pair) costs itself and not its neighbours.
"""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import TypeVar

_One = TypeVar("_One")

_STEP = 1 << 16
_SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,:\[\]{}\"]+")
# Up to the next bracket; strings are passed over as a whole, one that the text ends in is where the match ends.
_BRACKET = re.compile(rb'(?:[^"\[\]{}]+|"[^"\\]*(?:\\.[^"\\]*)*")*([\[\]{}])?', re.DOTALL)
_OPENING = b"[{"


class Malformed(ValueError):
    """The text around the values is not JSON; the values that came out before are good."""


def elements(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The elements of the array that `read` gives piece by piece, each as soon as it is there; raises `Malformed`."""
    text = _Text(read)
    yield from text.separated(b"[", b"]", text.value)
    if text.next_sign():
        raise Malformed("something follows the end of the array")


def members(written: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The members of an object, the names with their quotes; raises `Malformed`."""
    text = _Text(_once(written))
    yield from text.separated(b"{", b"}", text.member)


class Extent(Enum):
    """How far one value goes in a text, by its brackets and strings."""

    WHOLE = "whole"
    CUT_OFF = "cut off"
    FOLLOWED = "followed"


def extent(written: bytes) -> Extent:
    """Whether the text is one value, less than one, or goes on behind it."""
    text = _Text(_once(written))
    try:
        text.value()
    except Malformed:
        return Extent.CUT_OFF
    return Extent.FOLLOWED if text.next_sign() else Extent.WHOLE


def _once(written: bytes) -> Callable[[int], bytes]:
    left = [written]
    return lambda _: left.pop() if left else b""


class _Text:
    """The text from the present place on, as far as it has been read."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._text = b""
        self._at = 0

    def separated(self, opening: bytes, closing: bytes, one: Callable[[], _One]) -> Iterator[_One]:
        """Everything between two brackets, cut at the commas."""
        self._take(opening)
        if self.next_sign() == closing:
            self._at += 1
            return
        while True:
            yield one()
            if self.next_sign() == closing:
                self._at += 1
                return
            self._take(b",")

    def member(self) -> tuple[bytes, bytes]:
        """A name and its value."""
        if self.next_sign() != b'"':
            raise Malformed("a name in quotes is missing")
        name = self.value()
        self._take(b":")
        return name, self.value()

    def value(self) -> bytes:
        """The value at the present place, which is then behind it."""
        sign = self.next_sign()
        if sign and sign in _OPENING:
            return self._container()
        pattern = _STRING if sign == b'"' else _SCALAR
        # What is no string ends with what follows it, which may not have been read yet; a string ends with its quote.
        while (found := pattern.match(self._text, self._at)) is None or (
            sign != b'"' and found.end() == len(self._text)
        ):
            if sign in (b",", b":", b"]", b"}"):
                raise Malformed("a value is missing")
            if not self._more():
                raise Malformed("breaks off")
        self._at = found.end()
        return found[0]

    def next_sign(self) -> bytes:
        """The next character that is not white space, where the present place then is; empty at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]  # it matches everywhere
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def _container(self) -> bytes:
        place, depth = self._at, 0
        while True:
            found = _BRACKET.match(self._text, place)
            place = found.end() if found is not None else place
            if found is None or found[1] is None:
                behind = place - self._at
                if not self._more():
                    raise Malformed("breaks off")
                place = self._at + behind
                continue
            depth += 1 if found[1] in _OPENING else -1
            if depth == 0:
                value = self._text[self._at : place]
                self._at = place
                return value

    def _take(self, sign: bytes) -> None:
        found = self.next_sign()
        if found != sign:
            raise Malformed(f"{sign.decode()!r} is missing" if found else "breaks off")
        self._at += 1

    def _more(self) -> bool:
        """Read on; ever more at once, so that a long value is not looked at again and again."""
        more = self._read(max(_STEP, len(self._text) - self._at))
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(more)
