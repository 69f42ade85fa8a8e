"""How many conversations there are, and in which state."""

from tests.reports.plain.items import Conversations, During, Now
from tests.reports.plain.kinds import Report, conversations, heatmap, part_of_all
from tests.reports.plain.reading import Document, at_least, exists, is_true, one_of, values

STARTED = Conversations("started_at")
IDLE_AFTER = 1800


def on_board(state: str) -> Now:
    return Now(lambda document, _now: assigned(document) and document.get("state") == state)


def assigned(document: Document) -> bool:
    return bool(values(document, "teammate_assigned_id"))


def idle(document: Document, now: int) -> bool:
    waiting = any(since < now - IDLE_AFTER for since in values(document, "waiting_since"))
    return waiting and assigned(document) and document.get("state") == "open"


REPORTS = {
    "new_conversations": Report(STARTED, conversations),
    "new_conversations_created": Report(Conversations("created_at", exists("started_at")), conversations),
    "new_inbound_conversations": Report(
        Conversations("legacy.conversation_created_at", one_of("legacy.message_type", "UserMessage")), conversations
    ),
    "conversations_by_channel": Report(STARTED, conversations),
    "channel_share": Report(STARTED, part_of_all),
    "conversations_by_how_started": Report(STARTED, conversations),
    "conversations_by_country": Report(Conversations("started_at", exists("country")), conversations),
    "conversations_by_continent": Report(Conversations("started_at", exists("continent")), conversations),
    "tagged_conversations": Report(Conversations("started_at", exists("tags")), conversations),
    "busiest_periods": heatmap(STARTED, conversations),
    "open_conversations": Report(During("open_during"), conversations),
    "snoozed_conversations": Report(During("snoozed_during"), conversations),
    "snoozed_conversations_created": Report(Conversations("created_at", one_of("state", "snoozed")), conversations),
    "reopened_conversations": Report(
        Conversations("created_at", at_least("statistics.count_reopens", 1)), conversations
    ),
    "team_board_open": Report(on_board("open"), conversations),
    "team_board_idle": Report(Now(idle), conversations),
    "team_board_snoozed": Report(on_board("snoozed"), conversations),
    "conversations_reassigned": Report(
        Conversations("first_response_at", at_least("reassignments_after_first_reply", 2)), conversations
    ),
    "conversations_assigned_again": Report(
        Conversations("started_at", at_least("statistics.count_assignments", 2)), conversations
    ),
    "closed_on_first_contact": Report(Conversations("started_at", is_true("closed_on_first_contact")), conversations),
}
