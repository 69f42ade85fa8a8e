"""A page of the list API and a webhook's notification never take away a history that is stored."""

import json
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from indexer.datasets.conversations import CONVERSATIONS
from indexer.indexing.drain import Drain
from indexer.intake.importer import Imported, import_records
from indexer.settings import Settings
from tests.indexing.store_and_index import installed

pytestmark = pytest.mark.services

W = "w"
SAID = {
    "type": "conversation",
    "id": "r1",
    "created_at": 1772442000,
    "updated_at": 1772528400,
    "state": "open",
    "source": {"type": "conversation", "delivered_as": "customer_initiated", "body": "Where is my parcel?",
               "author": {"type": "user", "id": "u-mira"}},
}  # fmt: skip
REPLY = {
    "type": "conversation_part", "id": "1", "part_type": "comment", "created_at": 1772442600, "updated_at": 1772442600,
    "author": {"type": "admin", "id": "11"}, "body": "Hi",
}  # fmt: skip
CLOSE = {
    "type": "conversation_part", "id": "2", "part_type": "close", "created_at": 1772442900, "updated_at": 1772442900,
    "author": {"type": "admin", "id": "11"},
}  # fmt: skip


def parts(*given: dict[str, Any], total: int) -> dict[str, Any]:
    return {"conversation_parts": {"type": "conversation_part.list", "conversation_parts": given, "total_count": total}}


WHOLE = SAID | parts(REPLY, total=1)
PAGE = {
    "type": "conversation.list",
    "total_count": 1,
    "conversations": [SAID | {"state": "closed", "updated_at": 1772528401, "statistics": None}],
}
NOTIFICATION = {
    "type": "notification_event",
    "id": "notif_1",
    "created_at": 1772528405,
    "data": {"item": SAID | {"state": "closed", "updated_at": 1772528402} | parts(CLOSE, total=1)},
}


@pytest.fixture
def drain(test_settings: Settings) -> Iterator[Drain]:
    with installed(test_settings) as drain:
        yield drain


def import_(drain: Drain, tmp_path: Path, *said: object, workspace: str = W) -> Imported:
    file = tmp_path / "said.ndjson"
    file.write_text("".join(json.dumps(one) + "\n" for one in said))
    refused: list[str] = []
    imported = import_records(
        drain.store, CONVERSATIONS, [str(file)], workspace, lambda place, reason: refused.append(f"{place}: {reason}")
    )
    assert refused == []
    return imported


def document(drain: Drain, workspace: str = W) -> dict[str, Any]:
    drain.run()
    found: dict[str, Any] = drain.search.get(index=drain.alias, id=f"{workspace}:r1", routing=workspace)["_source"]
    return found


def test_a_page_brings_its_facts_and_keeps_the_history(drain: Drain, tmp_path: Path) -> None:
    import_(drain, tmp_path, WHOLE)
    before = document(drain)
    assert (before["state"], before["first_response_time"]) == ("open", 600)
    imported = import_(drain, tmp_path, PAGE)
    assert (imported.updated, imported.partial) == (1, 1)
    after = document(drain)
    assert (after["state"], after["first_response_time"], after["updated_at"]) == ("closed", 600, 1772528401)
    again = import_(drain, tmp_path, PAGE)
    assert (again.updated, again.unchanged) == (0, 1)
    older = import_(drain, tmp_path, {"conversations": [SAID]})
    assert (older.updated, older.older) == (0, 1)


def test_a_notification_adds_its_newest_part(drain: Drain, tmp_path: Path) -> None:
    import_(drain, tmp_path, WHOLE)
    import_(drain, tmp_path, NOTIFICATION)
    found = document(drain)
    assert found["first_response_time"] == 600
    assert found["last_closed_at"] == 1772442900
    assert found["statistics"]["count_conversation_parts"] == 2


def test_whatever_comes_first_the_same_is_stored(drain: Drain, tmp_path: Path) -> None:
    found = []
    for number, order in enumerate(permutations([WHOLE, PAGE, NOTIFICATION])):
        for said in order:
            import_(drain, tmp_path, said, workspace=f"w{number}")
        found.append(document(drain, f"w{number}"))
        import_(drain, tmp_path, *order, workspace=f"together{number}")
        found.append(document(drain, f"together{number}"))
    for one in found:
        del one["workspace_id"], one["revision"]
    assert all(one == found[0] for one in found)
    assert (found[0]["first_response_time"], found[0]["last_closed_at"]) == (600, 1772442900)


def test_a_whole_record_of_a_later_time_is_whole_again(drain: Drain, tmp_path: Path) -> None:
    import_(drain, tmp_path, WHOLE, PAGE, NOTIFICATION)
    imported = import_(drain, tmp_path, SAID | {"updated_at": 1772528500} | parts(CLOSE, total=1))
    assert (imported.updated, imported.partial) == (1, 0)
    assert "first_response_time" not in document(drain)


def test_a_deleted_conversation_does_not_come_back_by_an_earlier_page(drain: Drain, tmp_path: Path) -> None:
    from indexer.intake.delete_conversations import delete

    import_(drain, tmp_path, WHOLE)
    delete(drain.store, W, ["r1"], 1772528450, retain_metrics=True)
    assert import_(drain, tmp_path, PAGE, WHOLE).updated == 0
    assert document(drain)["first_response_time"] == 600
    with drain.store.connect() as connection:
        payload = connection.exec_driver_sql("SELECT payload FROM conversations").scalar_one()
    assert b"parcel" not in bytes(payload)
