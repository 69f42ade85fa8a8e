"""The rules of state and assignment as the contract words them, written without a look at the generator."""

from typing import Any

Json = dict[str, Any]

CONTACT_KINDS = {"user", "lead"}
REOPEN = {"open", "assign_and_reopen", "note_and_reopen"}
UNSNOOZE = {"unsnoozed", "timer_unsnooze", "assign_and_unsnooze", "note_and_unsnooze"}
TEXT = {
    "comment",
    "quick_reply",
    "open",
    "assignment",
    "close",
    "assign_and_reopen",
    "assign_and_unsnooze",
    "unsnoozed",
}


def parts_of(conversation: Json) -> list[Json]:
    parts: list[Json] = conversation["conversation_parts"]["conversation_parts"]
    return parts


def is_visible(part: Json) -> bool:
    return part["part_type"] in TEXT and bool(part["body"] or part["attachments"])


def is_from_contact(part: Json) -> bool:
    by_contact = part["author"]["type"] in CONTACT_KINDS
    return (by_contact and is_visible(part)) or part["part_type"] == "attribute_collected"


def is_teammate(author: Json) -> bool:
    return author["type"] == "admin" and not author["email"].startswith("operator+")


def final_state(conversation: Json) -> str:
    """Open from the customer's first message on, then what the parts say; closed where nobody ever answered."""
    anchored = conversation["source"]["delivered_as"] == "customer_initiated"
    opened, snoozed = anchored, False
    for part in parts_of(conversation):
        kind = part["part_type"]
        if not anchored:
            anchored = opened = is_from_contact(part)
            continue
        if kind == "close":
            opened = snoozed = False
        elif kind in REOPEN:
            opened, snoozed = True, False
        elif kind == "snoozed":
            snoozed = True
        elif kind in UNSNOOZE:
            snoozed = False
    return "snoozed" if snoozed else "open" if opened else "closed"


def final_assignment(conversation: Json) -> tuple[int, int]:
    """The team and the teammate of the last assignments, 0 if nobody is assigned."""
    team = teammate = 0
    for part in parts_of(conversation):
        if "assign" in part["part_type"]:
            match part["assigned_to"]:
                case {"type": "team", "id": found}:
                    team, teammate = int(found), 0
                case {"type": "admin", "id": found}:
                    teammate = int(found)
                case {"type": "nobody_admin"}:
                    team = teammate = 0
    return team, teammate


def final_waiting_since(conversation: Json) -> int | None:
    """The first contact message after the last reply by a teammate, while the conversation is not closed."""
    if final_state(conversation) == "closed":
        return None
    started = conversation["source"]["delivered_as"] == "customer_initiated"
    waiting = conversation["created_at"] if started else None
    for part in parts_of(conversation):
        if is_visible(part) and is_teammate(part["author"]):
            waiting = None
        elif is_from_contact(part) and waiting is None:
            waiting = part["created_at"]
    return waiting
