"""Service levels: applied when a conversation is routed, judged whenever a teammate replies."""

from indexer.sample.authors import Json
from indexer.sample.case import Case, Promise, Target
from indexer.sample.channels import DAY, HOUR, MINUTE
from indexer.sample.sample_workspace import FRONTLINE, OPERATOR

_STANDARD_SHARE = 0.7
_TIME_TO_CLOSE = 5 * DAY


def apply_promise(case: Case) -> None:
    """Apply the service level of the customer's plan, if it has one."""
    if case.contact.plan == "Enterprise":
        case.promise = _promise("Enterprise", 30 * MINUTE, HOUR)
    elif case.contact.plan == "Pro" and case.happens(_STANDARD_SHARE):
        case.promise = _promise("Standard", 2 * HOUR, 4 * HOUR)
    else:
        return
    applied = "conversation_sla_applied_by_rule" if case.happens(0.6) else "conversation_sla_applied_by_workflow"
    details = {"sla_name": case.promise.name, "sla_definition": dict(case.promise.targets)}
    case.thread.add(applied, case.thread.now, OPERATOR, details=details)


def withdraw_promise(case: Case) -> None:
    """Take the service level away."""
    if case.promise is not None and not case.promise.cancelled:
        case.thread.add("conversation_sla_removed", case.thread.now, OPERATOR, details={"sla_name": case.promise.name})
        case.promise.cancelled = True


def judge(case: Case, waiting_since: int, *, first: bool) -> None:
    """Note a miss if the reply of this moment came too late.

    A target counts from the customer's message, or from when the team next came to work.
    """
    promise = case.promise
    if promise is None or promise.cancelled:
        return
    begins = case.rota.next_covered(case.thread.team or FRONTLINE, waiting_since)
    target: Target = "first_reply_time" if first else "next_reply_time"
    if case.thread.now - begins <= promise.targets[target]:
        promise.note(target, kept=True)
    else:
        _miss(case, promise, target)


def judge_close(case: Case, created_at: int) -> None:
    """Note a miss if the conversation is closed more than five days after it began."""
    promise = case.promise
    if promise is None or promise.cancelled or case.thread.now - created_at <= promise.targets["time_to_close"]:
        return
    _miss(case, promise, "time_to_close")


def _promise(name: str, first_reply: int, next_reply: int) -> Promise:
    return Promise(
        name, {"first_reply_time": first_reply, "next_reply_time": next_reply, "time_to_close": _TIME_TO_CLOSE}
    )


def _miss(case: Case, promise: Promise, target: Target) -> None:
    promise.note(target, kept=False)
    case.thread.add(
        "conversation_sla_target_missed",
        case.thread.now,
        OPERATOR,
        details={
            "sla_name": promise.name,
            "sla_target_type": target,
            "current_sla_status": promise.status,
            "sla_states": _states(promise),
        },
    )


def _states(promise: Promise) -> Json:
    """Each target with how it went; one that nothing has come of yet has all its time left."""
    return {
        target: {"status": state, "seconds_remaining": None}
        if (state := promise.states.get(target))
        else {"status": "active", "seconds_remaining": seconds}
        for target, seconds in promise.targets.items()
    }
