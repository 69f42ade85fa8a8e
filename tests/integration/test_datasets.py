"""Calls and statuses of teammates, used as an operator uses them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.settings import Settings
from tests.integration.installation import Installation
from tests.records.histories import call, change

pytestmark = pytest.mark.services

T = 1_709_542_800
IN_W = ("--workspace", "w")


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    used = Installation(test_settings)
    yield used
    used.close()


def test_records_go_from_a_file_to_a_report_and_are_gone_when_deleted(
    installation: Installation, tmp_path: Path
) -> None:
    def total(report: str) -> Any:
        days = ("--from", "2024-03-04", "--to", "2024-03-04")
        return installation.json("report", "run", report, *IN_W, *days)["total"]

    calls, changes = tmp_path / "calls.ndjson", tmp_path / "changes.ndjson"
    lines = [orjson.dumps(call("1", T, ended_at=T + 60)), b"{}", orjson.dumps(call("2", T))]
    calls.write_bytes(b"\n".join(lines))
    said = installation.said("import", str(calls), *IN_W, "--dataset", "calls", code=1)
    assert "line 2: id: is missing" in said
    changes.write_bytes(b"\n".join(orjson.dumps(change(str(n), "9", "away", T + 600 * n)) for n in range(3)))
    installation.run("import", str(changes), *IN_W, "--dataset", "teammate_statuses")
    installation.index_everything()
    assert total("new_calls") == {"value": 2, "count": 2}
    assert total("total_call_duration") == {"value": 60, "count": 1}
    assert total("teammate_time_away") == {"value": 54_000, "count": 3}

    installation.run("record", "delete", "teammate_statuses", "0", *IN_W, "--yes")
    assert "not stored in w: 7" in installation.said("record", "delete", "calls", "2", "7", *IN_W, "--yes", code=1)
    installation.index_everything()
    assert total("new_calls") == {"value": 1, "count": 1}
    assert total("teammate_time_away") == {"value": 53_400, "count": 2}

    for dataset in ("calls", "teammate_statuses"):
        installation.run("reconcile", "--dataset", dataset, "--deep")
        installation.run("backfill", "--dataset", dataset, "--dry-run")
        [index] = installation.json("index", "status", dataset)["indices"]
        assert (index["alias"], index["drift"]) == (True, False)
    assert "no dataset 'phone'" in installation.said("import", str(calls), *IN_W, "--dataset", "phone", code=2)


def test_an_import_of_messages_says_once_what_is_to_be_indexed_and_which_events_wait(
    installation: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "messages.ndjson"
    lines = [
        {"type": "receipt", "receipt_id": "1", "received_at": T},
        {"type": "checkpoint", "user_id": "5", "ruleset_id": "7", "created_at": T},
        {"type": "open", "receipt_id": "2", "at": T},
    ]
    path.write_bytes(b"\n".join(map(orjson.dumps, lines)))
    line = "import", str(path), *IN_W, "--dataset", "messages"
    assert installation.said(*line, code=0) == "2 wait for a worker: indexer worker --until-idle\n"
    assert installation.run(*line, "--format", "table") == (
        "3 read, 0 created, 0 updated, 3 unchanged, 0 older, 0 refused (receipts: 1, checkpoints: 1, events: 1); "
        "events of the workspace that wait for their receipts: 1\n"
    )
