"""Files of messages say the same in every shape, and what is broken is named and costs only itself."""

import gzip
import random
import tempfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from indexer.messages.checkpoint import Checkpoint
from indexer.messages.event import MessageEvent, stored_event
from indexer.messages.part_reader import Part
from indexer.messages.receipt import Receipt
from indexer.messages.statistics import EVENTS, RECEIPT_COLUMNS
from tests.input_files.message_files import (
    T,
    archive,
    checkpoints,
    events,
    flat_table,
    in_order,
    read,
    receipts,
    table,
)

CLICKS = in_order([MessageEvent("r1", "click", T), MessageEvent("r1", "click", T), MessageEvent("r2", "click", T)])
REPLIES = b"receipt_id,replied_at\n" + b"".join(b"r%d,1782900000\n" % number for number in range(10_000))
SENT = [Receipt("r1", T, user_id="u1"), Receipt("r2", T, email="a@example.com")]


def said(parts: Sequence[Part]) -> list[str]:
    """The parts in an order that is not that of reading."""
    return sorted(stored_event(one).decode() if isinstance(one, MessageEvent) else repr(one) for one in parts)


@settings(max_examples=40, deadline=None)
@given(receipts(), events(), checkpoints(), st.booleans(), st.booleans(), st.randoms())
def test_an_archive_is_read_back_as_it_was_written(
    sent: list[Receipt],
    happened: list[MessageEvent],
    passed: list[Checkpoint],
    mark: bool,
    as_text: bool,
    order: random.Random,
) -> None:
    """Any order of the files, each statistic in two files, with a byte order mark or not, times as text or not."""
    files = {"receipt.csv": table(sent, "receipt", as_text=as_text), "checkpoint.csv": table(passed, "checkpoint")}
    for kind, of_kind in groupby(sorted(happened, key=lambda one: one.kind), lambda one: one.kind):
        some = list(of_kind)
        files[f"{EVENTS[kind].title}.csv"] = table(some[:2], kind, as_text=as_text)
        files[f"{kind}-2.csv"] = table(some[2:], kind)
    names = list(files)
    order.shuffle(names)
    names.sort(key=lambda name: name.endswith("-2.csv"))
    with tempfile.TemporaryDirectory() as directory:
        found = read(
            Path(directory), archive({name: (b"\xef\xbb\xbf" if mark else b"") + files[name] for name in names})
        )
    assert (found.refused, found.left) == ([], [])
    assert said(found.parts) == said([*sent, *passed, *happened])


@settings(max_examples=30, deadline=None)
@given(receipts(), st.sampled_from([-1, "", None, 0]))
def test_a_flat_file_is_a_receipt_and_an_event_for_each_first_time(sent: list[Receipt], nothing: object) -> None:
    happened = [MessageEvent(one.receipt_id, kind, T + 7) for one in sent for kind in ("click", "dismissal")]
    later = [MessageEvent(one.receipt_id, "click", T + 9) for one in sent]
    with tempfile.TemporaryDirectory() as directory:
        found = read(Path(directory), flat_table(sent, [*happened, *later], nothing), "export.csv")
    assert found.refused == []
    assert said(found.parts) == said([*sent, *happened])


def test_the_same_in_lines_tables_and_archives(tmp_path: Path) -> None:
    lines = [
        {"type": "receipt", "receipt_id": "r1", "received_at": T, "user_id": "u1"},
        {"type": "click", "receipt_id": "r1", "clicked_at": T},
        {"type": "Click", "receipt_id": "r1", "at": f"{T}", "ordinal": 1},
        {
            "type": "receipt",
            "receipt_id": "r2",
            "received_at": T,
            "email": "a@example.com",
            "events": [{"type": "click", "clicked_at": T}],
        },
    ]
    written = b"\n".join(map(orjson.dumps, lines))
    expected = said([*SENT, *CLICKS])
    assert said(read(tmp_path, written, "messages.ndjson").parts) == expected
    assert said(read(tmp_path, gzip.compress(written), "messages").parts) == expected
    assert said(read(tmp_path, orjson.dumps(lines), "messages.json").parts) == expected
    clicks, sent = table(CLICKS, "click"), table(SENT, "receipt")
    assert said(read(tmp_path, archive({"click.csv": clicks, "receipts.csv": sent})).parts) == expected
    apart = read(tmp_path, clicks, "clicks.csv").parts + read(tmp_path, gzip.compress(sent), "data.csv.gz").parts
    assert said(apart) == expected
    assert said(read(tmp_path, clicks.decode().encode("utf-16"), "clicks.csv").parts) == said(CLICKS)


def test_columns_may_be_in_any_order_and_others_are_named(tmp_path: Path) -> None:
    columns = ["Plan", *reversed(RECEIPT_COLUMNS), "Größe"]
    found = read(tmp_path, table(SENT, "receipt", columns), "receipts.csv")
    assert (said(found.parts), found.refused) == (said(SENT), [])
    assert [line.partition(": ")[2] for line in found.left] == ["columns that are not read: plan, größe"]
    found = read(tmp_path, b"Clicked At,receipt-id,link\n1782900000,r1,=x\n", "clicks.csv")
    assert found.parts == [MessageEvent("r1", "click", T, {"link": "=x"})]


