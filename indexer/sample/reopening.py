"""Conversations that come back after they were closed."""

from indexer.sample.authors import Teammate
from indexer.sample.case import Case
from indexer.sample.channels import DAY, HOUR
from indexer.sample.phrases import NOTES, REOPENINGS
from indexer.sample.proportions import Mix

_WAYS = Mix(("customer", 76), ("opened", 9), ("assigned", 9), ("noted", 6))
_LONG = 40


def reopen(case: Case, share: float) -> bool:
    """Reopen the conversation in `share` of all cases; whether it was."""
    thread = case.thread
    if len(thread.parts) > _LONG or not case.happens(share):
        return False
    way = _WAYS.pick(case.draw())
    if way == "customer" or thread.teammate is None:
        case.customer_writes(REOPENINGS, DAY)
        return True
    mate, at = case.on_duty(case.later(3 * HOUR))
    _reopen_by_teammate(case, mate, at, way)
    return True


def _reopen_by_teammate(case: Case, mate: Teammate, at: int, way: str) -> None:
    thread = case.thread
    match way:
        case "opened":
            thread.add("open", at, mate.author)
        case "assigned":
            thread.add("assign_and_reopen", at, mate.author, assignee=mate)
        case _:
            thread.add("note_and_reopen", at, mate.author, case.words(NOTES))
