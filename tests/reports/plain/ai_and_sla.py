"""What the AI agent settles, and whether service levels are kept."""

from tests.reports.plain.items import Actions, ActionsOf, Conversations
from tests.reports.plain.kinds import Report, actions, conversations, rate
from tests.reports.plain.reading import at_least, both, exists, is_true, none_of, one_of

PARTICIPATED = is_true("ai.participated")
NOT_UNDONE = both(exists("ai.resolution_state"), none_of("ai.resolution_state", "escalated", "negative_feedback"))
RESOLVED = one_of("ai.resolution_state", "assumed_resolution", "confirmed_resolution")
ANSWERED = one_of("ai.last_answer_type", "ai_answer")
IS_NO_PREVIEW = none_of("ai.source_type", "fin_preview", "workflow_preview")
NO_PREVIEW = Conversations("started_at", IS_NO_PREVIEW)
INVOLVED = both(IS_NO_PREVIEW, PARTICIPATED)
WITH_SLA = exists("sla.name")
IS_JUDGED = both(one_of("kind", "reply"), exists("sla_outcome"))
JUDGED = Actions(IS_JUDGED)
STARTED_AND_JUDGED = ActionsOf("started_at", IS_JUDGED)

REPORTS = {
    "sla_hit_rate": Report(Conversations("started_at", WITH_SLA), rate(one_of("sla.status", "hit"))),
    "active_sla_conversations": Report(
        Conversations("started_at", both(WITH_SLA, one_of("sla.status", "active"))), conversations
    ),
    "resolved_within_sla": Report(
        Conversations("started_at", both(WITH_SLA, one_of("sla.status", "hit", "missed"), exists("last_closed_at"))),
        rate(
            both(
                none_of("sla.missed_targets", "resolution_time", "time_to_close"),
                none_of("data_quality", "sla_target_unknown"),
            )
        ),
    ),
    "sla_hit_rate_decided": Report(
        Conversations("started_at", both(exists("sla.name"), one_of("sla.status", "hit", "missed"))),
        rate(one_of("sla.status", "hit")),
    ),
    "conversations_with_sla": Report(Conversations("started_at", exists("sla.name")), conversations),
    "sla_misses": Report(Conversations("started_at", exists("sla.missed_targets")), conversations),
    "sla_reply_performance": Report(STARTED_AND_JUDGED, rate(one_of("sla_outcome", "hit"))),
    "sla_reply_performance_by_day_of_reply": Report(JUDGED, rate(one_of("sla_outcome", "hit"))),
    "sla_replies": Report(STARTED_AND_JUDGED, actions),
    "sla_replies_by_day_of_reply": Report(JUDGED, actions),
    "ai_resolutions": Report(Conversations("started_at", both(INVOLVED, ANSWERED, NOT_UNDONE)), conversations),
    "ai_resolutions_of_any_answer": Report(Conversations("started_at", both(INVOLVED, RESOLVED)), conversations),
    "ai_resolution_rate": Report(Conversations("started_at", INVOLVED), rate(both(ANSWERED, NOT_UNDONE))),
    "custom_answer_resolution_rate": Report(
        Conversations("started_at", one_of("ai.last_answer_type", "custom_answer")), rate(RESOLVED)
    ),
    "ai_involvement_rate": Report(NO_PREVIEW, rate(PARTICIPATED)),
    "ai_automation_rate": Report(NO_PREVIEW, rate(both(PARTICIPATED, ANSWERED, NOT_UNDONE))),
    "ai_automation_rate_of_any_answer": Report(NO_PREVIEW, rate(both(PARTICIPATED, RESOLVED))),
    "ai_resolution_states": Report(Conversations("started_at", exists("ai.resolution_state")), conversations),
    "ai_csat": Report(Conversations("started_at", exists("ai.rating")), rate(at_least("ai.rating", 4))),
}
