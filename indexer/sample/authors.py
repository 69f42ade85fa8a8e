"""Who writes parts: teammates, bots and contacts, with the team or teammate a conversation is assigned to."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Author:
    """The author of a part: what they count as, and how the vendor writes them (to be copied into each part)."""

    kind: Literal["contact", "teammate", "bot"]
    json: Json


class Shift(NamedTuple):
    """When somebody works: weekdays (Monday 0) and minutes of the local day."""

    time_zone: str
    weekdays: range
    starts: int
    ends: int


@dataclass(frozen=True, slots=True, eq=False)
class Team:
    """A team, as the vendor's inbox knows it."""

    id: str
    name: str

    @property
    def reference(self) -> Json:
        """The team as an assignee."""
        return {"type": "team", "id": self.id}


@dataclass(frozen=True, slots=True, eq=False)
class Teammate:
    """A person of a team, with the hours they work."""

    id: str
    name: str
    email: str
    team: Team
    shift: Shift
    author: Author = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the author once; parts copy it."""
        object.__setattr__(self, "author", Author("teammate", admin_json("admin", self.id, self.name, self.email)))

    @property
    def reference(self) -> Json:
        """The teammate as an assignee."""
        return {"type": "admin", "id": self.id}


class Nobody:
    """The assignee of an unassignment."""

    @property
    def reference(self) -> Json:
        """Nobody, as the vendor writes it."""
        return {"type": "nobody_admin", "id": None}


NOBODY = Nobody()
Assignee = Team | Teammate | Nobody


def admin_json(kind: str, author_id: str, name: str, email: str, *, ai_agent: bool = False) -> Json:
    """An author on the workspace's side, of type `admin` or `bot`."""
    return {
        "type": kind,
        "id": author_id,
        "name": name,
        "email": email,
        "from_ai_agent": ai_agent,
        "is_ai_answer": ai_agent,
    }
