"""The reporting document: every field that reports can use, with its type.

Timestamps are whole epoch seconds, durations whole seconds. Missing values are None here and absent from the
JSON. `X` is elapsed time, `X_ooo` time within office hours. The meaning of each field is in the docstring of its
definition in this package; the mapping in mappings/conversations has the same fields.
"""

from typing import Literal

from msgspec import Raw, Struct

from indexer.conversation.part_types import ActionKind

StartedBy = Literal["customer", "reply"]
SlaTarget = Literal["first_reply_time", "next_reply_time"]
SlaOutcome = Literal["hit", "missed"]


def is_timestamp(name: str) -> bool:
    """Whether a field of this name (the last one of its path) holds an instant in epoch seconds."""
    return name in ("at", "waiting_since", "gte", "lt") or name.endswith("_at")


class DateRange(Struct, omit_defaults=True, gc=False):
    """A span of time from `gte` to before `lt`; no `lt` while it lasts."""

    gte: int
    lt: int | None = None


class Rating(Struct, omit_defaults=True, gc=False):
    """The conversation's rating: score 1 to 5, and the teammate it is about."""

    score: int | None = None
    remark: str | None = None
    requested_at: int | None = None
    rated_at: int | None = None
    teammate_id: str | None = None


class Sla(Struct, omit_defaults=True, gc=False):
    """The SLA applied: status is hit, missed, cancelled or active."""

    name: str | None = None
    status: str | None = None
    missed_targets: list[str] | None = None


class Ai(Struct, omit_defaults=True, gc=False):
    """The facts about the AI agent; its rating is 1 to 5."""

    participated: bool
    source_type: str | None = None
    source_title: str | None = None
    last_answer_type: str | None = None
    resolution_state: str | None = None
    rating: int | None = None
    rating_remark: str | None = None
    created_at: int | None = None
    updated_at: int | None = None


class Statistics(Struct, omit_defaults=True, gc=False):
    """The REST API's statistics; all durations within office hours."""

    count_reopens: int | None = None
    count_assignments: int | None = None
    count_conversation_parts: int | None = None
    first_contact_reply_at: int | None = None
    first_assignment_at: int | None = None
    first_admin_reply_at: int | None = None
    first_close_at: int | None = None
    last_assignment_at: int | None = None
    last_assignment_admin_reply_at: int | None = None
    last_contact_reply_at: int | None = None
    last_admin_reply_at: int | None = None
    last_close_at: int | None = None
    last_closed_by_id: str | None = None
    time_to_assignment: int | None = None
    time_to_admin_reply: int | None = None
    time_to_first_close: int | None = None
    time_to_last_close: int | None = None
    median_time_to_reply: int | None = None
    reply_times: list[int] | None = None


class Legacy(Struct, omit_defaults=True, gc=False):
    """The legacy pipeline's fields, in an object of their own so that no query mixes its clock with the new one's."""

    conversation_created_at: int
    thread_created_at: int
    count_reopens: int | None = None
    count_assignments: int | None = None
    message_type: str | None = None
    first_user_reply_at: int | None = None
    first_admin_reply_at: int | None = None
    first_assignment_at: int | None = None
    last_assignment_at: int | None = None
    first_close_at: int | None = None
    last_close_at: int | None = None
    time_to_first_assignment: int | None = None
    time_to_first_assignment_ooo: int | None = None
    time_to_admin_reply: int | None = None
    time_to_admin_reply_ooo: int | None = None
    time_to_first_close: int | None = None
    time_to_first_close_ooo: int | None = None
    time_to_last_close: int | None = None
    time_to_last_close_ooo: int | None = None


class Action(Struct, omit_defaults=True, gc=False):
    """An action: `teammate_id` is its human author; team and assigned teammate are those in force before it."""

    at: int
    kind: ActionKind
    bot: bool
    part_id: str | None = None
    teammate_id: str | None = None
    team_id: str | None = None
    assigned_teammate_id: str | None = None
    to_team_id: str | None = None
    to_teammate_id: str | None = None
    first_response: bool | None = None
    response_time: int | None = None
    response_time_ooo: int | None = None
    team_first_response_time: int | None = None
    team_first_response_time_ooo: int | None = None
    teammate_first_response_time: int | None = None
    teammate_first_response_time_ooo: int | None = None
    teammate_time_to_close: int | None = None
    teammate_time_to_close_ooo: int | None = None
    team_time_to_close: int | None = None
    team_time_to_close_ooo: int | None = None
    handling_time: int | None = None
    handling_time_ooo: int | None = None
    sla_target: SlaTarget | None = None
    sla_outcome: SlaOutcome | None = None


class ReportingDocument(Struct, omit_defaults=True, gc=False):
    """One conversation as reports see it."""

    workspace_id: str
    conversation_id: str
    metrics_version: int
    office_hours_id: str
    created_at: int
    statistics: Statistics
    legacy: Legacy
    teammate_replies_count: int | None = None
    reassignments_after_first_reply: int | None = None
    closed_on_first_contact: bool | None = None
    participating_teammate_ids: list[str] | None = None
    participating_team_ids: list[str] | None = None
    actions: list[Action] | None = None
    revision: int | None = None
    updated_at: int | None = None
    title: str | None = None
    state: str | None = None
    channel: str | None = None
    delivered_as: str | None = None
    priority: str | None = None
    team_assigned_id: str | None = None
    teammate_assigned_id: str | None = None
    tags: list[str] | None = None
    contact_ids: list[str] | None = None
    company_ids: list[str] | None = None
    country: str | None = None
    continent: str | None = None
    custom: Raw | None = None
    rating: Rating | None = None
    sla: Sla | None = None
    ai: Ai | None = None
    started_at: int | None = None
    started_by: StartedBy | None = None
    first_response_at: int | None = None
    last_closed_at: int | None = None
    last_closed_by_human_at: int | None = None
    first_response_time: int | None = None
    first_response_time_ooo: int | None = None
    time_to_last_close: int | None = None
    time_to_last_close_ooo: int | None = None
    time_to_last_close_by_human: int | None = None
    time_to_last_close_by_human_ooo: int | None = None
    reply_times: list[int] | None = None
    reply_times_ooo: list[int] | None = None
    median_reply_time: int | None = None
    median_reply_time_ooo: int | None = None
    bot_inbox: bool | None = None
    bot_inbox_time: int | None = None
    bot_inbox_time_ooo: int | None = None
    first_response_time_without_bot: int | None = None
    first_response_time_without_bot_ooo: int | None = None
    handling_time: int | None = None
    handling_time_ooo: int | None = None
    first_assignment_to_close: int | None = None
    first_assignment_to_close_ooo: int | None = None
    assignment_before_reply_to_close: int | None = None
    assignment_before_reply_to_close_ooo: int | None = None
    waiting_since: int | None = None
    replies_to_close: int | None = None
    open_during: list[DateRange] | None = None
    snoozed_during: list[DateRange] | None = None
    data_quality: list[str] | None = None
