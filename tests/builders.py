"""Conversations for tests, written as short as the scenarios they stand for."""

from itertools import count
from typing import Any

import orjson

from indexer.conversation import Conversation, parse_conversation
from indexer.office_hours import ALWAYS_OPEN, OfficeHours
from indexer.pipeline.computing import Computation

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
    return parse_conversation(orjson.dumps(raw), bot_admin_ids)


def document_of(
    raw: dict[str, Any],
    office_hours: OfficeHours = ALWAYS_OPEN,
    *,
    bot_admin_ids: frozenset[str] = frozenset(),
    bots_interrupt: bool = False,
) -> dict[str, Any]:
    """The reporting document of a conversation, as a reader of its JSON sees it."""
    computation = Computation("w", office_hours, bot_admin_ids, bots_interrupt)
    document: dict[str, Any] = orjson.loads(computation.document(orjson.dumps(raw)))
    return document


FACTS = (
    "title", "state", "channel", "delivered_as", "priority", "team_assigned_id", "teammate_assigned_id", "tags",
    "contact_ids", "company_ids", "country", "continent", "custom", "rating", "sla", "ai",
)  # fmt: skip


def facts_of(raw: dict[str, Any]) -> dict[str, Any]:
    """The fields of the document that the conversation itself states."""
    return {name: value for name, value in document_of(raw).items() if name in FACTS}
