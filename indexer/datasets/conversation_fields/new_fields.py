"""The metrics of the new pipeline: their clocks start at the customer's first message, the anchor."""

from indexer.datasets.field import COUNT, FLAG, IDS, LIST_OF_SECONDS, RANGES, SECONDS, TIME, WORD, Field, both, group

_ANCHOR = "the customer's first message"

NEW_PIPELINE = group(
    "New pipeline",
    "",
    "new",
    Field(
        "started_at", TIME, "P",
        "The customer's first message: a UserMessage, a contact's text, a collected attribute.",
        "Time of the anchor.",
    ),
    Field(
        "started_by", WORD, "P",
        "Who started it: customer if the source is a UserMessage, else reply.",
        "`customer` if a contact started the conversation (message type `UserMessage`), else `reply`: it started with "
        "the answer to an outbound message or a bot's.",
    ),
    Field(
        "first_response_at", TIME, "P",
        f"The first visible part by a teammate after {_ANCHOR}.", "First reply after the anchor.",
    ),
    Field(
        "last_closed_at", TIME, "P",
        f"The last close after {_ANCHOR}, even if a bot closed it or it was reopened later.",
        "Last close after the anchor, by anybody, bots included. It stays when the conversation is reopened.",
    ),
    Field(
        "last_closed_by_human_at", TIME, "P",
        f"The last close by a teammate after {_ANCHOR}.", "Last close after the anchor by a teammate.",
    ),
    *both(
        "first_response_time", SECONDS, "P",
        f"From {_ANCHOR} to the first reply after it.", "From `started_at` to `first_response_at`.",
    ),
    *both(
        "time_to_last_close", SECONDS, "P",
        f"From {_ANCHOR} to the last close after it.", "From `started_at` to `last_closed_at`.",
    ),
    *both(
        "time_to_last_close_by_human", SECONDS, "D",
        f"From {_ANCHOR} to the last close by a teammate.", "From `started_at` to `last_closed_by_human_at`.",
    ),
    *both(
        "reply_times", LIST_OF_SECONDS, "P, O",
        "For each reply that answers a message, the time since the customer's latest message.",
        "List: one entry per [answered message](#which-message-a-reply-answers), in order; empty if no message was "
        "answered.",
    ),
    *both(
        "median_reply_time", SECONDS, "D",
        "The median of the reply times, halves rounded up.",
        "Their median ([decision 10](#decision-10)); absent if the list is empty.",
        derivation="median",
    ),
    Field(
        "bot_inbox", FLAG, "D",
        "Whether a bot had the conversation before a team or a teammate was assigned or replied.",
        "Whether a bot had the conversation first ([decision 26](#decision-26)).",
    ),
    *both(
        "bot_inbox_time", SECONDS, "D",
        f"From {_ANCHOR} to the part that handed it over from the bot to people.",
        "From `started_at` to the hand-over to people; absent before a hand-over, and if `bot_inbox` is false.",
    ),
    *both(
        "first_response_time_without_bot", SECONDS, "D",
        "The first response time without the time that a bot had the conversation.",
        "`first_response_time` without `bot_inbox_time`; the same if there was no bot inbox.",
    ),
)  # fmt: skip

DERIVED = group(
    "Derived",
    "",
    "new",
    *both(
        "handling_time", SECONDS, "P",
        "If it is closed: the time that it was open, not snoozed and assigned to a teammate.",
        "Sum of the spans after the anchor in which the conversation was open, not snoozed and assigned to a teammate. "
        "Present only while its last state is closed; 0 if it was never assigned to a teammate "
        "([decision 11](#decision-11)).",
    ),
    *both(
        "first_assignment_to_close", SECONDS, "P",
        "From the first assignment to a teammate to the last close.",
        "From the first assignment to a teammate after the anchor to `last_closed_at`, if that is not earlier.",
    ),
    *both(
        "assignment_before_reply_to_close", SECONDS, "P",
        "From the last assignment before the first reply to the last close.",
        "From `statistics.last_assignment_admin_reply_at`, the last assignment before the first reply, to "
        "`last_closed_at`, if that is not earlier. This is the other public definition of the time from assignment to "
        "close; the author and the target of the assignment do not matter.",
    ),
    Field(
        "waiting_since", TIME, "P",
        "The customer's first message after the last reply, while it is not closed.",
        "First contact message after the last reply; the anchor if there was no reply. Absent while the last state is "
        "closed.",
    ),
    Field(
        "reassignments_after_first_reply", COUNT, "P",
        "The assignment parts later than the first reply.",
    ),
    Field(
        "teammate_replies_count", COUNT, "D",
        f"The visible parts by teammates after {_ANCHOR}.", "Replies after the anchor.",
    ),
    Field(
        "replies_to_close", COUNT, "D",
        "The replies up to and including the last close.",
        "Replies after the anchor, up to and including the last close. Absent without a close.",
    ),
    Field(
        "closed_on_first_contact", FLAG, "P",
        f"Whether there was exactly one close after {_ANCHOR}, and exactly one teammate replied.",
        "True if there was exactly one close after the anchor and exactly one participating teammate.",
    ),
    Field(
        "participating_teammate_ids", IDS, "P",
        "The teammates who replied, anywhere in the conversation, in order of appearance.",
        "Teammates who wrote a reply anywhere in the conversation, including before the anchor, in order of "
        "appearance.",
    ),
    Field(
        "participating_team_ids", IDS, "D",
        "The teams that were assigned when a teammate replied, in order of appearance.",
        "Teams that were assigned when a teammate replied, anywhere in the conversation, in order of appearance. The "
        "team is the one assigned before the reply, as in `actions.team_id`; a team without a reply is not listed.",
    ),
)  # fmt: skip

SPANS = group(
    "Spans",
    "",
    "new",
    Field(
        "open_during", RANGES, "D",
        f"When it was open: from {_ANCHOR} to a close, and from each reopening to the next close. If only the "
        "conversation itself says that it is closed, until its last change.",
        "Date ranges in which the conversation was open.",
    ),
    Field(
        "snoozed_during", RANGES, "D",
        "When it was snoozed, until a part woke, reopened or closed it.", "Date ranges in which it was snoozed.",
    ),
)  # fmt: skip
