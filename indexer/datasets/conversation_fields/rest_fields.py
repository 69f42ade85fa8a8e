"""The statistics, under the names of the vendor's REST API; all durations are within office hours."""

from indexer.datasets.field import COUNT, ID, LIST_OF_SECONDS, SECONDS, TIME, Field, group

_ANCHOR = "the customer's first message"

STATISTICS = group(
    "Statistics",
    "statistics",
    "rest",
    Field(
        "first_contact_reply_at", TIME, "P",
        "The customer's first message, the same as started_at.", "The anchor; the same as `started_at`.",
        compared_with=("started_at",),
    ),
    Field(
        "first_assignment_at", TIME, "P",
        f"The first assignment part after {_ANCHOR}, by any author.",
        "First assignment part after the anchor, by any author; an unassignment counts too.",
    ),
    Field(
        "first_admin_reply_at", TIME, "P",
        f"The first visible part by a teammate after {_ANCHOR}.", "First reply after the anchor.",
        compared_with=("first_response_at",),
    ),
    Field(
        "first_close_at", TIME, "P",
        f"The first close after {_ANCHOR}, by any author.", "First close after the anchor, a bot's included.",
    ),
    Field(
        "last_assignment_at", TIME, "P",
        f"The last assignment part after {_ANCHOR}.",
        "Last assignment part after the anchor, by any author; an unassignment counts too.",
    ),
    Field(
        "last_assignment_admin_reply_at", TIME, "P",
        f"The last assignment part after {_ANCHOR}, up to and including the first reply.",
        "Last assignment after the anchor, up to and including the first reply: the time of an assignment, in spite of "
        "its name ([decision 2](#decision-2)).",
    ),
    Field(
        "last_contact_reply_at", TIME, "P",
        "The customer's last message, which can be a collected attribute.", "Latest contact message.",
    ),
    Field(
        "last_admin_reply_at", TIME, "P",
        f"The last visible part by a teammate after {_ANCHOR}.", "Last reply after the anchor.",
    ),
    Field(
        "last_close_at", TIME, "P",
        f"The last close after {_ANCHOR}, even if it was reopened later.",
        "Last close after the anchor, a bot's included.",
        compared_with=("last_closed_at",),
    ),
    Field(
        "last_closed_by_id", ID, "D",
        "The last teammate who closed it.",
        "The last teammate who closed it, even if a bot closed it later ([decision 6](#decision-6)).",
    ),
    Field(
        "count_reopens", COUNT, "D",
        f"The parts after {_ANCHOR} that reopen it.",
        "Reopening parts after the anchor ([decision 7](#decision-7)).",
    ),
    Field(
        "count_assignments", COUNT, "P",
        f"The assignment parts after {_ANCHOR}.", "Assignment parts after the anchor.",
    ),
    Field(
        "count_conversation_parts", COUNT, "P",
        "All parts, or the vendor's total if that is larger.",
        "All parts, including those before the anchor, without the source; the vendor's total if that is larger "
        "([decision 8](#decision-8)).",
    ),
    Field(
        "time_to_assignment", SECONDS, "P",
        f"From {_ANCHOR} to the last assignment up to and including the first reply, counting office hours only.",
        "From the anchor to `last_assignment_admin_reply_at`.",
        clock="office",
    ),
    Field(
        "time_to_admin_reply", SECONDS, "P",
        f"From {_ANCHOR} to the first reply after it, counting office hours only.",
        "From the anchor to `first_admin_reply_at`.",
        clock="office",
        compared_with=("first_response_time", "first_response_time_ooo"),
    ),
    Field(
        "time_to_first_close", SECONDS, "P",
        f"From {_ANCHOR} to the first close after it, counting office hours only.",
        "From the anchor to `first_close_at`.",
        clock="office",
    ),
    Field(
        "time_to_last_close", SECONDS, "P",
        f"From {_ANCHOR} to the last close after it, counting office hours only.",
        "From the anchor to `last_close_at`.",
        clock="office",
        compared_with=("time_to_last_close", "time_to_last_close_ooo"),
    ),
    Field(
        "median_time_to_reply", SECONDS, "P",
        "The median of the reply times within office hours.", "The median of `reply_times`.",
        derivation="median",
        clock="office",
        compared_with=("median_reply_time", "median_reply_time_ooo"),
    ),
    Field(
        "reply_times", LIST_OF_SECONDS, "P, O",
        "For each reply that answers a message, the office hours since the customer's latest message.",
        "The reply times; equal to the new pipeline's `reply_times_ooo`.",
        clock="office",
        compared_with=("reply_times", "reply_times_ooo"),
    ),
)  # fmt: skip
