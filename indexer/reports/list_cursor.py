"""The cursor between two pages of a list: opaque text for readers, valid for one list alone."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

from indexer.reports.invalid_question import InvalidQuestion

Place = int | float | str | None
"""A sort value of Elasticsearch."""


class ListCursor(NamedTuple):
    """Where the next page starts: its point in time in Elasticsearch, and the place of the last row before it."""

    pit: str
    after: Sequence[Place]


def write_cursor(list_: str, cursor: ListCursor) -> str:
    """The cursor as text; `list_` says in full which list it belongs to."""
    content = json.dumps([_fingerprint(list_), cursor.pit, list(cursor.after)])
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read_cursor(list_: str, written: str) -> ListCursor:
    """The cursor from its text; raises `InvalidQuestion` if it is not a cursor, or one of another list."""
    try:
        content = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
        fingerprint, pit, after = json.loads(content)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise InvalidQuestion("cursor", "is not valid for this list; start without a cursor") from error
    usable = isinstance(pit, str) and pit.isascii() and isinstance(after, list) and all(map(_is_place, after))
    if not usable or fingerprint != _fingerprint(list_):
        raise InvalidQuestion("cursor", "belongs to another list; start without a cursor")
    return ListCursor(pit, after)


def _is_place(one: object) -> bool:
    """Whether Elasticsearch can have given this: numbers of 64 bits, texts, and nothing for a missing value."""
    if type(one) is int:
        return -(2**63) <= one < 2**63
    return one is None or type(one) in {float, str}


def _fingerprint(list_: str) -> str:
    return hashlib.sha256(list_.encode(errors="replace")).hexdigest()[:16]