def test_events_of_other_kinds_are_read_from_a_file_that_names_them(tmp_path: Path) -> None:
    content = (
        b"type,receipt_id,at,machine,link,plan,details\r\n"
        b"carrier_pigeon,r1,2026-07-01 10:00:00 UTC,true,https://x,pro,\r\n"
        b"carrier_pigeon,r1,1782900000,,'=x,pro,\r\n"
        b"Carrier pigeon,r1,1782900000,,'=x,pro,{}\r\n"
        b"receipt,r1,1782900000,,,,\r\n"
        b",r1,1782900000,,,,\r\n"
        b'carrier_pigeon,r2,1782900000,,,,"{""feathers"":""7"",""at"":""1""}"\r\n'
        b"carrier_pigeon,r1,1782900000,,,,[1]\r\n"
    )
    found = read(tmp_path, archive({"other_events.csv": content}))
    odd = MessageEvent("r1", "carrier_pigeon", T, {"link": "=x"})
    further = MessageEvent("r2", "carrier_pigeon", T, {"feathers": "7"})
    assert found.parts == in_order([replace(odd, details={"link": "https://x"}, machine=True), odd, odd, further])
    assert found.left == ["other_events.csv: columns that are not read: plan"]
    assert [line.partition(": is ")[0] for line in found.refused] == [
        "other_events.csv, line 5: type",
        "other_events.csv, line 6: type",
        "other_events.csv, line 8: details",
    ]


def test_times_without_an_offset_are_local_times_of_the_workspace(tmp_path: Path) -> None:
    content = b"receipt_id,opened_at\nr1,2026-07-01 11:00:00\nr2,2026-07-01 10:00:00 UTC\nr3,1782900000\n"
    found = read(tmp_path, content, "open.csv", "Europe/Dublin")
    assert [part.at for part in found.parts if isinstance(part, MessageEvent)] == [T, T, T]


def test_lines_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    lines = [
        b"nonsense",
        b"[]",
        b'{"receipt_id": "r1", "received_at": 1782900000}',
        b'{"type": "receipt", "receipt_id": "r1"}',
        b'{"type": "click", "clicked_at": 1782900000}',
        b'{"type": "open", "receipt_id": "r1", "opened_at": "soon"}',
        b'{"type": "receipt", "receipt_id": "r1", "received_at": 1782900000, "events": ['
        b'{"type": "open"}, 5, {"type": "receipt"}, {"type": "open", "at": 1782900000}]}',
        b'{"type": "open", "receipt_id": "r1", "at": 1782900000, "ordinal": -1}',
        b'{"receipt_id": "r2", "received_at": 1782900000, "first_open": "soon"}',
        b'{"type": "carrier_pigeon", "receipt_id": "r1", "at": 1782900000, "feathers": 7, "ordinal": 2}',
    ]
    found = read(tmp_path, b"\n".join(lines), "messages.ndjson")
    missing = "type: is missing: it is receipt, checkpoint, or an event such as button_tap, click, collected_email"
    assert found.refused == [
        "line 1: is not JSON: JSON is malformed: invalid character (byte 4)",
        "line 2: is a list, not an object",
        f"line 3: {missing}",
        "line 4: received_at: is missing",
        "line 5: receipt_id: is missing",
        "line 6: opened_at: 'soon' is neither epoch seconds nor an ISO 8601 time",
        "line 7: events[0].opened_at: is missing",
        "line 7: events[1]: is a number, not an object",
        "line 7: events[2].type: is 'receipt', not an event",
        "line 8: ordinal: is not a whole number from 0 to 999,999,999",
        "line 9: first_open: 'soon' is neither epoch seconds nor an ISO 8601 time",
    ]
    assert said(found.parts) == said(
        [
            Receipt("r1", T),
            MessageEvent("r1", "open", T),
            MessageEvent("r1", "carrier_pigeon", T, {"feathers": "7"}, ordinal=2),
        ]
    )


def test_rows_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    content = (
        b"receipt_id,clicked_at\r\n"
        b"r1,1782900000\r\n"
        b"r1\r\n"
        b"r1,1782900000,more\r\n"
        b",1782900000\r\n"
        b"r1,\r\n"
        b'r1,"1782900000"x\r\n'
        b"r\xff,1782900000\r\n"
        b"\r\n"
        b"r1,1782900000\r\n"
        b'r1,"1782900000'
    )
    found = read(tmp_path, content, "click.csv")
    assert found.refused == [
        "line 3: the header has 2 cells, this row has 1",
        "line 4: the header has 2 cells, this row has 3",
        "line 5: receipt_id: is missing",
        "line 6: clicked_at: is missing",
        "line 7: has text after a closing quote",
        "line 8: is not UTF-8",
        "line 11: has a quote that is not closed",
    ]
    assert said(found.parts) == said(in_order([MessageEvent("r1", "click", T)] * 2))


NOTHING = "is neither JSON nor a CSV file of messages: it is of no statistic by its name and its columns"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("notes.csv", b"id,text\n1,x\n", NOTHING),
        ("messages.txt", b"hello", NOTHING),
        ("click.csv", b"receipt_id,at\nr1,1\n", "is a file of click by its name, but has no column clicked_at"),
        ("click.csv", b"id,at\nr1,1\n", "is a file of click by its name, but has no column receipt_id and clicked_at"),
        ("click.csv", b"receipt_id,clicked_at,Clicked At\nr1,1,1\n", "has two columns clicked_at"),
        ("click.csv", b'receipt_id,"clicked_at\n', "line 1 has a quote that is not closed"),
        ("click.csv", b"BZh91AY", "is packed with bzip2: unpack it first; only a plain file packed once with gzip can"),
        ("empty.csv", b"", None),
        ("blank.csv", b"\n \n", None),
        ("header.csv", b"receipt_id,clicked_at\n", None),
    ],
)
def test_a_file_that_is_not_of_messages_is_refused(
    tmp_path: Path, name: str, content: bytes, reason: str | None
) -> None:
    found = read(tmp_path, content, name)
    assert found.parts == []
    assert [line.startswith(reason or "-") for line in found.refused] == [True] * (reason is not None), found.refused
