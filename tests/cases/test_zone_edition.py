"""British Columbia keeps its offset of -07:00 after 1 November 2026, whatever the machine's database says."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.settings import Settings
from tests.calendar.test_zones import machine_with
from tests.integration.installation import Installation

HALF_PAST_EIGHT = 1_794_324_600
"""Tuesday, 10 November 2026, 08:30 in Vancouver."""
OFFICE_HOURS = {
    "time_zone_name": "America/Vancouver",
    "time_intervals": [{"start_minute": day * 1440 + 540, "end_minute": day * 1440 + 1020} for day in range(5)],
}


def written(conversation_id: str, created_at: int, *parts: dict[str, object]) -> dict[str, object]:
    return {
        "type": "conversation",
        "id": conversation_id,
        "created_at": created_at,
        "updated_at": created_at,
        "state": "open",
        "source": {
            "type": "conversation",
            "delivered_as": "customer_initiated",
            "body": "Where is my parcel?",
            "author": {"type": "user", "id": "u1"},
        },
        "conversation_parts": {"conversation_parts": list(parts), "total_count": len(parts)},
    }


def test_office_hours_open_by_the_packages_edition(tmp_path: Path) -> None:
    (tmp_path / "office_hours.json").write_text(json.dumps(OFFICE_HOURS))
    at = HALF_PAST_EIGHT + 3600
    author = {"type": "admin", "id": "11"}
    reply = {"id": "1", "part_type": "comment", "created_at": at, "author": author, "body": "Good morning"}
    done = subprocess.run(
        [sys.executable, "-m", "indexer", "compute", "--office-hours", str(tmp_path / "office_hours.json")],
        input=json.dumps(written("v1", HALF_PAST_EIGHT, reply)),
        env=machine_with(tmp_path, America__Vancouver="Etc/GMT+8"),
        capture_output=True,
        text=True,
        check=True,
    )
    document = json.loads(done.stdout)
    assert document["first_response_time"] == 3600
    assert document["first_response_time_ooo"] == 1800


@pytest.fixture
def installation(test_settings: Settings, tmp_path: Path) -> Iterator[Installation]:
    """Commands and workers on a machine that has Vancouver at -08:00 in winter."""
    machine_with(tmp_path / "zoneinfo", America__Vancouver="Etc/GMT+8")
    installation = Installation(test_settings, PYTHONTZPATH=str(tmp_path / "zoneinfo"))
    yield installation
    installation.close()


@pytest.mark.services
def test_workers_days_lists_and_exports_are_of_the_packages_edition(installation: Installation, tmp_path: Path) -> None:
    at = HALF_PAST_EIGHT + 3600
    reply = {"id": "1", "part_type": "comment", "created_at": at, "author": {"type": "admin", "id": "11"}, "body": "Hi"}
    # Half past midnight on the 11th; half past eleven on the 10th by an older edition.
    late = written("v2", 1_794_382_200)
    records = json.dumps([written("v1", HALF_PAST_EIGHT, reply), late]).encode()
    (tmp_path / "hours.json").write_text(json.dumps(OFFICE_HOURS))
    settings = ["--office-hours", str(tmp_path / "hours.json"), "--time-zone", "America/Vancouver"]
    installation.run("workspace", "set", "bc", *settings)
    installation.run("import", "-", "--workspace", "bc", stdin=records)
    installation.index_everything()

    documents = {
        hit["_source"]["conversation_id"]: hit["_source"]
        for hit in installation.search.search(index=installation.alias, query={"match_all": {}})["hits"]["hits"]
    }
    assert documents["v1"]["first_response_time_ooo"] == 1800

    days = ["--workspace", "bc", "--from", "2026-11-10", "--to", "2026-11-11"]
    answer = installation.json("report", "run", "new_conversations", *days)
    assert [row["count"] for row in answer["rows"]] == [1, 1]
    behind = installation.json("report", "conversations", "new_conversations", *days, "--period", "2026-11-11")
    assert [one["conversation_id"] for one in behind] == ["v2"]
    exported = installation.run(
        "export", "conversations", "--workspace", "bc", "--from", "2026-11-11", "--to", "2026-11-11"
    )
    assert "2026-11-11T00:30:00-07:00" in exported
    assert "v1" not in exported
    explained = installation.json("explain", "v2", "--workspace", "bc")
    assert "2026-11-11 00:30:00-07:00" in explained["shown"]["created_at"]
    of_utc = installation.json("explain", "v2", "--workspace", "bc", "--time-zone", "UTC")
    assert "2026-11-11 07:30:00+00:00" in of_utc["shown"]["created_at"]
    # Without an offset it is a time of the same zone: before the conversation in Vancouver, after it in UTC.
    moment = ["explain", "v2", "--workspace", "bc", "--as-of", "2026-11-11T07:45"]
    assert installation.json(*moment)["explanation"]["as_of"] == 1_794_383_100 + 7 * 3600
    assert installation.json(*moment, "--time-zone", "UTC")["explanation"]["as_of"] == 1_794_383_100
    differing = [
        "diff",
        "pipeline:new",
        "pipeline:legacy",
        "--workspace",
        "bc",
        "--from",
        "2026-11-11",
        "--to",
        "2026-11-11",
    ]
    assert installation.said(*differing, "--time-zone", "Mars/Base", code=2)


@pytest.mark.services
def test_doctor_shows_the_edition(installation: Installation) -> None:
    rows = {row["check"]: row for row in json.loads(installation.run("doctor", "--format", "json"))}
    assert rows["time zones"]["detail"].split()[1].rstrip(",") >= "2026f"
