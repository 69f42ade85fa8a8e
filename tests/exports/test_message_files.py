"""The files of an export of messages, read by csv, polars and DuckDB."""

import csv
import gzip
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest
from msgspec.structs import replace

from indexer.errors import Refused
from indexer.exports.message_files import archive_pages, occurring_files
from indexer.exports.message_pages import page_maker
from indexer.input_files.message_reader import read_messages
from indexer.messages.event import MessageEvent, event_from, stored_event
from indexer.messages.receipt import Receipt
from indexer.messages.statistics import EVENTS
from indexer.spreadsheet import original
from indexer.store.entities.message_rows import ReceiptRow
from tests.exports.made_messages import DAY, MARCH, Made, asked, files, made, packed, table
from tests.messages.vendor_table import FILES, FLAT

MADE = made()
ROWS = MADE.rows()
HEADERS = {f"{title.lower().replace(' ', '_')}.csv": described.columns for title, described in FILES.items()}


def header(content: bytes) -> str:
    return content.decode("utf-8-sig").split("\r\n", 1)[0]


def test_headers_are_word_for_word_and_no_file_is_empty() -> None:
    found = files(packed(asked(), ROWS))
    assert set(found) - {"other_events.csv"} <= set(HEADERS)
    assert {f"{event.kind}.csv" for event in MADE.events if event.kind in EVENTS} == set(found) - {
        "receipt.csv", "other_events.csv"
    }  # fmt: skip
    for name, content in found.items():
        if name in HEADERS:
            assert header(content) == ",".join(HEADERS[name])
        assert len(table(content)) > 0
    assert next(iter(found)) == "receipt.csv"
    assert header(packed(asked(flat=True), ROWS)) == ",".join(FLAT)


def test_a_statistic_that_does_not_occur_has_no_file() -> None:
    quiet = Made(MADE.receipts, [], [])
    assert list(files(packed(asked(), quiet.rows()))) == ["receipt.csv"]


def test_receipts_and_events_say_what_the_store_says() -> None:
    found = {name: table(content) for name, content in files(packed(asked(times="epoch"), ROWS)).items()}
    by_id = {one.receipt_id: one for one in MADE.receipts}
    assert [row["receipt_id"] for row in found["receipt.csv"]] == [one.record_id for one in ROWS]
    for row in found["receipt.csv"]:
        receipt = by_id[row["receipt_id"]]
        for column, cell in row.items():
            value = getattr(receipt, column)
            assert original(cell) == ("" if value is None else str(value).replace("\0", "\ufffd"))
    for kind, statistic in EVENTS.items():
        if kind in ("open", "click"):
            continue
        expected = sorted(
            (
                one.receipt_id,
                *(str(one.at) if name == statistic.at else one.details[name] for name in statistic.columns[1:]),
            )
            for one in MADE.events
            if one.kind == kind
        )
        rows = found.get(f"{kind}.csv", [])
        assert sorted(tuple(original(cell) for cell in row.values()) for row in rows) == expected


def test_events_that_no_file_of_the_vendor_has_are_in_one_of_their_own() -> None:
    rows = table(files(packed(asked(times="epoch"), ROWS))["other_events.csv"])
    assert list(rows[0]) == ["type", "receipt_id", "at", "machine", "details"]
    said = [(row["type"], row["receipt_id"], int(row["at"]), json.loads(row["details"] or "{}")) for row in rows]
    assert sorted(said, key=str) == sorted(
        ((one.kind, one.receipt_id, one.at, one.details) for one in MADE.events if one.kind == "carrier_pigeon"),
        key=str,
    )


