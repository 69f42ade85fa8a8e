"""Files of messages made of what they say: CSV as this project writes it, and archives of it."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from indexer.errors import Refused
from indexer.input_files.message_reader import read_messages
from indexer.messages.checkpoint import Checkpoint
from indexer.messages.event import MessageEvent
from indexer.messages.part_reader import Part, numbered
from indexer.messages.receipt import Receipt
from indexer.messages.statistics import CHECKPOINT_COLUMNS, EVENTS, FLAT_COLUMNS, RECEIPT_COLUMNS
from indexer.spreadsheet import csv_of

T = 1_782_900_000

TEXTS = st.sampled_from([
    'He said "buy", then left', "two\nlines\r\nand a tab\t", "👩‍👩‍👧‍👦 offers 🎉", "عرض خاص \u202eright to left", "=HYPERLINK(\"http://x\")",
    "'=1", "''@x", "-1", "+353 1 234", " ", "Z" + "̸̡̛̖̈" * 50, "null", "a;b,c", "\ufeff=x", "\r",
])  # fmt: skip
"""Titles, names and links that break what does not expect them."""

IDS = st.integers(1, 40).map(str) | st.sampled_from(["=1+1", "@x", "0x1f", "a,b", "5f3c81"])


def receipts() -> st.SearchStrategy[list[Receipt]]:
    """Receipts with ids of their own; most columns may be empty."""
    made = st.builds(
        Receipt,
        receipt_id=IDS,
        received_at=st.integers(T, T + 500),
        user_id=st.none() | IDS,
        user_external_id=st.none() | TEXTS,
        company_id=st.none() | IDS,
        email=st.none() | TEXTS,
        name=st.none() | TEXTS,
        content_type=st.none() | st.sampled_from(["Email", "Mobile Carousel", "Carrier Pigeon"]),
        content_title=st.none() | TEXTS,
        ruleset_version_id=st.none() | IDS,
        series_id=st.none() | IDS,
        node_id=st.none() | IDS,
    )
    return st.lists(made, max_size=4, unique_by=lambda one: one.receipt_id)


def checkpoints() -> st.SearchStrategy[list[Checkpoint]]:
    """Checkpoints of few people at few nodes, so that some have one identity."""
    made = st.builds(
        Checkpoint,
        user_id=st.sampled_from(["u1", "=u"]),
        ruleset_id=st.sampled_from(["7", "8"]),
        created_at=st.integers(T, T + 1),
        status_code=st.none() | st.integers(-3, 3),
        status_name=st.none() | TEXTS,
        expires_at=st.none() | st.integers(T, T + 9),
        times_processed=st.none() | st.integers(0, 9),
    )
    return st.lists(made, max_size=4).map(in_order)


@st.composite
def _event(draw: st.DrawFn) -> MessageEvent:
    statistic = draw(st.sampled_from(list(EVENTS.values())))
    details = {name: draw(TEXTS) for name in statistic.details if draw(st.booleans())}
    return MessageEvent(draw(st.sampled_from(["1", "=2"])), statistic.kind, T + draw(st.integers(0, 2)), details)


def events() -> st.SearchStrategy[list[MessageEvent]]:
    """Events of two receipts in three seconds, so that some are equal; each with its ordinal."""
    return st.lists(_event(), max_size=12).map(in_order)


def in_order(parts: Iterable[Any]) -> list[Any]:
    """The same with the ordinals that their order in a file gives them."""
    before: Counter[str] = Counter()
    found = []
    for part in parts:
        known_by = part.checkpoint_id if isinstance(part, Checkpoint) else f"{part.receipt_id} {part.key}"
        found.append(numbered(part, before[known_by]))
        before[known_by] += 1
    return found


def table(parts: Sequence[Part], kind: str = "", columns: Sequence[str] = (), *, as_text: bool = False) -> bytes:
    """The CSV file of parts of one kind, in these columns or those of the export; times `as_text` or as seconds."""
    statistic = EVENTS.get(kind)
    own = statistic.columns if statistic else RECEIPT_COLUMNS if kind == "receipt" else CHECKPOINT_COLUMNS
    columns = columns or own
    return csv_of(columns, [[_value(part, name, as_text=as_text) for name in columns] for part in parts])


def _value(part: Part, name: str, *, as_text: bool) -> object:
    if isinstance(part, MessageEvent):
        said: object = part.at if name == EVENTS[part.kind].at else part.details.get(name, getattr(part, name, None))
    else:
        said = getattr(part, name, None)
    if as_text and name.endswith("_at") and isinstance(said, int):
        return datetime.fromtimestamp(said, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return said


def flat_table(receipts: Sequence[Receipt], events: Sequence[MessageEvent], nothing: object = -1) -> bytes:
    """The vendor's flat export of these."""
    first = {(one.receipt_id, one.kind): one.at for one in sorted(events, key=lambda one: -one.at)}
    own = RECEIPT_COLUMNS[:-1]
    return csv_of(
        [*own, *FLAT_COLUMNS],
        [
            [
                *(getattr(one, name) for name in own),
                *(first.get((one.receipt_id, kind), nothing) for kind in FLAT_COLUMNS.values()),
            ]
            for one in receipts
        ],
    )


def archive(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of these files, in this order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


class Read:
    """What was read from a file: the parts, the refusals and what was left, each as `place: text` without the file."""

    def __init__(self, path: Path, zone: str = "UTC") -> None:
        """Read all of the file."""
        self.left: list[str] = []
        found = list(read_messages([str(path)], ZoneInfo(zone), lambda *said: self.left.append(": ".join(said))))
        self.left = [line.removeprefix(f"{path}, ") for line in self.left]
        self.parts = [part for _, part in found if not isinstance(part, Refused)]
        self.refused = [
            f"{place}: {part}".removeprefix(f"{path}, ").removeprefix(f"{path}: ")
            for place, part in found
            if isinstance(part, Refused)
        ]


def read(directory: Path, content: bytes, name: str = "messages.zip", zone: str = "UTC") -> Read:
    """What is read from a file with that content and that name."""
    path = directory / name
    path.write_bytes(content)
    return Read(path, zone)
