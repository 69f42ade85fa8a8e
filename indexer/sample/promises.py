"""Service levels: applied when a conversation is routed, judged whenever a teammate replies."""

from indexer.sample.authors import Json
from indexer.sample.case import Case, Promise
from indexer.sample.channels import HOUR, MINUTE
from indexer.sample.workspace import FRONTLINE, OPERATOR

_STANDARD_SHARE = 0.7


def apply_promise(case: Case) -> None:
    """Apply the service level of the customer's plan, if it has one."""
    if case.contact.plan == "Enterprise":
        case.promise = Promise("Enterprise", 30 * MINUTE, HOUR)
    elif case.contact.plan == "Pro" and case.happens(_STANDARD_SHARE):
        case.promise = Promise("Standard", 2 * HOUR, 4 * HOUR)
    else:
        return
    applied = "conversation_sla_applied_by_rule" if case.happens(0.6) else "conversation_sla_applied_by_workflow"
    case.thread.add(applied, case.thread.now, OPERATOR, details=_details(case.promise))


def withdraw_promise(case: Case) -> None:
    """Take the service level away."""
    if case.promise is not None and not case.promise.cancelled:
        case.thread.add("conversation_sla_removed", case.thread.now, OPERATOR, details=_details(case.promise))
        case.promise.cancelled = True


def judge(case: Case, waiting_since: int, *, first: bool) -> None:
    """Note a miss if the reply of this moment came too late.

    A target counts from the customer's message, or from when the team next came to work.
    """
    promise = case.promise
    if promise is None or promise.cancelled:
        return
    begins = case.rota.next_covered(case.thread.team or FRONTLINE, waiting_since)
    allowed = promise.first_reply if first else promise.next_reply
    if case.thread.now - begins <= allowed:
        promise.kept = True
        return
    target = "first_reply_time" if first else "next_reply_time"
    case.thread.add(
        "conversation_sla_target_missed",
        case.thread.now,
        OPERATOR,
        details={**_details(promise), "target": target},
    )
    promise.missed = True


def judge_close(case: Case, created_at: int) -> None:
    """Note a miss if the conversation is closed more than five days after it began."""
    promise = case.promise
    if promise is None or promise.cancelled or case.thread.now - created_at <= 5 * 24 * HOUR:
        return
    case.thread.add(
        "conversation_sla_target_missed",
        case.thread.now,
        OPERATOR,
        details={**_details(promise), "target": "time_to_close"},
    )
    promise.missed = True


def _details(promise: Promise) -> Json:
    return {"sla": {"name": promise.name}}
