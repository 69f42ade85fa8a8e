"""The actions of a conversation: what teammates, bots and contacts did, one entry per part and kind."""

from indexer.conversation import Event, Timeline
from indexer.metrics.durations import OfficeTime
from indexer.metrics.milestones import first_admin_reply_at
from indexer.metrics.replies import ReplyPair
from indexer.metrics.schema import Action, ActionKind
from indexer.metrics.states import Assignment, States
from indexer.office_hours import OfficeHours


def actions(
    timeline: Timeline, states: States, pairs: list[ReplyPair], office_hours: OfficeHours, office_time: OfficeTime
) -> list[Action]:
    """One entry per reply, note, assignment, close, reopen, snooze and unsnooze of the whole conversation.

    A part of two kinds (a close with a body) makes two entries, the reply first (decision 22).
    """
    found: list[Action] = []
    clocks = _ResponseClocks(timeline, pairs, office_hours, office_time)
    for event, in_force in zip(timeline.events, states.in_force, strict=True):
        part_type = event.type
        if event.reply:
            entry = _action("reply", event, in_force)
            clocks.put(entry, event, in_force)
            found.append(entry)
        if part_type.note:
            found.append(_action("note", event, in_force))
        if part_type.assignment:
            found.append(_assignment(event, in_force))
        if part_type.close:
            found.append(_action("close", event, in_force))
        if part_type.reopen:
            found.append(_action("reopen", event, in_force))
        if part_type.snooze:
            found.append(_action("snooze", event, in_force))
        if part_type.unsnooze:
            found.append(_action("unsnooze", event, in_force))
    return found


def _action(kind: ActionKind, event: Event, in_force: Assignment) -> Action:
    return Action(
        event.at,
        kind,
        event.by_bot,
        event.part_id,
        event.author_id if event.by_teammate else None,
        in_force.team_id,
        in_force.teammate_id,
    )


def _assignment(event: Event, in_force: Assignment) -> Action:
    entry = _action("assignment", event, in_force)
    if event.assignee is not None:
        kind, assignee_id = event.assignee
        if kind == "team":
            entry.to_team_id = assignee_id
        elif kind == "teammate":
            entry.to_teammate_id = assignee_id
    return entry


class _ResponseClocks:
    """The response times on the replies of one conversation (docs/metrics.md, derived fields).

    The team's clock runs from its assignment to the first human reply while it is assigned, within its own hours; a
    teammate's from the assignment to the first reply of that teammate. Both start at the anchor at the earliest, since
    before it there is nothing to respond to, and stop with the assignment.
    """

    __slots__ = (
        "_anchor", "_answered", "_first_reply", "_office_hours", "_office_time", "_team_answered", "_teammate_answered",
    )  # fmt: skip

    def __init__(
        self, timeline: Timeline, pairs: list[ReplyPair], office_hours: OfficeHours, office_time: OfficeTime
    ) -> None:
        self._anchor = timeline.anchor
        self._first_reply = first_admin_reply_at(timeline)
        self._answered = {pair.reply.place: pair.message for pair in pairs}
        self._office_hours = office_hours
        self._office_time = office_time
        self._team_answered: Event | None = None
        self._teammate_answered: Event | None = None

    def put(self, entry: Action, reply: Event, in_force: Assignment) -> None:
        """Fill in the clocks that `reply` stops."""
        anchor = self._anchor
        entry.first_response = reply is self._first_reply
        if (message := self._answered.get(reply.place)) is not None:
            entry.response_time, entry.response_time_ooo = self._office_time.both(message, reply)
        if anchor is None or reply < anchor:
            return
        team_since = in_force.team_since
        if team_since is not None and team_since is not self._team_answered:
            self._team_answered = team_since
            start = max(team_since, anchor).at
            clock = self._office_hours.team_clock(in_force.team_id or "")
            entry.team_first_response_time = reply.at - start
            entry.team_first_response_time_ooo = clock(reply.at) - clock(start)
        teammate_since = in_force.teammate_since
        if teammate_since is not None and teammate_since is not self._teammate_answered:
            if reply.author_id != in_force.teammate_id:
                return
            self._teammate_answered = teammate_since
            entry.teammate_first_response_time, entry.teammate_first_response_time_ooo = self._office_time.both(
                max(teammate_since, anchor), reply
            )
