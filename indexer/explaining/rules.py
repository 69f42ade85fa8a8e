"""The rule of every field in one sentence, beside its name. What it means in full stands in docs/metrics.md."""

from typing import NamedTuple

from indexer.explaining.explanation import Kind


class Rule(NamedTuple):
    """What kind of value a field has, and how it is defined, in a sentence."""

    kind: Kind
    words: str


def _both(kind: Kind, name: str, words: str) -> dict[str, Rule]:
    """The field of elapsed time, and the one within office hours."""
    return {name: Rule(kind, f"{words}."), f"{name}_ooo": Rule(kind, f"{words}, counting office hours only.")}


_ANCHOR = "the customer's first message"

_NEW = {
    "started_at": Rule("time", "The customer's first message: a UserMessage, a contact's text, a collected attribute."),
    "started_by": Rule("fact", "Who started it: customer if the source is a UserMessage, else reply."),
    "first_response_at": Rule("time", f"The first visible part by a teammate after {_ANCHOR}."),
    "last_closed_at": Rule("time", f"The last close after {_ANCHOR}, also a bot's, also where it was reopened."),
    "last_closed_by_human_at": Rule("time", f"The last close by a teammate after {_ANCHOR}."),
    **_both("duration", "first_response_time", f"From {_ANCHOR} to the first reply after it"),
    **_both("duration", "time_to_last_close", f"From {_ANCHOR} to the last close after it"),
    **_both("duration", "time_to_last_close_by_human", f"From {_ANCHOR} to the last close by a teammate"),
    **_both(
        "durations", "reply_times", "For each reply that answers one, the time since the customer's latest message"
    ),
    **_both("median", "median_reply_time", "The median of the reply times, halves rounded up"),
    "bot_inbox": Rule(
        "flag", "Whether a bot had the conversation before a team or a teammate was assigned or replied."
    ),
    **_both("duration", "bot_inbox_time", f"From {_ANCHOR} to the part that handed it over from the bot to people"),
    **_both(
        "duration", "first_response_time_without_bot", "The first response time without the time that a bot had it"
    ),
    **_both("duration", "handling_time", "The time it was open, not snoozed and assigned to a teammate; once closed"),
    **_both("duration", "first_assignment_to_close", "From the first assignment to a teammate to the last close"),
    **_both(
        "duration",
        "assignment_before_reply_to_close",
        "From the last assignment up to the first reply, to the last close",
    ),
    "waiting_since": Rule("time", "The customer's first message after the last reply, while it is not closed."),
    "teammate_replies_count": Rule("count", f"The visible parts by teammates after {_ANCHOR}."),
    "replies_to_close": Rule("count", "The replies up to and including the last close."),
    "reassignments_after_first_reply": Rule("count", "The assignment parts later than the first reply."),
    "closed_on_first_contact": Rule(
        "flag", f"Exactly one close after {_ANCHOR}, and exactly one teammate who replied."
    ),
    "participating_teammate_ids": Rule("ids", "The teammates who replied, anywhere in the conversation."),
    "participating_team_ids": Rule("ids", "The teams that were assigned when a teammate replied."),
    "open_during": Rule(
        "ranges",
        f"When it was open: from {_ANCHOR} to a close, and from a reopening to the next; until its last change "
        "where it says itself that it is closed.",
    ),
    "snoozed_during": Rule("ranges", "When it was snoozed, until a part woke, reopened or closed it."),
    "actions": Rule("fact", "One entry per reply, note, assignment, close, reopening and snooze."),
}

