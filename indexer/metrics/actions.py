"""The actions of a conversation: what teammates, bots and contacts did, one entry per part and kind."""

from indexer.conversation import Event, Timeline
from indexer.metrics.durations import OfficeTime
from indexer.metrics.replies import ReplyTime
from indexer.metrics.schema import Action
from indexer.metrics.states import Assignment, States
from indexer.office_hours import OfficeHours


def actions(
    timeline: Timeline, states: States, replies: list[ReplyTime], office_hours: OfficeHours, office_time: OfficeTime
) -> list[Action]:
    """One entry per reply, note, assignment, close, reopen, snooze and unsnooze of the whole conversation.

    A part of two kinds (a close with a body) makes two entries, the reply first (decision 22).
    """
    found: list[Action] = []
    clocks = _ResponseClocks(timeline, replies, office_hours, office_time)
    for event, in_force in zip(timeline.events, states.in_force, strict=True):
        kinds = event.type.action_kinds
        if event.reply:
            kinds = ("reply", *kinds)
        for kind in kinds:
            action = Action(
                at=event.at,
                kind=kind,
                bot=event.by_bot,
                part_id=event.part_id,
                teammate_id=event.author_id if event.by_teammate else None,
                team_id=in_force.team_id,
                assigned_teammate_id=in_force.teammate_id,
            )
            if kind == "reply":
                clocks.put(action, event, in_force)
            elif kind == "assignment" and event.assignee is not None:
                assignee_kind, assignee_id = event.assignee
                if assignee_kind == "team":
                    action.to_team_id = assignee_id
                elif assignee_kind == "teammate":
                    action.to_teammate_id = assignee_id
            found.append(action)
    return found


class _ResponseClocks:
    """The response times on the replies of one conversation (docs/metrics.md, derived fields).

    The team's clock runs from its assignment to the first human reply while it is assigned, within its own hours; a
    teammate's from the assignment to the first reply of that teammate. Both start at the anchor at the earliest, since
    before it there is nothing to respond to, and stop with the assignment.
    """

    __slots__ = (
        "_anchor", "_answers", "_first_reply", "_office_hours", "_office_time", "_team_answered", "_teammate_answered",
    )  # fmt: skip

    def __init__(
        self, timeline: Timeline, replies: list[ReplyTime], office_hours: OfficeHours, office_time: OfficeTime
    ) -> None:
        self._anchor = timeline.anchor
        self._first_reply = timeline.after.replies[0] if timeline.after.replies else None
        self._answers = {time.reply.place: time for time in replies}
        self._office_hours = office_hours
        self._office_time = office_time
        self._team_answered: Event | None = None
        self._teammate_answered: Event | None = None

    def put(self, action: Action, reply: Event, in_force: Assignment) -> None:
        """Fill in the clocks that `reply` stops."""
        anchor = self._anchor
        action.first_response = reply is self._first_reply
        if (answer := self._answers.get(reply.place)) is not None:
            action.response_time = answer.elapsed
            action.response_time_ooo = answer.within
        if anchor is None or reply < anchor:
            return
        team_since = in_force.team_since
        if team_since is not None and team_since is not self._team_answered:
            self._team_answered = team_since
            start = max(team_since, anchor).at
            clock = self._office_hours.team_clock(in_force.team_id or "")
            action.team_first_response_time = reply.at - start
            action.team_first_response_time_ooo = clock(reply.at) - clock(start)
        teammate_since = in_force.teammate_since
        if teammate_since is not None and teammate_since is not self._teammate_answered:
            if reply.author_id != in_force.teammate_id:
                return
            self._teammate_answered = teammate_since
            action.teammate_first_response_time, action.teammate_first_response_time_ooo = self._office_time.both(
                max(teammate_since, anchor), reply
            )
