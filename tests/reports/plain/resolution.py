"""How conversations end, and what that took."""

from tests.reports.plain.items import Actions, Conversations
from tests.reports.plain.kinds import (
    LONG,
    Report,
    actions,
    added,
    average,
    conversations,
    distribution,
    median,
    ninetieth,
    ninety_fifth,
    rate,
    within,
)
from tests.reports.plain.reading import at_least, both, exists, is_true, one_of

STARTED = Conversations("started_at")
CLOSES = Actions(one_of("kind", "close"))
CLOSED = Conversations("started_at", exists("last_closed_at"))

REPORTS = {
    "closed_conversations": Report(CLOSES, conversations),
    "close_events": Report(CLOSES, actions),
    "new_closed_conversations": Report(Conversations("statistics.first_close_at"), conversations),
    "closed_on_first_contact_rate": Report(CLOSED, rate(is_true("closed_on_first_contact"))),
    "median_time_to_close": Report(STARTED, median, "time_to_last_close"),
    "median_time_to_close_by_human": Report(STARTED, median, "time_to_last_close_by_human"),
    "time_to_close_distribution": distribution(
        Conversations("started_at", exists("time_to_last_close")), "time_to_last_close", LONG, ">= 30 d"
    ),
    "reopen_rate": Report(CLOSED, rate(at_least("statistics.count_reopens", 1))),
    "p90_time_to_close": Report(STARTED, ninetieth, "time_to_last_close"),
    "time_to_close_percentile": Report(STARTED, ninety_fifth, "time_to_last_close"),
    "closed_within_target": Report(CLOSED, within(86_400), "time_to_last_close", of_all=True),
    "median_time_to_first_assignment": Report(STARTED, median, "statistics.time_to_assignment"),
    "median_time_from_start_to_first_assignment": Report(STARTED, median, "legacy.time_to_first_assignment"),
    "median_first_assignment_to_close": Report(STARTED, median, "first_assignment_to_close"),
    "median_assignment_before_reply_to_close": Report(STARTED, median, "assignment_before_reply_to_close"),
    "replies_to_close": Report(CLOSED, median, "replies_to_close"),
    "mean_replies_to_close": Report(CLOSED, average, "replies_to_close"),
    "reassignments": Report(STARTED, added, "reassignments_after_first_reply"),
    "mean_reassignments": Report(STARTED, average, "reassignments_after_first_reply"),
    "teammate_replies_per_conversation": Report(STARTED, average, "teammate_replies_count"),
    "median_handling_time": Report(STARTED, median, "handling_time"),
    "total_handling_time": Report(STARTED, added, "handling_time"),
    "team_conversations_closed": Report(Actions(both(one_of("kind", "close"), exists("team_id"))), conversations),
    "teammate_conversations_closed": Report(
        Actions(both(one_of("kind", "close"), exists("teammate_id"))), conversations
    ),
    "teammate_close_events": Report(Actions(both(one_of("kind", "close"), exists("teammate_id"))), actions),
    "teammate_time_to_close": Report(CLOSES, median, "teammate_time_to_close"),
    "team_time_to_close": Report(CLOSES, median, "team_time_to_close"),
}
