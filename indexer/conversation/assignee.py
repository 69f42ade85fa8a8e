"""The assignee that a part sets (decisions 11, 31 and 32 in docs/metrics.md)."""

from typing import Final

from indexer.conversation import wire
from indexer.conversation.event import Assignee
from indexer.conversation.values import assignee_id, identifier

_NOBODY: Final[Assignee] = ("nobody", "", "")
_TYPES: Final = ("admin", "bot", "nobody_admin", "team")


def assignee_of(part: wire.Part, bot_admin_ids: frozenset[str]) -> Assignee | None:
    """The assignee that an assignment part names, None if it does not name one (decisions 11, 31 and 32).

    `nobody_admin` and id 0 mean that nobody is assigned, unless an assignee is named as well. A reference that is
    neither an admin, a bot nor a team names no assignee.
    """
    kind = id_ = team = ""
    nobody = False
    given = part.assigned_to
    if given is not None:
        given_type, given_id = given.type, given.id
        found = identifier(given_id)
        if given_type == "nobody_admin" or _is_zero(given_id):
            nobody = True
        elif given_type == "bot":
            kind, id_ = "bot", found or ""
        elif found is not None and given_type == "admin":
            kind, id_ = "admin", found
        elif found is not None and given_type == "team":
            team = found
    admin_id, team_id = part.admin_assignee_id, part.team_assignee_id
    if admin_id is not None and not kind:
        found = assignee_id(admin_id)
        if found is not None:
            kind, id_ = "admin", found
        nobody = nobody or _is_zero(admin_id)
    if team_id is not None and not team:
        team = assignee_id(team_id) or ""
        nobody = nobody or _is_zero(team_id)
    if kind:
        return ("bot" if kind == "bot" or id_ in bot_admin_ids else "teammate", id_, team)
    if team:
        return ("team", team, "")
    return _NOBODY if nobody else None


def is_unknown(assigned_to: wire.Reference) -> bool:
    """Whether an assignee is named, but it cannot be told which."""
    given_type = assigned_to.type
    if given_type in _TYPES or _is_zero(assigned_to.id):
        return False
    return bool(given_type) or identifier(assigned_to.id) is not None


def _is_zero(id_: wire.Id) -> bool:
    return id_ == "0" if isinstance(id_, str) else id_ == 0
