"""The legacy pipeline: it sees every part, and its clocks start at the conversation's creation."""

from indexer.datasets.field import COUNT, SECONDS, TIME, WORD, Field, both, group

LEGACY = group(
    "Legacy",
    "legacy",
    "legacy",
    Field(
        "conversation_created_at", TIME, "P",
        "The creation of the conversation, at which every legacy clock starts.",
        "The conversation's `created_at`; the time axis of the legacy charts.",
        exported=False,  # every export has created_at
        compared_with=("started_at",),
    ),
    Field(
        "thread_created_at", TIME, "P, D",
        "The time of the message thread: the source's own time if it has one, else the creation of the conversation.",
        "When the first message was sent: the source's own `created_at` if it has one, else the conversation's "
        "([decision 18](#decision-18)); the time axis of the CSV export.",
        derivation="fact",
    ),
    Field(
        "message_type", WORD, "P, D",
        "The kind of message that started it: UserMessage (by a contact), AdminMessage, Campaign, Automated or "
        "Operator.",
        "`UserMessage`, `AdminMessage`, `Campaign`, `Automated`, `Operator` ([decision 18](#decision-18)).",
    ),
    Field(
        "first_user_reply_at", TIME, "D",
        "The customer's first message that is a part: a UserMessage does not count.",
        "First contact message that is a part (the UserMessage is left out).",
        compared_with=("started_at", "statistics.first_contact_reply_at"),
    ),
    Field(
        "first_admin_reply_at", TIME, "D",
        "The first visible part by a teammate, even if the customer had not written yet.",
        "First reply anywhere; it can be earlier than the customer's first message.",
        compared_with=("first_response_at", "statistics.first_admin_reply_at"),
    ),
    Field(
        "first_assignment_at", TIME, "D",
        "The first assignment part, even if the customer had not written yet.", "First assignment anywhere.",
        compared_with=("statistics.first_assignment_at",),
    ),
    Field(
        "last_assignment_at", TIME, "D",
        "The last assignment part, even if the customer had not written yet.", "Last assignment anywhere.",
        compared_with=("statistics.last_assignment_at",),
    ),
    Field(
        "first_close_at", TIME, "D",
        "The first close, even if the customer had not written yet.", "First close anywhere.",
        compared_with=("statistics.first_close_at",),
    ),
    Field(
        "last_close_at", TIME, "D",
        "The last close, even if the customer had not written yet.", "Last close anywhere.",
        compared_with=("last_closed_at", "statistics.last_close_at"),
    ),
    Field(
        "count_reopens", COUNT, "D",
        "The parts that reopen it, in the whole conversation.", "Reopening parts anywhere.",
        compared_with=("statistics.count_reopens",),
    ),
    Field(
        "count_assignments", COUNT, "D",
        "The assignment parts in the whole conversation.", "Assignment parts anywhere.",
        compared_with=("statistics.count_assignments",),
    ),
    *both(
        "time_to_first_assignment", SECONDS, "D",
        "From the creation to the first assignment part, never negative.",
        "From `conversation_created_at` to `first_assignment_at`.",
    ),
    *both(
        "time_to_admin_reply", SECONDS, "D",
        "From the creation to the first visible part by a teammate.",
        "From `conversation_created_at` to `first_admin_reply_at`.",
        compared_with=("first_response_time",),
        compared_with_ooo=("first_response_time_ooo", "statistics.time_to_admin_reply"),
    ),
    *both(
        "time_to_first_close", SECONDS, "D",
        "From the creation to the first close, never negative.",
        "From `conversation_created_at` to `first_close_at`.",
        compared_with_ooo=("statistics.time_to_first_close",),
    ),
    *both(
        "time_to_last_close", SECONDS, "D",
        "From the creation to the last close, never negative.",
        "From `conversation_created_at` to `last_close_at`.",
        compared_with=("time_to_last_close",),
        compared_with_ooo=("time_to_last_close_ooo", "statistics.time_to_last_close"),
    ),
)  # fmt: skip
