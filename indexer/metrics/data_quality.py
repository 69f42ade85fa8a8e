"""The flags of a document, which say how far the numbers of a conversation can be trusted."""

from indexer.conversation import Conversation
from indexer.metrics.attributes import Attributes, is_too_long
from indexer.metrics.facts import is_score
from indexer.metrics.schema import ReportingDocument
from indexer.metrics.states import States

MOST_ACTIONS = 10_000
"""The most actions of a document: Elasticsearch takes no more nested objects (`nested_objects.limit`)."""


def put_data_quality(
    document: ReportingDocument,
    conversation: Conversation,
    attributes: Attributes,
    states: States | None = None,
    sla_flag: str | None = None,
) -> None:
    """Fill in the flags: those of reading the conversation, and those of its numbers.

    `states` are None if its history is not known; `sla_flag` is the reason if its replies have no outcomes.
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
    if document.actions is not None and len(document.actions) > MOST_ACTIONS:
        found = [*found, "actions_cut"]
    if attributes.left_out:
        found = [*found, "attribute_left_out"]
    if attributes.too_long or _has_value_too_long(document):
        found = [*found, "value_too_long"]
    document.data_quality = found or None


def _has_value_too_long(document: ReportingDocument) -> bool:
    """Whether a text that people type, other than a remark, is too long to be searched and grouped."""
    tags, sla, ai = document.tags, document.sla, document.ai
    if tags is not None:
        for tag in tags:
            if is_too_long(tag):
                return True
    return (
        is_too_long(document.title)
        or is_too_long(document.country)
        or is_too_long(document.continent)
        or (sla is not None and is_too_long(sla.name))
        or (ai is not None and is_too_long(ai.source_title))
    )


def _is_unknown(rating: int | None) -> bool:
    return rating is not None and not is_score(rating)
