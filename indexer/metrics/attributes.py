"""The custom attributes for the index, without values for which Elasticsearch would refuse the whole document.

The field `custom` is `flattened`: every value becomes a term of its path and itself, and JSON is read more strictly
there than by most programs. A value beyond a limit is left out by itself; everything beside it stays.
"""

import json
import re
from typing import Any, Final

import msgspec
from msgspec import Raw

LONGEST_VALUE: Final = 8_191
"""The most UTF-16 units of a text that can be searched and grouped (`ignore_above`); a longer text is only kept."""

_LONGEST_TERM = 32_766
"""The most bytes of path, separator and value together (Lucene)."""

_LONGEST_NUMBER: Final = 1_000
"""The most characters of a number (Elasticsearch's reader of JSON)."""

_DEEPEST = 20
"""The most levels of objects; the attributes themselves are the first."""

_MOST_LISTS = 100
"""The most levels of lists. Elasticsearch reads ten times as many, but other levels are around them."""

_SHORTEST: Final = 6
"""The bytes of `{"":0}`: an object with an attribute is at least as long."""

_LEFT_OUT = Raw()
"""The mark in place of a value that cannot be indexed. A number is never empty."""

_SPACED_COLON: Final = re.compile(rb"\s:")

_MEMBERS: Final[msgspec.json.Decoder[dict[str, Raw]]] = msgspec.json.Decoder(dict[str, Raw])


class Attributes:
    """The attributes to keep (None: nothing), whether some were left out, and whether one is too long to be found."""

    def __init__(self, kept: Raw | None, left_out: bool = False, too_long: bool = False) -> None:
        """Hold the result."""
        self.kept = kept
        self.left_out = left_out
        self.too_long = too_long


def attributes_of(given: Raw) -> Attributes:
    """The custom attributes as they are written, on one line; none if this is not an object, or an empty one."""
    written = bytes(given)
    if len(written) < _SHORTEST or not written.startswith(b"{"):
        return Attributes(None)
    if not _is_plain(written):
        found = _examined(written)
        if found.left_out:
            return found
    else:
        found = Attributes(given)
    if written.find(b"\n") != -1 or written.find(b"\r") != -1:
        found.kept = Raw(msgspec.json.format(written, indent=-1))
    return found


def is_too_long(text: str | None) -> bool:
    """Whether a text is given that is too long to be searched and grouped."""
    return text is not None and len(text) * 2 > LONGEST_VALUE and _units(text) > LONGEST_VALUE


def _is_plain(written: bytes) -> bool:
    """Whether the JSON is short, flat and written without escapes, and no name occurs twice.

    Quotes before a colon are then at least as many as names, those of inner objects too, and names at least as many as
    different ones of the object itself.
    """
    # `find` and `count`, since `in` first tries whether the bytes are a number
    if len(written) > _LONGEST_NUMBER or written.find(b"\\") != -1 or written.find(b"[") != -1:
        return False
    names = written.count(b'":')
    if written.count(b":") != names and _SPACED_COLON.search(written) is not None:
        return False
    return names == len(_MEMBERS.decode(written))


class _Object:
    """An object's members in their order, as often as they are given."""

    def __init__(self, members: list[tuple[str, object]]) -> None:
        """Hold the members as `json` finds them."""
        self.members = members


def _examined(written: bytes) -> Attributes:
    """The attributes value by value."""
    found = Attributes(Raw(written))
    try:
        whole = _read(written)
    except RecursionError:
        whole = _shallow(written, found)
    kept = _object(whole, -1, 1, 0, found)
    if found.left_out:
        found.kept = Raw(msgspec.json.encode(kept)) if kept else None
    return found


def _shallow(written: bytes, found: Attributes) -> _Object:
    """The attributes that are not nested too deeply to be read."""
    members: list[tuple[str, object]] = []
    for name, value in _MEMBERS.decode(written).items():
        try:
            members.append((name, _read_any(bytes(value))))
        except RecursionError:
            found.left_out = True
    return _Object(members)


def _read(written: bytes) -> _Object:
    found: _Object = _read_any(written)
    return found


def _read_any(written: bytes) -> Any:
    return json.loads(written, object_pairs_hook=_Object, parse_int=_number, parse_float=_number)


def _number(written: str) -> Raw:
    return Raw(written.encode())


def _object(given: _Object, path: int, depth: int, lists: int, found: Attributes) -> dict[str, object]:
    """The members that can be indexed, the last of those with one name; `path` is the length so far in bytes."""
    kept: dict[str, object] = {}
    for name, value in given.members:
        whole = _whole(name)
        if whole in kept:
            found.left_out = True
            del kept[whole]
        if "\0" in name:
            found.left_out = True
            continue
        taken = _value(value, path + 1 + len(whole.encode()), depth, lists, found)
        if taken is not _LEFT_OUT:
            kept[whole] = taken
    return kept


def _value(value: object, path: int, depth: int, lists: int, found: Attributes) -> object:
    """The value, or the part that can be indexed; `_LEFT_OUT` and a note of it if there is none."""
    if isinstance(value, _Object) and depth < _DEEPEST:
        return _object(value, path, depth + 1, lists, found)
    if isinstance(value, list) and lists < _MOST_LISTS:
        taken = [_value(each, path, depth, lists + 1, found) for each in value]
        return [each for each in taken if each is not _LEFT_OUT]
    if isinstance(value, str):
        value = _whole(value)
        if is_too_long(value):
            found.too_long = True
            return value
    if _fits(value, path):
        return value
    found.left_out = True
    return _LEFT_OUT


def _fits(value: object, path: int) -> bool:
    """Whether a single value can be indexed as a term with its path; an object or a list cannot."""
    if isinstance(value, str):
        return path + 1 + len(value.encode()) <= _LONGEST_TERM
    if isinstance(value, Raw):
        length = len(bytes(value))
        return length <= _LONGEST_NUMBER and path + 1 + length <= _LONGEST_TERM
    if isinstance(value, bool):
        return path + 1 + len(str(value)) <= _LONGEST_TERM
    return value is None


def _whole(text: str) -> str:
    """Text without halves of surrogate pairs; each becomes U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
