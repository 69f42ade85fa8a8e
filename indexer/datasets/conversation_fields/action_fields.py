"""The actions: one entry per part and kind, nested in the document."""

from indexer.datasets.field import FLAG, ID, ID_NOT_SEARCHED, SECONDS, TIME, WORD, Field, both, group

ACTIONS = group(
    "Actions",
    "actions",
    "new",
    Field("at", TIME, "", "Time of the part."),
    Field(
        "kind", WORD, "",
        "Reply, note, assignment, close, reopen, snooze or unsnooze.",
        "`reply`, `note`, `assignment`, `close`, `reopen`, `snooze`, `unsnooze`. A part of two kinds makes two "
        "entries, the reply first ([decision 22](#decision-22)).",
    ),
    Field("part_id", ID_NOT_SEARCHED, "", "The part."),
    Field("teammate_id", ID, "", "Its author, if that is a teammate."),
    Field("bot", FLAG, "", "Whether its author is a bot."),
    Field(
        "team_id", ID, "",
        "The team assigned before the part took effect itself.",
        "The team *in force*: the one assigned before the part took effect itself.",
    ),
    Field(
        "assigned_teammate_id", ID, "",
        "The teammate assigned before the part took effect itself.",
        "The teammate *in force*: the one assigned before the part took effect itself.",
    ),
    Field("to_team_id", ID, "", "On an assignment: the team that it assigns. An unassignment has none."),
    Field("to_teammate_id", ID, "", "On an assignment: the teammate that it assigns. An unassignment has none."),
    Field(
        "first_response", FLAG, "",
        "On replies: whether this is the first response.",
        "On replies: whether this is the reply of `first_response_at`.",
    ),
    *both(
        "response_time", SECONDS, "",
        "On a reply that answers: its reply time.",
        "On a reply that answers: its [reply time](#which-message-a-reply-answers).",
    ),
    *both(
        "team_first_response_time", SECONDS, "",
        "On a reply that stops the team's clock: the time since the team was assigned.",
        "On a reply that stops the team's clock: see [response clocks](#response-clocks).",
    ),
    *both(
        "teammate_first_response_time", SECONDS, "",
        "On a reply that stops the teammate's clock: the time since the teammate was assigned.",
        "On a reply that stops the teammate's clock: see [response clocks](#response-clocks).",
    ),
    *both(
        "team_time_to_close", SECONDS, "",
        "On a close while a team is assigned: the time since then.",
        "On a close while a team is assigned: see [close clocks](#close-clocks).",
    ),
    *both(
        "teammate_time_to_close", SECONDS, "",
        "On a close by the assigned teammate: the time since the assignment.",
        "On a close by the assigned teammate: see [close clocks](#close-clocks).",
    ),
    *both(
        "handling_time", SECONDS, "",
        "On the assignment, snooze or close that ends a handled stretch: its length.",
        "On the assignment, snooze or close that ends a handled stretch: its length. It is time of "
        "`actions.assigned_teammate_id` ([decision 28](#decision-28)).",
    ),
    Field(
        "sla_target", WORD, "",
        "On replies under an SLA: the target, first_reply_time or next_reply_time.",
        "On replies under an SLA: `first_reply_time` or `next_reply_time` ([decision 29](#decision-29)).",
    ),
    Field(
        "sla_outcome", WORD, "",
        "On replies under an SLA: hit or missed.",
        "On replies under an SLA: `hit` or `missed` ([decision 29](#decision-29)).",
    ),
    whole="One entry per reply, note, assignment, close, reopening and snooze.",
)  # fmt: skip
