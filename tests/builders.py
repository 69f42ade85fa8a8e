"""Conversations for tests, written as briefly as the scenarios that they represent.

Scenarios begin at second 0, and no record may: `parsed` reads them as if they were `LATER`, and gives their own
times back.
"""

from itertools import count
from typing import Any

import msgspec
import orjson

from indexer.conversation import Conversation, parse_conversation
from indexer.metrics import reporting_document
from indexer.office_hours import ALWAYS_OPEN, OfficeHours

LATER = 1600 * 7 * 86_400
"""Whole weeks, so that office hours in UTC are the same."""
_SCENARIO = 100_000_000

_CONTACTS = ("C",)
_BOTS = ("O",)


def author(letter: str) -> dict[str, Any]:
    """C is the contact, O a bot, every other letter a teammate of that id."""
    if letter in _CONTACTS:
        return {"type": "user", "id": letter}
    if letter in _BOTS:
        return {"type": "bot", "id": letter}
    return {"type": "admin", "id": letter, "name": letter, "email": f"{letter.lower()}@example.com"}


def part(
    letter: str, part_type: str, at: int, body: bool = False, to: str | None = None, **more: Any
) -> dict[str, Any]:
    """One part; `to` is a teammate's letter, `T…` a team, `nobody` nobody. A comment or a note always has a body."""
    assigned_to = None
    if to == "nobody":
        assigned_to = {"type": "nobody_admin", "id": None}
    elif to is not None:
        assigned_to = {"type": "team" if to.startswith("T") else "admin", "id": to}
    has_body = body or part_type in {"comment", "note"}
    return {
        "type": "conversation_part",
        "part_type": part_type,
        "created_at": at,
        "updated_at": at,
        "body": "<p>Text.</p>" if has_body else None,
        "author": author(letter),
        "assigned_to": assigned_to,
        "attachments": [],
        "redacted": False,
        **more,
    }


def conversation(
    *parts: dict[str, Any], by: str = "C", delivered_as: str = "customer_initiated", at: int = 0, **more: Any
) -> dict[str, Any]:
    """A conversation whose source is by `by` at `at`, with part ids in the order given (where a part has none)."""
    ids = count(1)
    return {
        "type": "conversation",
        "id": "1",
        "created_at": at,
        "updated_at": at,
        "source": {
            "type": "conversation",
            "delivered_as": delivered_as,
            "body": "<p>Hello.</p>",
            "author": author(by),
        },
        "conversation_parts": {
            "type": "conversation_part.list",
            "conversation_parts": [{"id": str(next(ids)), **p} for p in parts],
        },
        **more,
    }


def parsed(raw: object, bot_admin_ids: frozenset[str] = frozenset()) -> Conversation:
    """The conversation as it is read from its JSON."""
    created_at = raw.get("created_at") if isinstance(raw, dict) else None
    if type(created_at) is not int or not 0 <= created_at < _SCENARIO:
        return parse_conversation(orjson.dumps(raw), bot_admin_ids)
    found = parse_conversation(orjson.dumps(_later(raw)), bot_admin_ids)
    _bring_back(found.said)
    events = [msgspec.structs.replace(event, at=_back(event.at)) for event in found.events]
    return msgspec.structs.replace(found, events=events, changed_at=_back(found.changed_at))


def _later(value: Any) -> Any:
    if isinstance(value, list):
        return [_later(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: one + LATER if name.endswith("_at") and type(one) is int and 0 <= one < _SCENARIO else _later(one)
        for name, one in value.items()
    }


def _back(at: int) -> int:
    return at - LATER if LATER <= at < LATER + _SCENARIO else at


def _bring_back(said: Any) -> None:
    if isinstance(said, list):
        for one in said:
            _bring_back(one)
    elif isinstance(said, msgspec.Struct):
        for name in said.__struct_fields__:
            value = getattr(said, name)
            if name.endswith("_at") and isinstance(value, int):
                setattr(said, name, _back(value))
            else:
                _bring_back(value)


def document_of(
    raw: dict[str, Any],
    office_hours: OfficeHours = ALWAYS_OPEN,
    *,
    bot_admin_ids: frozenset[str] = frozenset(),
    bots_interrupt: bool = False,
) -> dict[str, Any]:
    """The reporting document of a conversation, as a reader of its JSON sees it."""
    found = reporting_document(parsed(raw, bot_admin_ids), "w", office_hours, bots_interrupt=bots_interrupt)
    document: dict[str, Any] = orjson.loads(msgspec.json.encode(found))
    return document


FACTS = (
    "title", "state", "channel", "delivered_as", "priority", "team_assigned_id", "teammate_assigned_id", "tags",
    "contact_ids", "company_ids", "country", "continent", "custom", "rating", "sla", "ai",
)  # fmt: skip


def facts_of(raw: dict[str, Any]) -> dict[str, Any]:
    """The fields of the document that the conversation itself states."""
    return {name: value for name, value in document_of(raw).items() if name in FACTS}
