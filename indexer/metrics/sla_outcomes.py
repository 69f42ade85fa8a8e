"""The outcomes of replies by the targets of the SLA: in time or too late (decisions 29 and 34)."""

from indexer.conversation import Conversation
from indexer.metrics.facts import missed_targets
from indexer.metrics.schema import Action, ReportingDocument

_TARGETS = ("first_reply_time", "next_reply_time", "resolution_time", "time_to_close")
"""The targets that the vendor knows; only the first two apply to replies."""


def put_sla_outcomes(document: ReportingDocument, conversation: Conversation) -> str | None:
    """Fill in target and outcome of the replies of a conversation whose SLA is in force.

    The first reply after the anchor has the target `first_reply_time`, every later one that answers has
    `next_reply_time`. A miss is recorded when a teammate replies: it is that of the nearest reply with its target.
    If it cannot be told which replies missed, none has an outcome; returns the flag that says so.
    """
    sla = document.sla
    if sla is None or sla.name is None or sla.status in (None, "cancelled"):
        return None
    if sla.status not in ("active", "hit", "missed"):
        return "sla_status_unknown"
    misses = missed_targets(conversation) if sla.status != "hit" else []
    if any(target not in _TARGETS for _, target in misses) or (sla.status == "missed" and not misses):
        return "sla_target_unknown"
    firsts: list[Action] = []
    nexts: list[Action] = []
    for action in document.actions or ():
        if action.first_response:
            action.sla_target = "first_reply_time"
            firsts.append(action)
        elif action.response_time is not None:
            action.sla_target = "next_reply_time"
            nexts.append(action)
        else:
            continue
        action.sla_outcome = "hit"
    measured = {"first_reply_time": firsts, "next_reply_time": nexts}
    for at, target in misses:
        candidates = measured.get(target or "")
        if candidates:
            _nearest(candidates, at).sla_outcome = "missed"
    return None


def _nearest(replies: list[Action], at: int) -> Action:
    """The reply nearest in time; of two as near, the earlier."""
    return min(replies, key=lambda action: abs(action.at - at))
