"""The vendor's JSON of a conversation (`GET /conversations/{id}`, API 2.16) from a case that has been told."""

from typing import NamedTuple

from indexer.sample.authors import Author, Json
from indexer.sample.case import Case
from indexer.sample.channels import MESSENGER
from indexer.sample.phrases import REDACTED
from indexer.sample.sample_workspace import TAGS


class Opening(NamedTuple):
    """The message that starts a conversation: who wrote it, how it came, and what it says."""

    author: Author
    delivered_as: str
    body: str
    subject: str
    attachments: list[Json]
    redacted: bool


def conversation_json(case: Case, conversation_id: str, created_at: int, opening: Opening) -> Json:
    """The whole conversation; ids are numeric strings (assignees numbers), times epoch seconds."""
    thread, contact, channel = case.thread, case.contact, case.channel
    outcome = thread.summary()
    promise = case.promise
    first_contact_at = thread.first_contact_at
    first_contact_reply = None
    if first_contact_at is not None:
        first_contact_reply = {"created_at": first_contact_at, "type": channel.name, "url": None}
    via = "messenger" if channel is MESSENGER else channel.name
    return {
        "type": "conversation",
        "id": conversation_id,
        "created_at": created_at,
        "updated_at": max(thread.now, _rated_at(case.rating), _rated_at(case.ai_agent)),
        "title": opening.subject or None,
        **outcome,
        "read": not outcome["open"] or thread.waiting_since is None,
        "priority": case.priority,
        "source": {
            "type": channel.name,
            "id": thread.source_id,
            "delivered_as": opening.delivered_as,
            "subject": opening.subject if channel.has_subject else "",
            "body": REDACTED if opening.redacted else opening.body,
            "author": {name: opening.author.json[name] for name in ("type", "id", "name", "email")},
            "attachments": opening.attachments,
            "url": "https://app.tidewater.example/calendar" if channel is MESSENGER else None,
            "redacted": opening.redacted,
        },
        "channel": {"initial": via, "current": via},
        "contacts": {"type": "contact.list", "contacts": [person.reference for person in case.contacts]},
        "company": contact.company,
        "teammates": {
            "type": "admin.list",
            "teammates": [{"type": "admin", "id": teammate_id} for teammate_id in thread.writers],
        },
        "first_contact_reply": first_contact_reply,
        "tags": {
            "type": "tag.list",
            "tags": [{"type": "tag", "id": TAGS[name], "name": name} for name in case.tags],
        },
        "custom_attributes": {
            "plan": contact.plan,
            "product_area": case.topic.area,
            "language": contact.country.language if contact.country else "English",
            "seats": contact.seats,
            "trial": contact.plan == "Trial",
        },
        "conversation_rating": case.rating,
        "sla_applied": promise
        and {"type": "conversation_sla_summary", "sla_name": promise.name, "sla_status": promise.status},
        "ai_agent_participated": case.ai_agent is not None,
        "ai_agent": case.ai_agent,
        "statistics": None,
        "linked_objects": {"type": "list", "data": [], "total_count": 0, "has_more": False},
        "external_references": [],
        "conversation_parts": {
            "type": "conversation_part.list",
            "conversation_parts": thread.parts,
            "total_count": len(thread.parts),
        },
    }


def _rated_at(rating: Json | None) -> int:
    """When a rating object last changed (0 if never)."""
    return (rating and rating["updated_at"]) or 0
