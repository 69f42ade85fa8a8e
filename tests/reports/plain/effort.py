"""What teammates do."""

from tests.reports.plain.items import Actions
from tests.reports.plain.kinds import Report, actions, added, average, conversations, heatmap
from tests.reports.plain.reading import both, exists, is_false, one_of

REPLIES = Actions(one_of("kind", "reply"))
HANDLED = Actions(exists("handling_time"))

REPORTS = {
    "replies_sent": Report(REPLIES, actions),
    "busiest_reply_periods": heatmap(REPLIES, actions),
    "notes_created": Report(Actions(one_of("kind", "note")), actions),
    "teammate_notes_created": Report(Actions(both(one_of("kind", "note"), is_false("bot"))), actions),
    "teammate_conversations_assigned": Report(
        Actions(both(one_of("kind", "assignment"), exists("to_teammate_id"))), conversations
    ),
    "conversations_assigned_by_team": Report(
        Actions(both(one_of("kind", "assignment"), exists("to_team_id"))), conversations
    ),
    "teammate_handling_time": Report(HANDLED, added, "handling_time"),
    "teammate_mean_handling_time": Report(HANDLED, average, "handling_time"),
}
