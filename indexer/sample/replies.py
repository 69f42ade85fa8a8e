"""What a teammate says to the customer, and whether it came in time."""

from indexer.sample.authors import Assignee, Teammate
from indexer.sample.case import Case
from indexer.sample.slas import judge


def reply(
    case: Case,
    mate: Teammate,
    at: int,
    body: str,
    *,
    part_type: str = "comment",
    assignee: Assignee | None = None,
) -> None:
    """Write a part that the customer sees, of whatever type carries it, and judge the service level."""
    thread = case.thread
    waiting_since = thread.waiting_since
    first = not case.answered
    thread.add(part_type, at, mate.author, body, assignee=assignee)
    case.answered = True
    if waiting_since is not None:
        judge(case, waiting_since, first=first)