def test_only_the_first_open_by_a_person_is_exported_unless_everything_is() -> None:
    plain = table(files(packed(asked(times="epoch"), ROWS))["open.csv"])
    firsts: dict[str, int] = {}
    for one in MADE.events:
        if one.kind == "open" and not one.machine:
            firsts[one.receipt_id] = min(one.at, firsts.get(one.receipt_id, one.at))
    assert {row["receipt_id"]: int(row["opened_at"]) for row in plain} == firsts
    assert len(plain) == len(firsts)
    everything = files(packed(asked(everything=True), ROWS))
    stored = MADE.events
    for kind in ("open", "click"):
        rows = table(everything[f"{kind}.csv"])
        assert len(rows) == sum(one.kind == kind for one in stored)
        assert sum(row["machine"] == "true" for row in rows) == sum(one.kind == kind and one.machine for one in stored)
    assert header(everything["open.csv"]) == "receipt_id,opened_at,machine,link,screen_id,button_id"
    assert header(everything["receipt.csv"]).endswith(",last_state_changed_by,country")


def test_identical_rows_are_beside_each_other() -> None:
    for content in files(packed(asked(), ROWS)).values():
        lines = content.split(b"\r\n")
        seen: set[bytes] = set()
        before = b""
        for line in lines:
            assert line == before or line not in seen
            seen.add(line)
            before = line


def test_events_of_the_range_alone() -> None:
    request = asked(last="2024-03-04", events_in_range=True, times="epoch", time_zone="America/New_York")
    first, end = MARCH + 5 * 3_600, MARCH + 4 * DAY + 5 * 3_600
    found = files(packed(request, ROWS))
    times = [int(row["clicked_at"]) for row in table(found["click.csv"])]
    assert times
    assert all(first <= at < end for at in times)
    expected = sum(one.kind == "click" and not one.machine and first <= one.at < end for one in MADE.events)
    assert len(times) == expected


def test_a_flat_file_has_the_first_times_within_the_range() -> None:
    rows = table(packed(asked(flat=True, times="epoch"), ROWS))
    kinds = dict(zip(FLAT[15:], [
        "reply", "completion", "series_completion", "series_disengagement", "series_exit", "goal_success", "open",
        "click", "dismissal", "unsubscribe", "hard_bounce",
    ], strict=True))  # fmt: skip
    for row, receipt in zip(rows, ROWS, strict=True):
        assert row["receipt_id"] == receipt.record_id
        assert row["company_id"] in ("-1", "c1")
        assert row["series_id"] in ("-1", "77")
        for column, kind in kinds.items():
            times = [
                one.at
                for one in MADE.events
                if one.receipt_id == receipt.record_id
                and one.kind == kind
                and MARCH <= one.at < MARCH + 10 * DAY
                and not (one.machine and kind in ("open", "click"))
            ]
            assert row[column] == (str(min(times)) if times else "-1")


def test_cells_that_would_run_are_neutralised_and_ids_are_quoted() -> None:
    content = files(packed(asked(), ROWS))["receipt.csv"].decode()
    assert '"\'=HYPERLINK(""http://x"")"' in content
    assert '"12345678901234567890"' in content
    for row in csv.reader(io.StringIO(content, newline=""), strict=True):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


@pytest.mark.parametrize("parameters", [{}, {"flat": True}, {"report": "overview"}])
def test_a_byte_order_mark_begins_each_file_for_excel(parameters: dict[str, Any]) -> None:
    plain, marked = (packed(asked(**parameters, excel=excel), ROWS) for excel in (False, True))
    if parameters:
        assert marked == b"\xef\xbb\xbf" + plain
    else:
        assert {name: content[3:] for name, content in files(marked).items()} == files(plain)


def test_one_file_is_the_same_however_it_is_packed() -> None:
    plain = packed(asked(flat=True), ROWS)
    assert gzip.decompress(packed(asked(flat=True, packing="gzip"), ROWS)) == plain
    assert files(packed(asked(flat=True, packing="zip"), ROWS)) == {"messages-flat-2024-03-01-2024-03-10.csv": plain}


def test_the_size_of_a_page_does_not_matter() -> None:
    for parameters in ({}, {"flat": True, "packing": "zip"}, {"report": "overview", "packing": "zip"}):
        one = files(packed(asked(**parameters), ROWS, size=1))
        assert one == files(packed(asked(**parameters), ROWS, size=1_000))


