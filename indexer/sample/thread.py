"""A conversation's parts as they come into being, and the state they leave it in."""

from typing import Any

from indexer.sample.authors import Assignee, Author, Json, Nobody, Team, Teammate
from indexer.sample.phrases import REDACTED

MOST_PARTS = 99
"""Ids leave room for this many parts in one conversation."""

_FIRST_PART_ID = 46_000_000_000

_STATE_AFTER = {
    "close": "closed",
    "open": "open",
    "assign_and_reopen": "open",
    "note_and_reopen": "open",
    "snoozed": "snoozed",
    "unsnoozed": "open",
    "timer_unsnooze": "open",
    "assign_and_unsnooze": "open",
    "note_and_unsnooze": "open",
}
_NOTES = ("note", "note_and_reopen", "note_and_unsnooze")


class PresentReached(Exception):
    """The next thing would happen after the end of the history: the conversation is as it is now."""


class Thread:
    """The parts written so far, in order, with the state, assignment and waiting time that follow from them."""

    def __init__(self, number: int, created_at: int, end: int, *, started_by_contact: bool) -> None:
        """Begin the thread of the conversation with this number; nothing happens at `end` or later."""
        self.source_id = str(_FIRST_PART_ID + number * (MOST_PARTS + 1))
        self.parts: list[Json] = []
        self.now = created_at
        self.end = end
        self.state = "open" if started_by_contact else "closed"
        self.team: Team | None = None
        self.teammate: Teammate | None = None
        self.waiting_since = created_at if started_by_contact else None
        self.first_contact_at = self.waiting_since
        self.snoozed_until: int | None = None
        self.writers: dict[str, Json] = {}
        self._next_id = _FIRST_PART_ID + number * (MOST_PARTS + 1) + 1

    def add(
        self,
        part_type: str,
        at: int,
        author: Author,
        body: str | None = None,
        *,
        assignee: Assignee | None = None,
        attachments: list[Json] | None = None,
        details: Json | None = None,
        metadata: Json | None = None,
        redacted: bool = False,
    ) -> None:
        """Write one part at `at`, or now if that is earlier; raises `PresentReached` at the history's end."""
        at = max(at, self.now)
        if at >= self.end:
            raise PresentReached
        self.now = at
        self.state = _STATE_AFTER.get(part_type, self.state)
        self._account(part_type, at, author, has_text=bool(body or attachments))
        if assignee is not None:
            self._assign(assignee)
        self.parts.append(
            {
                "type": "conversation_part",
                "id": str(self._next_id),
                "part_type": part_type,
                "body": REDACTED if redacted else body,
                "created_at": at,
                "updated_at": at,
                "notified_at": at,
                "assigned_to": None if assignee is None else assignee.reference,
                "author": author.json.copy(),
                "attachments": attachments or [],
                "external_id": None,
                "redacted": redacted,
                "email_message_metadata": None,
                "metadata": metadata,
                "state": self.state,
                "tags": [],
                "event_details": details,
                "app_package_code": None,
            }
        )
        self._next_id += 1

    def _account(self, part_type: str, at: int, author: Author, *, has_text: bool) -> None:
        """Keep track of who waits for whom: the anchor, the waiting contact, the teammates who wrote."""
        if author.kind == "contact":
            if not has_text and part_type != "attribute_collected":
                return
            if self.first_contact_at is None:
                self.first_contact_at = at
                self.state = "open"
            if self.waiting_since is None:
                self.waiting_since = at
        elif author.kind == "teammate":
            self.writers[author.json["id"]] = author.json
            if has_text and part_type not in _NOTES:
                self.waiting_since = None

    def _assign(self, assignee: Assignee) -> None:
        match assignee:
            case Teammate():
                self.teammate = assignee
            case Team():
                self.team, self.teammate = assignee, None
            case Nobody():
                self.team = self.teammate = None

    def summary(self) -> dict[str, Any]:
        """What the conversation object says of its parts' outcome."""
        closed = self.state == "closed"
        return {
            "state": self.state,
            "open": not closed,
            "waiting_since": None if closed else self.waiting_since,
            "snoozed_until": self.snoozed_until if self.state == "snoozed" else None,
            "admin_assignee_id": 0 if self.teammate is None else int(self.teammate.id),
            "team_assignee_id": 0 if self.team is None else int(self.team.id),
        }
