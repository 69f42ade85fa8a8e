"""What the AI agent settles, and whether service levels are kept."""

from tests.reports.plain.items import Actions, Conversations
from tests.reports.plain.kinds import Report, actions, conversations, rate
from tests.reports.plain.reading import at_least, both, exists, is_true, none_of, one_of

PARTICIPATED = is_true("ai.participated")
RESOLVED = one_of("ai.resolution_state", "assumed_resolution", "confirmed_resolution")
ANSWERED = one_of("ai.last_answer_type", "ai_answer")
NO_PREVIEW = Conversations("started_at", none_of("ai.source_type", "fin_preview", "workflow_preview"))
JUDGED = Actions(both(one_of("kind", "reply"), exists("sla_outcome")))

REPORTS = {
    "sla_hit_rate": Report(
        Conversations("started_at", both(exists("sla.name"), one_of("sla.status", "hit", "missed"))),
        rate(one_of("sla.status", "hit")),
    ),
    "conversations_with_sla": Report(Conversations("started_at", exists("sla.name")), conversations),
    "sla_misses": Report(Conversations("started_at", exists("sla.missed_targets")), conversations),
    "sla_reply_performance": Report(JUDGED, rate(one_of("sla_outcome", "hit"))),
    "sla_replies": Report(JUDGED, actions),
    "ai_resolutions": Report(Conversations("started_at", both(ANSWERED, RESOLVED)), conversations),
    "ai_resolution_rate": Report(Conversations("started_at", PARTICIPATED), rate(both(ANSWERED, RESOLVED))),
    "custom_answer_resolution_rate": Report(
        Conversations("started_at", one_of("ai.last_answer_type", "custom_answer")), rate(RESOLVED)
    ),
    "ai_involvement_rate": Report(NO_PREVIEW, rate(PARTICIPATED)),
    "ai_automation_rate": Report(NO_PREVIEW, rate(both(PARTICIPATED, RESOLVED))),
    "ai_resolution_states": Report(Conversations("started_at", exists("ai.resolution_state")), conversations),
    "ai_csat": Report(Conversations("started_at", exists("ai.rating")), rate(at_least("ai.rating", 4))),
}