@pytest.mark.parametrize("parameters", [{}, {"everything": True, "excel": True}])
def test_receipts_are_packed_page_by_page_and_the_archive_is_the_same(parameters: dict[str, Any]) -> None:
    request = asked(**parameters)
    make = page_maker(request)
    pages = [make(ROWS[place : place + 7]) for place in range(0, len(ROWS), 7)]
    archive, rest = io.BytesIO(), io.BytesIO()
    archive_pages(pages, request, archive, rest)
    whole = files(packed(request, ROWS))
    assert list(files(archive.getvalue()).items()) == list(whole.items())
    assert [f"{name}.csv" for name in occurring_files(rest)] == list(whole)[1:]


def test_polars_and_duckdb_read_the_same_rows(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(asked(), ROWS))) as archive:
        archive.extractall(tmp_path)
    for path in tmp_path.iterdir():
        expected = [[cell or None for cell in row.values()] for row in table(path.read_bytes())]
        by_polars = pl.read_csv(path, infer_schema=False)
        assert [list(row) for row in by_polars.rows()] == expected
        by_duckdb = duckdb.sql(
            f"SELECT * FROM read_csv('{path}', all_varchar = true, header = true, delim = ',', quote = '\"')"  # noqa: S608
        )
        assert [list(row) for row in by_duckdb.fetchall()] == expected


def read_again(tmp_path: Path, content: bytes) -> tuple[dict[str, Receipt], set[bytes], list[str]]:
    """What `indexer import` reads in a file, and the names of what it leaves."""
    path = tmp_path / "messages"
    path.write_bytes(content)
    left: list[str] = []
    parts = [one.part for one in read_messages([str(path)], ZoneInfo("UTC"), lambda place, _: left.append(place))]
    assert not [part for part in parts if isinstance(part, Refused)]
    receipts = {part.receipt_id: part for part in parts if isinstance(part, Receipt)}
    return receipts, {stored_event(part) for part in parts if isinstance(part, MessageEvent)}, left


@pytest.mark.parametrize("times", ["iso", "epoch"])
@pytest.mark.parametrize("excel", [False, True])
def test_an_archive_of_everything_is_read_again_as_what_it_was_made_of(tmp_path: Path, times: str, excel: bool) -> None:
    request = asked(everything=True, times=times, excel=excel, time_zone="Europe/Dublin")
    receipts, events, left = read_again(tmp_path, packed(request, ROWS))
    assert receipts == {one.receipt_id: without_nul(one) for one in MADE.receipts}
    assert events == {stored_event(one) for one in MADE.events}
    assert left == []


def test_an_archive_with_the_columns_of_the_vendor_lacks_only_what_these_cannot_say(tmp_path: Path) -> None:
    receipts, events, _ = read_again(tmp_path, packed(asked(), ROWS))
    assert receipts == {one.receipt_id: replace(without_nul(one), country=None) for one in MADE.receipts}
    found = Counter((event.receipt_id, event.kind, event.at) for event in map(event_from, events))
    counted = Counter((row.record_id, one.kind, one.at) for row, one in people())
    assert found == counted


def people() -> Iterator[tuple[ReceiptRow, MessageEvent]]:
    """The events that are exported without `everything`."""
    by_id = {row.record_id: row for row in ROWS}
    opened: set[str] = set()
    for one in sorted(MADE.events, key=lambda one: (one.at, one.key)):
        if one.machine and one.kind in ("open", "click"):
            continue
        if one.kind == "open" and one.receipt_id in opened:
            continue
        if one.kind == "open":
            opened.add(one.receipt_id)
        yield by_id[one.receipt_id], one


def without_nul(receipt: Receipt) -> Receipt:
    title = receipt.content_title
    return receipt if title is None else replace(receipt, content_title=title.replace("\0", "\ufffd"))
