"""Whom a part assigns the conversation to (decisions 11, 31 and 32 in docs/metrics.md)."""

from indexer.conversation import wire
from indexer.conversation.event import Assignee
from indexer.conversation.values import assignee_id, identifier

_NOBODY: Assignee = ("nobody", "", "")
_TYPES = ("admin", "bot", "nobody_admin", "team")


def assignee_of(part: wire.Part, bot_admin_ids: frozenset[str]) -> Assignee | None:
    """Whom an assignment part assigns to, None if it does not say (decisions 11, 31 and 32).

    `nobody_admin` and id 0 are nobody, if nobody is named beside them. What names neither an admin, a bot nor a team
    says nothing.
    """
    kind = id_ = team = ""
    nobody = False
    given = part.assigned_to
    if given is not None:
        found = identifier(given.id)
        if given.type == "nobody_admin" or given.id in (0, "0"):
            nobody = True
        elif given.type == "bot":
            kind, id_ = "bot", found or ""
        elif found is not None and given.type == "admin":
            kind, id_ = "admin", found
        elif found is not None and given.type == "team":
            team = found
    if part.admin_assignee_id is not None and not kind:
        found = assignee_id(part.admin_assignee_id)
        if found is not None:
            kind, id_ = "admin", found
        nobody = nobody or part.admin_assignee_id in (0, "0")
    if part.team_assignee_id is not None and not team:
        team = assignee_id(part.team_assignee_id) or ""
        nobody = nobody or part.team_assignee_id in (0, "0")
    if kind:
        return ("bot" if kind == "bot" or id_ in bot_admin_ids else "teammate", id_, team)
    if team:
        return ("team", team, "")
    return _NOBODY if nobody else None


def is_unknown(assigned_to: wire.Reference) -> bool:
    """Whether somebody is named, and it cannot be told whom."""
    if assigned_to.type in _TYPES or assigned_to.id in (0, "0"):
        return False
    return bool(assigned_to.type) or identifier(assigned_to.id) is not None
