"""British Columbia keeps its offset of -07:00 after 1 November 2026, whatever the machine's database says."""

import json
import subprocess
import sys
from pathlib import Path

from tests.test_zones import machine_with

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
