"""A webhook's notification is taken for the conversation in it, never for a conversation itself."""

import json
from pathlib import Path

from indexer.datasets.dataset import Computation
from indexer.errors import Refused
from indexer.intake.compute_files import compute_lines


def notification(item: object) -> dict[str, object]:
    return {
        "type": "notification_event",
        "topic": "conversation.user.replied",
        "id": "notif_0d3c",
        "created_at": 1772442030,
        "data": {"type": "notification_event_data", "item": item},
    }


def test_the_record_of_a_notification_is_read(tmp_path: Path) -> None:
    item = {"type": "conversation", "id": "w1", "created_at": 1772442000, "state": "open"}
    file = tmp_path / "hooks.json"
    for content in (json.dumps(notification(item)), json.dumps([notification(item)], indent=1)):
        file.write_text(content)
        ((place, answer),) = compute_lines([str(file)], Computation("w"))
        assert place.endswith(", data.item")
        assert isinstance(answer, bytes)
        assert json.loads(answer)["conversation_id"] == "w1"


def test_a_notification_without_its_record_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "hooks.ndjson"
    file.write_text("".join(json.dumps(notification(item)) + "\n" for item in (None, [], "w1")))
    refused = [answer for _, answer in compute_lines([str(file)], Computation("w"))]
    assert [str(one) for one in refused] == ["data.item: is missing: this is a notification without its record"] * 3
    assert all(isinstance(one, Refused) for one in refused)
