"""A phone call: the vendor's call object, and the document that reports count (definitions in docs/metrics.md)."""

from msgspec import Struct

from indexer.conversation.values import epoch_seconds, optional_seconds, text
from indexer.office_hours import OfficeHours
from indexer.records.raw import first_time, object_from, optional_id, refuse_other_type, required_id

CALL_VERSION = 2
"""Raised with every change of a definition here."""

OUTCOMES = frozenset(
    {
        "answered",
        "abandoned_routing",
        "abandoned_in_queue",
        "abandoned_on_hold",
        "abandoned_in_voicemail",
        "voicemail_left",
    }
)
"""The outcomes of a call, in the vendor's words."""


class Call(Struct, frozen=True):
    """A call as its record has it; times in epoch seconds, `team_id` if the record has one."""

    id: str
    initiated_at: int
    answered_at: int | None
    ended_at: int | None
    updated_at: int
    state: str | None
    direction: str | None
    call_type: str | None
    ended_reason: str | None
    teammate_id: str | None
    team_id: str | None
    contact_id: str | None
    conversation_id: str | None


class CallDocument(Struct, omit_defaults=True, gc=False):
    """The reporting document of a call; durations in seconds, missing values are absent from the JSON."""

    workspace_id: str
    call_id: str
    metrics_version: int
    office_hours_id: str
    initiated_at: int
    in_office_hours: bool
    revision: int | None = None
    updated_at: int | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    duration: int | None = None
    state: str | None = None
    outcome: str | None = None
    direction: str | None = None
    call_type: str | None = None
    ended_reason: str | None = None
    teammate_id: str | None = None
    team_id: str | None = None
    contact_id: str | None = None
    conversation_id: str | None = None


def parse_call(payload: bytes) -> Call:
    """Read a call from its JSON; raises `Refused` if it has no id, or no time of its beginning."""
    raw = object_from(payload)
    refuse_other_type(raw, "call")
    call_id = required_id(raw.get("id"), "id")
    initiated_at, began = first_time(raw, "initiated_at", "created_at")
    if initiated_at is None:
        initiated_at = epoch_seconds(raw.get(began), began)
    answered_at = optional_seconds(raw.get("answered_at"), "answered_at")
    ended_at = optional_seconds(raw.get("ended_at"), "ended_at")
    updated_at = optional_seconds(raw.get("updated_at"), "updated_at")
    return Call(
        id=call_id,
        initiated_at=initiated_at,
        answered_at=answered_at,
        ended_at=ended_at,
        updated_at=updated_at or max(initiated_at, answered_at or 0, ended_at or 0),
        state=_word(raw.get("state")),
        direction=_word(raw.get("direction")),
        call_type=_word(raw.get("call_type")),
        ended_reason=_word(raw.get("ended_reason")),
        teammate_id=optional_id(raw.get("admin_id"), raw.get("teammate_id")),
        team_id=optional_id(raw.get("team_id"), raw.get("team_assignee_id")),
        contact_id=optional_id(raw.get("contact_id")),
        conversation_id=optional_id(raw.get("conversation_id")),
    )


def call_document(
    call: Call, workspace_id: str, office_hours: OfficeHours, revision: int | None = None
) -> CallDocument:
    """Everything that reports know of one call."""
    return CallDocument(
        workspace_id=workspace_id,
        call_id=call.id,
        revision=revision,
        metrics_version=CALL_VERSION,
        office_hours_id=office_hours.id,
        initiated_at=call.initiated_at,
        in_office_hours=in_office_hours(call, office_hours),
        updated_at=call.updated_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        duration=duration(call),
        state=call.state,
        outcome=outcome(call),
        direction=call.direction,
        call_type=call.call_type,
        ended_reason=call.ended_reason,
        teammate_id=call.teammate_id,
        team_id=call.team_id,
        contact_id=call.contact_id,
        conversation_id=call.conversation_id,
    )


def outcome(call: Call) -> str | None:
    """The outcome of the call: from its state or end reason if one tells, otherwise answered if it was answered."""
    for word in (call.state, call.ended_reason):
        if word in OUTCOMES:
            return word
    return "answered" if call.answered_at is not None else None


def duration(call: Call) -> int | None:
    """Seconds from the beginning to the end, ringing and waiting included; absent while it lasts."""
    return None if call.ended_at is None else max(0, call.ended_at - call.initiated_at)


def in_office_hours(call: Call, office_hours: OfficeHours) -> bool:
    """Whether the second in which the call began lies in the workspace's office hours."""
    return office_hours.clock(call.initiated_at + 1) > office_hours.clock(call.initiated_at)


def _word(value: object) -> str | None:
    found = text(value)
    return found.lower() if found else None
