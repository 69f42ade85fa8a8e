"""The vendor's flat export as a side: its rows as documents, in the order of their keys."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from indexer.datasets.calls import CALLS
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.diff.document_files import file_pages
from indexer.diff.run_diff import Diffing
from indexer.diff.selection import Selection
from indexer.diff.sides import read_side
from indexer.differences.fields import Chosen
from indexer.errors import OperatorError
from tests.messages.made_receipts import T
from tests.messages.vendor_table import FLAT

HEADER = ",".join(FLAT)
IN_W = Selection("w")


def line(receipt_id: str, **cells: Any) -> str:
    said = {name: -1 if name.startswith("first_") else "" for name in FLAT}
    said |= {"receipt_id": receipt_id, "received_at": T, "company_id": -1, "content_type": "Mobile Carousel"} | cells
    return ",".join(str(said[name]) for name in FLAT)


def documents(path: Path, selection: Selection = IN_W) -> dict[str, Any]:
    with file_pages(str(path), MESSAGE_RECEIPTS, selection) as pages:
        return {entry.key[1]: json.loads(entry.body) for page in pages for entry in page}


def written(path: Path, *lines: str) -> Path:
    packed = gzip.compress if path.suffix == ".gz" else bytes
    path.write_bytes(packed("\r\n".join([HEADER, *lines]).encode()))
    return path


@pytest.mark.parametrize("name", ["export.csv", "EXPORT.CSV", "export.csv.gz"])
def test_a_row_is_the_part_of_a_document_that_the_export_has(tmp_path: Path, name: str) -> None:
    rows = line("7", first_open=T + 60, first_dismisall=T + 90), line("10", user_id="u", company_id=5)
    found = documents(written(tmp_path / name, *rows))
    assert list(found) == ["10", "7"]
    assert found["7"] == {
        "received_at": T,
        "content_type": "mobile_carousel",
        "first_open_at": T + 60,
        "first_dismissal_at": T + 90,
    }
    assert found["10"] == {"received_at": T, "content_type": "mobile_carousel", "user_id": "u", "company_id": "5"}


def test_rows_are_selected_by_when_the_message_was_sent(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", line("1"), line("2", received_at=T + 10))
    assert list(documents(path, Selection("w", T + 1, T + 20))) == ["2"]


def test_only_the_fields_that_the_export_has_are_compared() -> None:
    sides = read_side("source"), read_side("file:a.csv")
    pairs = Diffing(MESSAGE_RECEIPTS, *sides).comparison().pairs
    assert pairs is not None
    assert len(pairs) == len(FLAT) - 1
    assert {pair.left for pair in pairs} >= {"user_id", "received_at", "node_id", "first_dismissal_at"}
    [chosen] = Diffing(MESSAGE_RECEIPTS, *sides, chosen=Chosen(("first_open_at",))).comparison().pairs or []
    assert chosen.name == "first_open_at"
    assert Diffing(MESSAGE_RECEIPTS, sides[0], read_side("file:a.ndjson")).comparison().pairs is None
    assert Diffing(CALLS, *sides).comparison().pairs is None


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([HEADER, line("1", received_at="soon")], "line 2 received_at"),
        ([HEADER, "1,2"], "line 2 the header has 26 cells"),
        (["receipt_id,opened_at", f"1,{T}"], "line 2 is not a row of a flat export"),
        (["colour,taste", "red,sour"], "of no statistic"),
        ([HEADER, line("1"), line("1")], "line 3 has receipt 1 again"),
    ],
)
def test_a_file_that_is_not_a_flat_export_is_named_with_the_line(tmp_path: Path, lines: list[str], told: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(OperatorError, match=told):
        documents(path)


def test_rows_need_a_workspace(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="name no workspace"):
        documents(written(tmp_path / "a.csv", line("1")), Selection())
