"""Messages go into the store with their counts, whatever they come in and however often."""

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
from msgspec.structs import asdict
from sqlalchemy import Engine

from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS
from indexer.errors import Refused
from indexer.intake.message_importer import ImportedMessages, import_messages
from indexer.messages.checkpoint import Checkpoint, checkpoint_from
from indexer.messages.event import MessageEvent, event_from
from indexer.messages.receipt import Receipt, receipt_from
from indexer.store.entities.records import delete_records
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.input_files.message_files import T, archive, flat_table, in_order, table

pytestmark = pytest.mark.services

TITLES = ['"Buy" now', "two\nlines", "🎉 offers", "عرض خاص", "=1+1", "Z" + "̸̡̛̖̈" * 50]
SENT = [
    Receipt(f"r{number}", T + number, email=f"{number}@example.com", content_type="Email", content_title=title)
    for number, title in enumerate(TITLES)
]
HAPPENED: list[MessageEvent] = in_order(
    [
        *(MessageEvent("r0", "click", T + 60) for _ in range(500)),
        MessageEvent("r1", "open", T + 60),
        MessageEvent("r2", "collected_email", T + 60, {"email": "=x@example.com"}),
        MessageEvent("late", "open", T + 60),
    ]
)
PASSED: list[Checkpoint] = in_order([Checkpoint("u1", "7", T, status_code=1)] * 2)


class Import:
    """What an import of a file said."""

    def __init__(self, store: Engine, path: Path, **options: Any) -> None:
        """Import the file into the workspace `w`."""
        self.refused: list[str] = []
        self.left: list[str] = []

        def on_refused(place: str, refused: Refused) -> None:
            self.refused.append(f"{place.removeprefix(f'{path}, ')}: {refused}")

        self.imported: ImportedMessages = import_messages(
            store, [str(path)], "w", on_refused, lambda place, reason: self.left.append(reason), **options
        )

    @property
    def counts(self) -> dict[str, int | None]:
        """The counts that are not 0."""
        counts: dict[str, int | None] = {**self.imported.counts, "waiting": self.imported.waiting}
        return {name: count for name, count in counts.items() if count != 0}


def stored(store: Engine) -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
    """The receipts, the checkpoints and the events in the store."""
    with store.connect() as connection:
        payloads = connection.exec_driver_sql("SELECT dataset, payload FROM records WHERE NOT deleted").all()
        events = connection.exec_driver_sql("SELECT payload FROM events").scalars().all()
    return (
        Counter(repr(receipt_from(row.payload)) for row in payloads if row.dataset == MESSAGE_RECEIPTS.name),
        Counter(repr(checkpoint_from(row.payload)) for row in payloads if row.dataset == SERIES_CHECKPOINTS.name),
        Counter(repr(event_from(payload)) for payload in events),
    )


def test_an_archive_is_imported_once_however_often(store: Engine, tmp_path: Path) -> None:
    path = tmp_path / "messages.zip"
    of_kind = {kind: [one for one in HAPPENED if one.kind == kind] for kind in ("click", "open", "collected_email")}
    path.write_bytes(
        archive(
            {
                **{f"{kind}.csv": table(events, kind) for kind, events in of_kind.items()},
                "notes.csv": b"id\n1\n",
                "checkpoint.csv": table(PASSED, "checkpoint"),
                "receipt.csv": table(SENT, "receipt") + b"r9,no cells\r\n",
            }
        )
    )
    expected = tuple(Counter(map(repr, parts)) for parts in (SENT, PASSED, HAPPENED))

    first = Import(store, path)
    assert stored(store) == expected
    assert first.counts == {"read": 512, "created": 511, "refused": 1, "waiting": 1}
    assert first.refused == ["receipt.csv, line 9: the header has 16 cells, this row has 2"]
    assert first.left == ["is of no statistic by its name and its columns"]
    assert (first.imported.receipts.created, first.imported.checkpoints.created) == (6, 2)
    assert first.imported.shards[MESSAGE_RECEIPTS]
    assert first.imported.shards[SERIES_CHECKPOINTS]

    for options in ({}, {"force": True}, {"force": True, "dry_run": True}):
        again = Import(store, path, **options)
        waiting = {"waiting": None if options.get("dry_run") else 1}
        assert again.counts == {"read": 512, "unchanged": 511, "refused": 1, **waiting}
        assert not any(again.imported.shards.values())
    assert stored(store) == expected


def test_lines_in_any_order_and_the_flat_shape_give_what_the_archive_gives(store: Engine, tmp_path: Path) -> None:
    with store.begin() as connection:
        save_workspace(connection, Workspace("w", time_zone="Europe/Dublin"))
    lines = [
        {"type": "open", "receipt_id": "r1", "opened_at": "2026-07-01 11:01:00"},  # in the zone of the workspace
        {"type": "receipt", **asdict(SENT[1])},
        {"type": "checkpoint", "user_id": "u1", "ruleset_id": 7, "created_at": T, "status_code": 1},
    ]
    path = tmp_path / "messages.ndjson"
    path.write_bytes(b"\n".join(map(orjson.dumps, [*lines, *lines])))
    first = Import(store, path)
    assert first.counts == {"read": 6, "created": 3, "unchanged": 1, "older": 2}
    assert Import(store, path).counts == {"read": 6, "unchanged": 4, "older": 2}

    flat = tmp_path / "flat.csv"
    flat.write_bytes(flat_table([SENT[1]], [MessageEvent("r1", "open", T + 60), MessageEvent("r1", "reply", T + 90)]))
    assert Import(store, flat).counts == {"read": 3, "created": 1, "unchanged": 2}
    receipts, checkpoints, events = stored(store)
    assert receipts == Counter([repr(SENT[1])])
    assert checkpoints == Counter([repr(PASSED[0])])
    assert events == Counter(map(repr, [MessageEvent("r1", "open", T + 60), MessageEvent("r1", "reply", T + 90)]))


def test_events_of_a_deleted_receipt_are_older_and_what_no_row_can_hold_is_refused(
    store: Engine, tmp_path: Path
) -> None:
    with store.begin() as connection:
        delete_records(connection, MESSAGE_RECEIPTS, "w", ["gone"], T + 100)
    events = [MessageEvent("gone", "open", T), MessageEvent("x" * 511, "open", T), MessageEvent("r1", "open", T)]
    path = tmp_path / "open.csv"
    path.write_bytes(table(events, "open"))
    found = Import(store, path)
    assert found.counts == {"read": 3, "created": 1, "older": 1, "refused": 1, "waiting": 1}
    assert found.refused == ["line 3: id: is longer than 512 bytes together with the name of the workspace"]
