"""Snoozes: a conversation put aside until a time, or until the customer writes."""

from indexer.sample.authors import Teammate
from indexer.sample.case import Case
from indexer.sample.channels import DAY, HOUR
from indexer.sample.phrases import AFTER_SNOOZE, FOLLOW_UPS, NOTES
from indexer.sample.proportions import Mix
from indexer.sample.replies import reply
from indexer.sample.sample_workspace import OPERATOR

_SPANS = Mix((4 * HOUR, 15), (DAY, 30), (3 * DAY, 25), (7 * DAY, 18), (30 * DAY, 12))
_ENDINGS = Mix(("customer", 32), ("timer", 40), ("said", 8), ("unsaid", 8), ("assigned", 6), ("noted", 6))


def snooze(case: Case, mate: Teammate) -> None:
    """Put the conversation aside; it comes back when its time is up, or the customer or a teammate acts earlier."""
    thread = case.thread
    span = _SPANS.pick(case.draw())
    at = thread.now + case.soon(30)
    thread.add("snoozed", at, mate.author)
    thread.snoozed_until = at + span
    ending = _ENDINGS.pick(case.draw())
    if ending == "timer":
        thread.add("timer_unsnooze", at + span, OPERATOR)
        return
    early = at + int(span * case.draw())
    if ending == "customer":
        case.customer_message(early, case.words(FOLLOW_UPS))
        return
    # Teammates act in their working hours, and not after the timer would have.
    early = min(at + span, max(early, case.rota.next_covered(mate.team, early)))
    match ending:
        case "said":
            reply(case, mate, early, case.words(AFTER_SNOOZE), part_type="unsnoozed")
        case "unsaid":
            thread.add("unsnoozed", early, mate.author)
        case "assigned":
            thread.add("assign_and_unsnooze", early, mate.author, assignee=mate)
        case _:
            thread.add("note_and_unsnooze", early, mate.author, case.words(NOTES))
