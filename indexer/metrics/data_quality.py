"""What a reader should know before trusting the numbers of a conversation: the flags of its document."""

from indexer.conversation import Conversation
from indexer.metrics.facts import is_score
from indexer.metrics.schema import ReportingDocument
from indexer.metrics.states import States


def put_data_quality(
    document: ReportingDocument,
    conversation: Conversation,
    states: States | None = None,
    sla_flag: str | None = None,
) -> None:
    """Fill in the flags: those of reading the conversation, and those of its numbers.

    `states` are None where its history is not known; `sla_flag` says why its replies have no outcomes.
    """
    said = conversation.said
    found = conversation.data_quality
    if states is not None and states.last is not None and said.state != states.last and said.state:
        found = [*found, "state_mismatch"]
    if sla_flag is not None:
        found = [*found, sla_flag]
    rating, agent = said.conversation_rating, said.ai_agent
    if (rating is not None and _is_unknown(rating.rating)) or (agent is not None and _is_unknown(agent.rating)):
        found = [*found, "rating_unknown"]
    document.data_quality = found or None


def _is_unknown(rating: int | None) -> bool:
    return rating is not None and not is_score(rating)
