"""Reading files of people, companies and events: NDJSON, pages of the vendor's API, and CSV, told apart by content."""

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from indexer.datasets.dataset import Excerpt
from indexer.errors import Refused
from indexer.input_files.encodings import mended
from indexer.input_files.envelopes import Record, unwrapped
from indexer.input_files.open_files import BOM, PEEK, OnBytes, name_of, opened, unpacked
from indexer.input_files.people_table import ReadOptions, read_people_table
from indexer.input_files.record_reader import PACKED, read_stream
from indexer.people.notification_reader import PeopleChange, RecordToSave, changes_in_item
from indexer.people.record_kind import RecordKind
from indexer.records.raw import object_from

if TYPE_CHECKING:
    from indexer.input_files.open_files import BinaryStream

_LINE_OF_JSON = re.compile(rb'\n[ \t]{0,9}\{"[^"]')
"""In CSV, a quote within quotes is doubled."""

LISTS: Mapping[RecordKind, tuple[str, ...]] = {
    "person": ("data", "contacts", "users", "visitors", "leads"),
    "company": ("data", "companies"),
    "event": ("data", "events"),
}
"""The names under which pages hold records of a kind."""


class FoundRecord(NamedTuple):
    """The change that a place of a file says, or the reason why it cannot be used, and whether it is a row of CSV."""

    place: str
    change: PeopleChange | Refused
    is_row: bool = False


def read_people(
    sources: Iterable[str], kind: RecordKind, options: ReadOptions, on_bytes: OnBytes | None = None
) -> Iterator[FoundRecord]:
    """What all files say (`-` is standard input), in order; `kind` is that of objects that do not say what they are.

    Raises `OperatorError` if a file cannot be opened, before any of it is read, and for choices of columns that its
    header does not allow.
    """
    for source in sources:
        place = name_of(source)
        with opened(source, on_bytes) as raw:
            try:
                stream = unpacked(raw)
                start = stream.peek(PEEK)
            except OSError as error:
                yield FoundRecord(place, Refused("", f"cannot be read: {error}"))
                continue
            if _is_json(start):
                yield from _of_json(stream, place, kind)
            else:
                for here, row in read_people_table(stream, place, kind, options):
                    yield FoundRecord(here, row if isinstance(row, Refused) else RecordToSave(kind, row), is_row=True)


def _is_json(start: bytes) -> bool:
    """Whether a file that begins so has JSON, perhaps after lines that are broken."""
    first = start.removeprefix(BOM).lstrip()[:1]
    return first in (b"{", b"[", b"") or start.startswith(PACKED) or _LINE_OF_JSON.search(start) is not None


def _of_json(stream: "BinaryStream", name: str, kind: RecordKind) -> Iterator[FoundRecord]:
    for place, written in read_stream(stream, name):
        if isinstance(written, Refused):
            yield FoundRecord(place, written)
            continue
        for here, payload in unwrapped(Record(place, mended(written)), LISTS[kind]):
            try:
                if isinstance(payload, Refused):
                    raise payload
                topic, told_at = (payload.topic, payload.told_at) if isinstance(payload, Excerpt) else ("", None)
                for change in changes_in_item(object_from(payload), kind, int(time.time()), topic, told_at):
                    yield FoundRecord(here, change)
            except Refused as refused:
                yield FoundRecord(here, refused)
