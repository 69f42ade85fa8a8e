"""What customers say of it."""

from tests.reports.plain.items import Conversations
from tests.reports.plain.kinds import Report, average, conversations, rate
from tests.reports.plain.reading import at_least, both, exists

SCORED = exists("rating.score")
OF_A_TEAMMATE = exists("rating.teammate_id")
POSITIVE = rate(at_least("rating.score", 4))

REPORTS = {
    "csat_score": Report(Conversations("rating.rated_at", SCORED), POSITIVE),
    "conversation_ratings": Report(Conversations("rating.rated_at"), conversations),
    "rating_response_rate": Report(Conversations("rating.requested_at"), rate(SCORED)),
    "rating_remarks": Report(Conversations("rating.rated_at", exists("rating.remark")), conversations),
    "teammate_rating_mean": Report(Conversations("rating.rated_at", OF_A_TEAMMATE), average, "rating.score"),
    "teammate_csat_score": Report(Conversations("rating.rated_at", both(SCORED, OF_A_TEAMMATE)), POSITIVE),
}
