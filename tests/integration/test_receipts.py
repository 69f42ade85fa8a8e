"""Receipts explained, and compared with the vendor's flat export, as an operator does it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.settings import Settings
from tests.integration.installation import Installation
from tests.messages.vendor_table import FLAT

pytestmark = pytest.mark.services

T = 1_709_542_800  # Monday, 4 March 2024, 09:00 UTC
DAY = 86_400
IN_W = ("--workspace", "w")
OF_RECEIPTS = ("--dataset", "message_receipts")


def receipt(receipt_id: str, **facts: Any) -> dict[str, Any]:
    said = {"type": "receipt", "receipt_id": receipt_id, "received_at": T, "content_type": "Email"}
    return said | {"user_id": f"u{receipt_id}", "content_title": "Welcome"} | facts


def event(receipt_id: str, kind: str, after: int, **facts: Any) -> dict[str, Any]:
    return {"type": kind, "receipt_id": receipt_id, "at": T + after, **facts}


HAPPENED = [
    receipt("1"),
    event("1", "open", 30, machine=True),
    event("1", "open", 60),
    event("1", "open", 90),
    event("1", "click", 2 * DAY),
    event("1", "dismissal", 70),
    receipt("2"),
    receipt("3"),
    event("9", "open", 10),
]


def row(receipt_id: str, **cells: Any) -> dict[str, Any]:
    """A row of the vendor's flat export."""
    facts = {"user_id": f"u{receipt_id}", "content_title": "Welcome", "content_type": "Email", "received_at": T}
    firsts = {name: -1 for name in FLAT if name.startswith("first_")}
    return {"receipt_id": receipt_id, "company_id": -1, "series_id": -1, **facts, **firsts, **cells}


@pytest.fixture
def installation(test_settings: Settings, tmp_path: Path) -> Iterator[Installation]:
    used = Installation(test_settings)
    file = tmp_path / "messages.ndjson"
    file.write_bytes(b"\n".join(map(orjson.dumps, HAPPENED)))
    used.run("import", str(file), *IN_W, "--dataset", "messages")
    used.index_everything()
    yield used
    used.close()


def test_a_receipt_is_explained_and_compared_with_the_vendors_export(
    installation: Installation, tmp_path: Path
) -> None:
    explained = installation.json("explain", "1", *OF_RECEIPTS, *IN_W)
    assert explained["notice"] is None
    assert [(one["kind"], one["left_out"]) for one in explained["explanation"]["events"]] == [
        ("open", "machine"),
        ("open", None),
        ("dismissal", "impossible"),
        ("open", "later_open"),
        ("click", None),
    ]
    field = explained["explanation"]["fields"]["first_open_at"]
    assert (field["value"], field["events"], field["left_out"]) == (T + 60, [2], [1, 4])
    assert explained["shown"]["time_to_open"] == "1 m (60 s)"
    table = " ".join(
        installation.run("explain", "1", "first_open_at", *OF_RECEIPTS, *IN_W, "--format", "table").split()
    )
    assert "first_open_at: 2024-03-04 09:01:00+00:00 (1709542860) #2 When the recipient opened" in table
    assert "not #4: Only the first open counts." in table
    then = installation.json("explain", "1", *OF_RECEIPTS, *IN_W, "--as-of", "2024-03-04T09:00:59+00:00")
    assert (then["explanation"]["as_of"], len(then["explanation"]["events"])) == (T + 59, 1)
    assert then["explanation"]["fields"]["first_open_at"]["value"] is None
    table = installation.run("explain", "1", *OF_RECEIPTS, *IN_W, "--as-of", str(T + 59), "--format", "table")
    assert "as of 2024-03-04 09:00:59" in " ".join(table.split())
    lines = installation.run("explain", "1", "machine_opens", *OF_RECEIPTS, *IN_W, "--format", "csv").splitlines()
    assert [(one["value"], one["events"]) for one in csv.DictReader(lines)] == [("1", "1")]
    for arguments, told in (
        (("9", *OF_RECEIPTS), "receipt '9' is not stored in workspace 'w'; 1 of its events waits for it"),
        (("8", *OF_RECEIPTS), "receipt '8' is not stored in workspace 'w'"),
        (("1", "first_opne_at", *OF_RECEIPTS), "did you mean first_open_at"),
        (("1", "--dataset", "calls"), "calls are not explained"),
        (("1", *OF_RECEIPTS, "--bot-admin", "5"), "are for conversations"),
        (("1", *OF_RECEIPTS, "--as-of", "now"), "--as-of: 'now' is not a time"),
        (("1", *OF_RECEIPTS, "--as-of", str(T - 1)), "--as-of: the receipt did not exist before"),
    ):
        assert told in installation.said("explain", *arguments, *IN_W, code=2)

    export = tmp_path / "export.csv"
    rows = [row("3"), row("1", first_open=T + 90), row("2", content_title="Hello"), row("9", first_open=T + 10)]
    with export.open("w", newline="") as file:
        writer = csv.DictWriter(file, FLAT)
        writer.writeheader()
        writer.writerows(rows)
    sides = ("diff", "source", f"file:{export}", *OF_RECEIPTS, *IN_W, "--from", "2024-03-04", "--to", "2024-03-04")
    found = orjson.loads(installation.run(*sides, "--format", "json", code=1))
    assert (found["compared"], found["different"], found["only_left"], found["only_right"]) == (3, 2, 0, 1)
    fields = {one["left"]: one for one in found["fields"] if one["different"] or one["missing_right"]}
    assert {name: one["reasons"] for name, one in fields.items()} == {
        "first_click_at": {"event_outside_range": 1},
        "first_open_at": {"later_open": 1},
        "content_title": {"unexplained": 1},
    }
    [sample] = fields["first_open_at"]["samples"]
    assert sample["explain"] == "indexer explain 1 first_open_at --dataset message_receipts --workspace w"
    assert found["only_samples"] == [
        {"side": "right", "workspace_id": "w", "conversation_id": "9", "words": "not stored, 1 of its events waiting"}
    ]
    assert "only right: 9 of w (not stored, 1 of its events waiting)" in installation.run(
        *sides, "--format", "table", code=1
    )
    assert "name it with --workspace" in installation.said("diff", *sides[1:5], code=2)
    export.write_text("receipt_id,received_at,first_open\n1,soon,-1\n")
    assert f"{export}, line 2" in installation.said(*sides, code=2)
    assert "do not depend on office hours" in installation.said(*sides, "--office-hours", str(export), code=2)
