"""Writes: documents as finished bytes, and the bodies of the requests that carry them."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import orjson

from indexer.keys import routing_of


class Write(NamedTuple):
    """One document to be written, or removed if `body` is None.

    `id` is at most 512 bytes of UTF-8; `version` is the highest revision of the document's inputs (0 or more); `body`
    is finished JSON.
    """

    id: str
    version: int
    body: bytes | None


def cut(writes: Sequence[Write], most_bytes: Callable[[], int]) -> Iterator[tuple[Sequence[Write], bytes]]:
    """The writes cut into requests, in their order, each with its body.

    A body holds as many bytes as `most_bytes` allows while it is filled; a larger document goes alone.
    """
    start = size = 0
    entries: list[bytes] = []
    for place, write in enumerate(writes):
        entry = _entry(write)
        if entries and size + len(entry) > most_bytes():
            yield writes[start:place], b"".join(entries)
            start, size, entries = place, 0, []
        entries.append(entry)
        size += len(entry)
    if entries:
        yield writes[start:], b"".join(entries)


def body_of(writes: Sequence[Write]) -> bytes:
    """The body of one request for all of `writes`."""
    return b"".join(map(_entry, writes))


def _entry(write: Write) -> bytes:
    """The lines of one write in the body of a request."""
    about = b'{"_id":%b,"routing":%b,"version":%d,"version_type":"external_gte"}' % (
        orjson.dumps(write.id),
        _as_json(routing_of(write.id)),
        write.version,
    )
    if write.body is None:
        return b'{"delete":%b}\n' % about
    # A line break in JSON is never more than white space; here it would end the document, and begin an action.
    return b'{"index":%b}\n%b\n' % (about, write.body.replace(b"\n", b" "))


@lru_cache(maxsize=1024)
def _as_json(text: str) -> bytes:
    """A text as JSON; cached, since a workspace's name is written once for each of its documents."""
    return orjson.dumps(text)
