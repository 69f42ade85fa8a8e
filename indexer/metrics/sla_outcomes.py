"""Which replies kept the targets of the SLA, and which came too late (decision 29)."""

from indexer.conversation import Conversation, wire
from indexer.conversation.part_types import PART_TYPES
from indexer.metrics.schema import Action, ReportingDocument

_TARGET_MISSED = PART_TYPES["conversation_sla_target_missed"]


def put_sla_outcomes(document: ReportingDocument, conversation: Conversation) -> None:
    """Fill in target and outcome of the replies of a conversation whose SLA is in force.

    The first reply after the anchor has the target `first_reply_time`, every later one that answers has
    `next_reply_time`. A miss is recorded when a teammate replies: it is that of the nearest reply with its target.
    """
    sla = document.sla
    if sla is None or sla.status in (None, "cancelled"):
        return
    firsts: list[Action] = []
    nexts: list[Action] = []
    for action in document.actions:
        if action.first_response:
            action.sla_target = "first_reply_time"
            firsts.append(action)
        elif action.response_time is not None:
            action.sla_target = "next_reply_time"
            nexts.append(action)
        else:
            continue
        action.sla_outcome = "hit"
    if sla.status == "hit":
        return
    parts = conversation.said.conversation_parts.conversation_parts or ()
    measured = {"first_reply_time": firsts, "next_reply_time": nexts}
    for event in conversation.events:
        if event.type is _TARGET_MISSED:
            at = event.at
            candidates = measured.get(wire.missed_target(parts[event.place]) or "")
            if candidates:
                min(candidates, key=lambda action: abs(action.at - at)).sla_outcome = "missed"
