"""The states of a conversation over time: open, snoozed, and its assignment.

They are found from the parts alone (decisions 11 and 19): a conversation begins open and not snoozed at the anchor;
earlier parts only set the assignment. The conversation's own state ends spans that no part ended (decision 30).
"""

from typing import Final

from indexer.conversation import Conversation, Event, Timeline


class Assignment:
    """Team and teammate that a conversation is assigned to, the events that assigned them, or that a bot has it."""

    def __init__(
        self,
        team_id: str | None = None,
        team_since: Event | None = None,
        teammate_id: str | None = None,
        teammate_since: Event | None = None,
        *,
        with_bot: bool = False,
    ) -> None:
        """Hold them."""
        self.team_id: Final = team_id
        self.team_since: Final = team_since
        self.teammate_id: Final = teammate_id
        self.teammate_since: Final = teammate_since
        self.with_bot: Final = with_bot


UNASSIGNED: Final = Assignment()


def assignment_after(before: Assignment, event: Event) -> Assignment:
    """The assignment after `event`; an event that names the present assignee changes nothing.

    A bot is not a teammate: if one is assigned, no teammate is, and the team stays. A team that is named beside a
    teammate or a bot is assigned with them.
    """
    if event.assignee is None:
        return before
    kind, assignee_id, beside = event.assignee
    if kind == "team":
        return Assignment(assignee_id, before.team_since if assignee_id == before.team_id else event)
    if kind == "nobody":
        return UNASSIGNED
    team_id, team_since = before.team_id, before.team_since
    if beside and beside != team_id:
        team_id, team_since = beside, event
    if kind == "bot":
        return Assignment(team_id, team_since, with_bot=True)
    if assignee_id != before.teammate_id:
        return Assignment(team_id, team_since, assignee_id, event)
    return before if team_id == before.team_id else Assignment(team_id, team_since, assignee_id, before.teammate_since)


Span = tuple[int, int]
OpenSpan = tuple[int, int | None]


class States:
    """The result of the walk.

    `in_force`: for each event the assignment before it took effect. `open_spans` and `snoozed_spans`
    start at the anchor at the earliest, the last may have no end. `handled` are the complete stretches in which it was
    open, not snoozed and assigned to one teammate, by the place of the event that ended each. Spans without length are
    left out. `last` is the last state, None without an anchor.
    """

    def __init__(
        self,
        in_force: list[Assignment],
        open_spans: list[OpenSpan],
        snoozed_spans: list[OpenSpan],
        handled: dict[int, Span],
        last: str | None,
    ) -> None:
        """Hold them."""
        self.in_force: Final = in_force
        self.open_spans: Final = open_spans
        self.snoozed_spans: Final = snoozed_spans
        self.handled: Final = handled
        self.last: Final = last


class _Stretches:
    """The stretches of time in which something holds."""

    __slots__ = ("ended", "since")

    def __init__(self) -> None:
        self.ended: list[Span] = []
        self.since: int | None = None

    def begin(self, at: int) -> None:
        if self.since is None:
            self.since = at

    def end(self, at: int) -> None:
        if self.since is not None:
            if self.since < at:
                self.ended.append((self.since, at))
            self.since = None

    def all(self) -> list[OpenSpan]:
        return [*self.ended, (self.since, None)] if self.since is not None else [*self.ended]


def walk_states(timeline: Timeline) -> States:
    """Walk the events once and note the states they led to."""
    in_force: list[Assignment] = []
    assignment = UNASSIGNED
    opened, snoozed = _Stretches(), _Stretches()
    handled: dict[int, Span] = {}
    handler: str | None = None
    handled_since = 0
    started = False
    for event in timeline.events:
        in_force.append(assignment)
        if event.assignee is not None:
            assignment = assignment_after(assignment, event)
        elif started and not event.type.moves_state:
            continue
        if started:
            if event.type.moves_state:
                _apply(event, opened, snoozed)
        elif event is timeline.anchor:
            started = True
            opened.begin(event.at)
        present = assignment.teammate_id if opened.since is not None and snoozed.since is None else None
        if present != handler:
            if handler is not None and handled_since < event.at:
                handled[event.place] = (handled_since, event.at)
            handler, handled_since = present, event.at
    last: str | None = None
    if started:
        last = "closed" if opened.since is None else "open" if snoozed.since is None else "snoozed"
    return States(in_force, opened.all(), snoozed.all(), handled, last)


def states_of(conversation: Conversation, timeline: Timeline) -> States:
    """The states from the walk, with an end for open spans of a conversation whose own state is closed (decision 30).

    They end with the conversation's last change, or its last event if that is later. Nothing else uses that state.
    """
    walked = walk_states(timeline)
    if walked.last in (None, "closed") or conversation.said.state != "closed":
        return walked
    end = max(conversation.said.updated_at or 0, timeline.events[-1].at)
    return States(
        walked.in_force,
        _ended(walked.open_spans, end),
        _ended(walked.snoozed_spans, end),
        walked.handled,
        walked.last,
    )


def _ended(spans: list[OpenSpan], end: int) -> list[OpenSpan]:
    ended = [(since, end if until is None else until) for since, until in spans]
    return [span for span in ended if span[0] < span[1]]


def _apply(event: Event, opened: _Stretches, snoozed: _Stretches) -> None:
    part_type = event.type
    if part_type.close:
        opened.end(event.at)
        snoozed.end(event.at)
    elif part_type.reopen:
        opened.begin(event.at)
        snoozed.end(event.at)
    elif part_type.unsnooze:
        snoozed.end(event.at)
    elif part_type.snooze:
        snoozed.begin(event.at)
