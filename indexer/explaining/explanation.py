"""The parts of an explanation. Its JSON has these names; docs/explaining.md shows one."""

from dataclasses import dataclass
from typing import Any

from indexer.datasets.field import Clock, Derivation, Pipeline
from indexer.differences.reason import Reason
from indexer.office_hours.spans import Span

CREATION = 0
"""The number of the conversation's creation in the timeline, where legacy clocks start; the events follow it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline: the creation (number 0), the source message, or a part; `at` in epoch seconds.

    `roles` are those in which it counts (anchor, reply, close …); `names` are the fields of the document whose time is
    this entry's; team and teammate are those assigned when it came, `beside_team_id` is the team that it assigns beside
    a teammate or a bot. `author_type` is the vendor's, but `bot` if an admin's account is one.
    """

    number: int
    at: int
    type: str
    part_id: str | None = None
    author_type: str | None = None
    author_id: str | None = None
    assigned_to: tuple[str, str] | None = None
    team_id: str | None = None
    teammate_id: str | None = None
    roles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    beside_team_id: str | None = None


@dataclass(frozen=True, slots=True)
class Assigned:
    """A time in which the conversation was assigned, in epoch seconds; the last one may have no end.

    `with_bot` says that a bot had it, beside the team or without one.
    """

    start: int
    end: int | None
    team_id: str | None
    teammate_id: str | None
    with_bot: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time between two entries of the timeline, and the intervals of it that count.

    The intervals are half-open, in epoch seconds; `seconds` is their sum. A stretch that would run backwards has none.
    """

    start: int
    end: int | None
    first: int | None
    last: int | None
    hours: Clock
    seconds: int
    intervals: list[Span]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the document: its value, its definition, the entries (by number) and stretches of its derivation.

    `more` counts parts besides the entries, which the vendor has and did not deliver.
    """

    name: str
    pipeline: Pipeline
    kind: Derivation
    value: Any
    rule: str
    parts: tuple[int, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """Fields of the three pipelines that answer the same question, by name; None if a pipeline has none."""

    title: str
    new: str | None = None
    rest: str | None = None
    legacy: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The existing names, that of the new pipeline first."""
        return tuple(name for name in (self.new, self.rest, self.legacy) if name is not None)


@dataclass(frozen=True, slots=True)
class Why:
    """Two fields of different pipelines with different values, the rules that explain it, and a sentence."""

    left: str
    right: str
    reasons: tuple[Reason, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A conversation's document and its derivation; `as_of` is the second after which parts are left out.

    `time_zone` is the workspace's, for readers; all times are epoch seconds.
    """

    workspace_id: str
    conversation_id: str
    time_zone: str
    metrics_version: int
    office_hours_id: str
    as_of: int | None
    timeline: list[Entry]
    assignments: list[Assigned]
    rows: list[Row]
    fields: dict[str, Field]
    differences: list[Why]