_REST = {
    "first_contact_reply_at": Rule("time", "The customer's first message, as started_at."),
    "first_assignment_at": Rule("time", f"The first assignment part after {_ANCHOR}, whoever made it."),
    "first_admin_reply_at": Rule("time", f"The first visible part by a teammate after {_ANCHOR}."),
    "first_close_at": Rule("time", f"The first close after {_ANCHOR}, a bot's included."),
    "last_assignment_at": Rule("time", f"The last assignment part after {_ANCHOR}."),
    "last_assignment_admin_reply_at": Rule("time", "The last assignment part up to the first reply."),
    "last_contact_reply_at": Rule("time", "The customer's last message, collected attributes included."),
    "last_admin_reply_at": Rule("time", "The last visible part by a teammate."),
    "last_close_at": Rule("time", f"The last close after {_ANCHOR}, also where it was reopened."),
    "last_closed_by_id": Rule("ids", "The teammate who made the last close by a teammate."),
    "time_to_assignment": Rule(
        "duration", f"From {_ANCHOR} to the last assignment up to the first reply, counting office hours only."
    ),
    "time_to_admin_reply": Rule("duration", f"From {_ANCHOR} to the first reply after it, counting office hours only."),
    "time_to_first_close": Rule("duration", f"From {_ANCHOR} to the first close after it, counting office hours only."),
    "time_to_last_close": Rule("duration", f"From {_ANCHOR} to the last close after it, counting office hours only."),
    "median_time_to_reply": Rule("median", "The median of the reply times within office hours."),
    "reply_times": Rule("durations", "For each reply that answers one, the office hours since the latest message."),
    "count_reopens": Rule("count", f"The parts after {_ANCHOR} of a type that reopens."),
    "count_assignments": Rule("count", f"The assignment parts after {_ANCHOR}."),
    "count_conversation_parts": Rule("count", "All parts, or the vendor's total where that is larger."),
}

_LEGACY = {
    "conversation_created_at": Rule("time", "The creation of the conversation, where every legacy clock starts."),
    "thread_created_at": Rule("fact", "The time of the message thread, a second after the creation where so stamped."),
    "message_type": Rule("fact", "The kind of message that started it; UserMessage where a contact did."),
    "first_user_reply_at": Rule("time", "The customer's first message that is a part: a UserMessage does not count."),
    "first_admin_reply_at": Rule("time", "The first visible part by a teammate, also before the customer wrote."),
    "first_assignment_at": Rule("time", "The first assignment part, also before the customer wrote."),
    "last_assignment_at": Rule("time", "The last assignment part, also before the customer wrote."),
    "first_close_at": Rule("time", "The first close, also before the customer wrote."),
    "last_close_at": Rule("time", "The last close, also before the customer wrote."),
    **_both("duration", "time_to_first_assignment", "From the creation to the first assignment part, never negative"),
    **_both("duration", "time_to_admin_reply", "From the creation to the first visible part by a teammate"),
    **_both("duration", "time_to_first_close", "From the creation to the first close, never negative"),
    **_both("duration", "time_to_last_close", "From the creation to the last close, never negative"),
    "count_reopens": Rule("count", "The parts of a type that reopens, the whole conversation's."),
    "count_assignments": Rule("count", "The assignment parts, the whole conversation's."),
}

FACTS = {
    "workspace_id": "The workspace, as named at the import.",
    "conversation_id": "The conversation's id.",
    "revision": "The number of the newest write that it is computed from; none without a store.",
    "metrics_version": "The generation of these definitions.",
    "office_hours_id": "The schedule that it is measured with: 24/7, or a hash of what it means.",
    "created_at": "The creation of the conversation, as delivered.",
    "updated_at": "The conversation's last change, as delivered.",
    "title": "The conversation's or the ticket's title, else the subject of its source.",
    "state": "Open, closed or snoozed, as delivered.",
    "channel": "The channel of the source, as delivered.",
    "delivered_as": "Who started it in the vendor's words, as delivered.",
    "priority": "The priority, as delivered.",
    "team_assigned_id": "The team that is assigned now, as delivered.",
    "teammate_assigned_id": "The teammate who is assigned now, as delivered.",
    "tags": "The names of the tags, as delivered.",
    "contact_ids": "The contacts, those that were merged into others under the others' ids.",
    "company_ids": "The company of the conversation, then those of its contacts.",
    "country": "The country of the first contact that has one.",
    "continent": "The continent of the first contact that has one.",
    "custom": "The custom attributes, as delivered.",
    "rating": "The rating, when it was requested and when it was given.",
    "sla": "The SLA, its status, and the targets that parts say were missed.",
    "ai": "What the AI agent did, as delivered.",
    "data_quality": "What about the conversation makes its numbers doubtful.",
}
"""What is not computed from parts."""

RULES: dict[str, Rule] = {
    **_NEW,
    **{f"statistics.{name}": rule for name, rule in _REST.items()},
    **{f"legacy.{name}": rule for name, rule in _LEGACY.items()},
    **{name: Rule("fact", words) for name, words in FACTS.items()},
}
"""By the field's path in the document; `rating`, `sla`, `ai`, `custom` and `actions` are one field each."""
