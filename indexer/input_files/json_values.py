"""JSON cut into its values without decoding them: the elements of an array, the members of an object.

Only brackets and strings are read. So every value is returned as it is written, and a value that no decoder takes
(too deep, not UTF-8, half a surrogate pair) does not affect its neighbours.
"""

import re
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from typing import TypeVar

_One = TypeVar("_One")

_STEP = 1 << 16
_SPACE = re.compile(rb"[ \t\r\n]*")
_SCALAR = re.compile(rb"[^\s,:\[\]{}\"]+")
# Up to the next bracket, or over some strings. Each string and escape costs memory until the match ends, so a match
# has a limited number of them. A string in which the text ends is matched without backtracking (*+).
_BRACKET = re.compile(rb'(?:[^"\[\]{}]+|"[^"\\]*+(?:\\.[^"\\]*+){0,100}"){0,100}([\[\]{}])?', re.DOTALL)
_BRACKET_OR_QUOTE = re.compile(rb'["\[\]{}]')
_QUOTE_OR_ESCAPE = re.compile(rb'["\\]')
_OPENING = b"[{"


class Malformed(ValueError):
    """The text around the values is not JSON; the values that came out before are good."""


class Oversized(bytes):
    """An empty mark in place of a value that was skipped because it is longer than allowed."""


def elements(read: Callable[[int], bytes], most: int = sys.maxsize) -> Iterator[bytes]:
    """The elements of the array that `read` gives piece by piece, each as soon as it is complete; raises `Malformed`.

    An element of more than `most` bytes is replaced by an `Oversized`; memory holds only a small multiple of `most`.
    """
    text = _Text(read, most)
    yield from text.separated(b"[", b"]", text.value)
    if text.next_sign():
        raise Malformed("something follows the end of the array")


def members(written: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The members of an object, the names with their quotes; raises `Malformed`."""
    text = _Text(_once(written))
    yield from text.separated(b"{", b"}", text.member)


class Extent(Enum):
    """The length of one value in a text, by its brackets and strings."""

    WHOLE = "whole"
    CUT_OFF = "cut off"
    FOLLOWED = "followed"


def extent(written: bytes) -> Extent:
    """Whether the text is exactly one value, part of one, or more than one."""
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
    """The text from the present place on, up to the end of what has been read."""

    def __init__(self, read: Callable[[int], bytes], most: int = sys.maxsize) -> None:
        self._read = read
        self._most = most
        self._text = b""
        self._at = 0

    def separated(self, opening: bytes, closing: bytes, one: Callable[[], _One]) -> Iterator[_One]:
        """The items between two brackets, separated by commas."""
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
        """The value at the present place; moves the place behind it."""
        sign = self.next_sign()
        if sign and sign in _OPENING:
            return self._container()
        if sign in (b",", b":", b"]", b"}"):
            raise Malformed("a value is missing")
        find_end = self._end_of_string if sign == b'"' else self._end_of_scalar
        while (end := find_end(self._at)) is None:
            if self._is_oversized(len(self._text)):
                return self._passed_over()
            if not self._more():
                raise Malformed("breaks off")
        return self._taken(end)

    def next_sign(self) -> bytes:
        """The next character that is not white space; moves the place to it. Empty at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]  # it matches everywhere
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def _container(self) -> bytes:
        place, depth = self._at, 0
        while True:
            found = _BRACKET.match(self._text, place)
            begun, place = place, place if found is None else found.end()
            if found is not None and found[1] is not None:
                depth += 1 if found[1] in _OPENING else -1
                if depth == 0:
                    return self._taken(place)
            elif place > begun:
                pass
            elif self._text[place : place + 1] == b'"' and (end := self._end_of_string(place)) is not None:
                place = end
            else:
                if self._is_oversized(len(self._text)):
                    return self._passed_over()
                behind = place - self._at
                if not self._more():
                    raise Malformed("breaks off")
                place = self._at + behind

    def _end_of_string(self, place: int) -> int | None:
        """The end of the string that begins there; None if the text ends first."""
        at = place + 1
        while (found := _QUOTE_OR_ESCAPE.search(self._text, at)) is not None:
            if found[0] == b'"':
                return found.end()
            at = found.end() + 1
        return None

    def _end_of_scalar(self, place: int) -> int | None:
        """The end of a value that is neither text nor container: where the next sign follows it."""
        found = _SCALAR.match(self._text, place)
        return None if found is None or found.end() == len(self._text) else found.end()

    def _is_oversized(self, end: int) -> bool:
        return end - self._at > self._most

    def _taken(self, end: int) -> bytes:
        """The value that ends there; moves the place behind it."""
        value = Oversized() if self._is_oversized(end) else self._text[self._at : end]
        self._at = end
        return value

    def _passed_over(self) -> Oversized:
        """Go to the end of a value without holding it."""
        first = self._text[self._at : self._at + 1]
        if first != b'"' and first not in _OPENING:
            while True:
                found = _SCALAR.match(self._text, self._at)
                self._at = self._at if found is None else found.end()
                if self._at < len(self._text) or not self._more():
                    return Oversized()
        depth, within = 0, False
        while True:
            found = (_QUOTE_OR_ESCAPE if within else _BRACKET_OR_QUOTE).search(self._text, self._at)
            if found is None or (found[0] == b"\\" and found.end() == len(self._text)):
                self._at = len(self._text) if found is None else found.start()
                if not self._more():
                    raise Malformed("breaks off")
                continue
            self._at = found.end()
            if found[0] == b"\\":
                self._at += 1
            elif found[0] == b'"':
                within = not within
            else:
                depth += 1 if found[0] in _OPENING else -1
            if depth == 0 and not within:
                return Oversized()

    def _take(self, sign: bytes) -> None:
        found = self.next_sign()
        if found != sign:
            raise Malformed(f"{sign.decode()!r} is missing" if found else "breaks off")
        self._at += 1

    def _more(self) -> bool:
        """Read more, and ever more at once, so that a long value is not searched again and again."""
        held = len(self._text) - self._at
        more = bytearray(self._read(_STEP))
        while more and len(more) < held // 2 and (next_ := self._read(_STEP)):
            more += next_
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(more)
