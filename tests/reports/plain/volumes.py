"""How many conversations there are, and in which state."""

from tests.reports.plain.figures import Figure, share
from tests.reports.plain.items import Changes, Conversations, During, Now
from tests.reports.plain.kinds import Items, Report, ages, conversations, heatmap, outflow, part_of_all
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


def is_open(document: Document, _now: int) -> bool:
    return document.get("state") == "open"


def open_for(seconds: int) -> Now:
    return Now(lambda document, now: is_open(document, now) and any(at < now - seconds for at in started(document)))


def started(document: Document) -> list[int]:
    return values(document, "started_at")


def open_since(field: str) -> Now:
    return Now(lambda document, now: is_open(document, now) and bool(values(document, field)))


def older_than_a_week(items: Items, _whole: Items, _field: str) -> Figure:
    old = sum(any(at < item.at - WEEK for at in started(item.document)) for item in items)
    return share(old, len(items), len(items))


WEEK = 7 * 86_400
DAYS = (("8 h - 1 d", 86_400), ("1 d - 3 d", 3 * 86_400), ("3 d - 7 d", WEEK), ("7 d - 30 d", 30 * 86_400))

REPORTS = {
    "closed_minus_opened": Report(Changes("open_during"), outflow),
    "backlog_older_than": Report(open_for(WEEK), conversations),
    "backlog_older_than_rate": Report(open_since("started_at"), older_than_a_week),
    "backlog_age_distribution": ages(
        open_since("started_at"), "started_at", (("< 1 h", 3600), ("1 h - 8 h", 28_800), *DAYS), ">= 30 d"
    ),
    "backlog_waiting_distribution": ages(
        open_since("waiting_since"),
        "waiting_since",
        (("< 15 m", 900), ("15 m - 1 h", 3600), ("1 h - 8 h", 28_800), *DAYS),
        ">= 30 d",
    ),
    "waiting_conversations": Report(open_since("waiting_since"), conversations),
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
