"""A record of another type is refused by its type, whatever fields it shares with a conversation."""

from typing import Any

import orjson
import pytest

from indexer.conversation import parse_conversation
from indexer.errors import Refused
from tests.builders import conversation

AT = 1_772_442_000


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "contact", "id": "5f3a", "role": "user", "created_at": AT, "updated_at": AT},
        {"type": "company", "id": "c-9", "name": "Parcel Ltd", "created_at": AT},
        {"type": "call", "id": "701", "initiated_at": AT, "created_at": AT, "state": "completed"},
        {"type": "conversation_part", "id": "88", "part_type": "comment", "body": "Hi", "created_at": AT},
        {"type": "notification_event", "id": "notif_1", "created_at": AT, "data": {"item": {}}},
        {"type": "error.list", "errors": []},
        conversation(at=AT, state="open") | {"type": "admin"},
    ],
    ids=lambda raw: raw["type"],
)
def test_another_type_is_refused_by_its_name(raw: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        parse_conversation(orjson.dumps(raw))
    assert (refused.value.path, refused.value.reason) == ("type", f"is {raw['type']!r}, not 'conversation'")


@pytest.mark.parametrize("own", ["conversation", "ticket", "", None, 5, [], {}])
def test_conversations_tickets_and_records_without_a_type_are_read(own: object) -> None:
    assert parse_conversation(orjson.dumps({"type": own, "id": "real", "created_at": AT})).id == "real"
    assert parse_conversation(orjson.dumps({"id": "real", "created_at": AT})).id == "real"
