"""How soon teammates answer."""

from tests.reports.plain.items import Actions, Answered, Conversations
from tests.reports.plain.kinds import (
    Report,
    average,
    conversations,
    distribution,
    median,
    ninetieth,
    ninety_fifth,
    rate,
    within,
)
from tests.reports.plain.reading import both, exists, missing, one_of

STARTED = Conversations("started_at")
ANSWERED = Answered("started_at")
IS_REPLY = one_of("kind", "reply")
REPLIES = Actions(IS_REPLY)

REPORTS = {
    "conversations_replied_to": Report(REPLIES, conversations),
    "conversations_first_replied_to": Report(Answered("first_response_at"), conversations),
    "median_first_response_time": Report(ANSWERED, median, "first_response_time"),
    "mean_first_response_time": Report(ANSWERED, average, "first_response_time"),
    "p90_first_response_time": Report(ANSWERED, ninetieth, "first_response_time"),
    "median_first_response_time_without_bot": Report(STARTED, median, "first_response_time_without_bot"),
    "first_response_time_distribution": distribution(
        Conversations("started_at", exists("first_response_time")), "first_response_time"
    ),
    "first_response_time_percentile": Report(ANSWERED, ninety_fifth, "first_response_time"),
    "response_time_percentile": Report(REPLIES, ninety_fifth, "response_time"),
    "answered_within_target": Report(STARTED, within(3600), "first_response_time", of_all=True),
    "first_responses_within_target": Report(ANSWERED, within(3600), "first_response_time", of_all=True),
    "conversations_without_reply": Report(Conversations("started_at", missing("first_response_at")), conversations),
    "no_reply_rate": Report(STARTED, rate(missing("first_response_at"))),
    "median_response_time_by_conversation": Report(STARTED, median, "median_reply_time"),
    "median_response_time_by_reply": Report(REPLIES, median, "response_time"),
    "median_response_time_started": Report(STARTED, median, "reply_times"),
    "teammate_conversations_replied_to": Report(REPLIES, conversations),
    "teammate_first_response_time": Report(REPLIES, median, "teammate_first_response_time"),
    "teammate_subsequent_response_time": Report(
        Actions(both(IS_REPLY, missing("teammate_first_response_time"))), median, "response_time"
    ),
    "first_response_time_by_team": Report(
        Conversations("started_at", exists("team_assigned_id")), median, "legacy.time_to_admin_reply"
    ),
    "team_first_response_time": Report(REPLIES, median, "team_first_response_time"),
    "team_subsequent_response_time": Report(
        Actions(both(IS_REPLY, exists("team_id"), missing("team_first_response_time"))), median, "response_time"
    ),
    "team_conversations_replied_to": Report(Actions(both(IS_REPLY, exists("team_id"))), conversations),
}
