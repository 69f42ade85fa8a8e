"""The actions of teammates, bots and contacts in a conversation, one entry per part and kind."""

from typing import Final

from indexer.conversation import Event, Timeline
from indexer.metrics.office_time import OfficeTime
from indexer.metrics.reply_times import ReplyTime
from indexer.metrics.schema import Action
from indexer.metrics.states import Assignment, States
from indexer.office_hours import OfficeHours

_Done = tuple[Action, Event, Assignment]
"""An action, its event, and the assignment in force before it."""

_ENDS_HANDLING: Final = ("assignment", "close", "snooze")
"""The kinds of actions that can end a handled stretch; no part is two of these."""


def actions(
    timeline: Timeline, states: States, replies: list[ReplyTime], office_hours: OfficeHours, office_time: OfficeTime
) -> list[Action]:
    """One entry per reply, note, assignment, close, reopen, snooze and unsnooze of the whole conversation.

    A part of two kinds (a close with a body) makes two entries, the reply first (decision 22).
    """
    found: list[Action] = []
    replied: list[_Done] = []
    closed: list[_Done] = []
    handled = states.handled
    for place, event in enumerate(timeline.events):
        part_type = event.type
        kinds = part_type.reply_kinds if event.reply else part_type.action_kinds
        if not kinds:
            continue
        in_force = states.in_force[place]
        for kind in kinds:
            action = Action(  # by position, which is much quicker
                event.at,
                kind,
                event.by_bot,
                event.part_id,
                event.author_id if event.by_teammate else None,
                in_force.team_id,
                in_force.teammate_id,
            )
            if kind == "reply":
                replied.append((action, event, in_force))
            elif kind == "assignment" and event.assignee is not None:
                assignee_kind, assignee_id, beside = event.assignee
                if assignee_kind == "team":
                    action.to_team_id = assignee_id
                elif assignee_kind == "teammate":
                    action.to_teammate_id = assignee_id
                if beside:
                    action.to_team_id = beside
            elif kind == "close":
                closed.append((action, event, in_force))
            if kind in _ENDS_HANDLING and event.place in handled:
                start, end = handled[event.place]
                action.handling_time = end - start
                action.handling_time_ooo = office_time.between(start, end)
            found.append(action)
    if replied:
        _put_reply_times(replied, timeline, replies)
        _put_response_clocks(replied, timeline, office_hours, office_time)
    if closed:
        _put_close_clocks(closed, timeline, office_hours, office_time)
    return found


def _put_reply_times(replied: list[_Done], timeline: Timeline, replies: list[ReplyTime]) -> None:
    """Fill in how long the answers among the replies took, and which reply is the first after the anchor."""
    first = timeline.after.replies[0] if timeline.after.replies else None
    answered = 0
    for action, event, _ in replied:
        action.first_response = event is first
        if answered < len(replies) and replies[answered].reply is event:
            answer = replies[answered]
            action.response_time = answer.elapsed
            action.response_time_ooo = answer.within
            answered += 1


def _put_response_clocks(
    replied: list[_Done], timeline: Timeline, office_hours: OfficeHours, office_time: OfficeTime
) -> None:
    """Fill in the clocks of team and teammate that a reply stops (docs/metrics.md, response clocks).

    The team's clock runs from its assignment to the first human reply while it is assigned, within its own hours; a
    teammate's from the assignment to the first reply of that teammate. Both start at the anchor at the earliest, since
    there is nothing to answer before it, and stop with the assignment.
    """
    anchor = timeline.anchor
    if anchor is None:
        return
    team_answered: Event | None = None
    teammate_answered: Event | None = None
    for action, event, in_force in replied:
        if event < anchor:
            continue
        since = in_force.team_since
        if since is not None and since is not team_answered:
            team_answered = since
            start, end = max(since.at, anchor.at), event.at
            action.team_first_response_time = end - start
            action.team_first_response_time_ooo = _within_teams_hours(
                in_force.team_id, start, end, office_hours, office_time
            )
        since = in_force.teammate_since
        if since is not None and since is not teammate_answered and event.author_id == in_force.teammate_id:
            teammate_answered = since
            start, end = max(since.at, anchor.at), event.at
            action.teammate_first_response_time = end - start
            action.teammate_first_response_time_ooo = office_time.between(start, end)


def _put_close_clocks(
    closed: list[_Done], timeline: Timeline, office_hours: OfficeHours, office_time: OfficeTime
) -> None:
    """Fill in how long team and teammate had the closed conversation (docs/metrics.md, close clocks).

    The team's clock runs from its assignment to every close while it is assigned, by anybody, within its own
    hours; a teammate's from the assignment to every close by that teammate. Both start at the anchor at the earliest.
    """
    anchor = timeline.anchor
    if anchor is None:
        return
    for action, event, in_force in closed:
        if event <= anchor:
            continue
        end = event.at
        if (since := in_force.team_since) is not None:
            start = max(since.at, anchor.at)
            action.team_time_to_close = end - start
            action.team_time_to_close_ooo = _within_teams_hours(in_force.team_id, start, end, office_hours, office_time)
        since = in_force.teammate_since
        if since is not None and event.by_teammate and event.author_id == in_force.teammate_id:
            start = max(since.at, anchor.at)
            action.teammate_time_to_close = end - start
            action.teammate_time_to_close_ooo = office_time.between(start, end)


def _within_teams_hours(
    team_id: str | None, start: int, end: int, office_hours: OfficeHours, office_time: OfficeTime
) -> int:
    """Seconds from `start` to `end` within the team's own hours, or the workspace's if it has none."""
    clock = office_hours.team_clocks.get(team_id or "")
    return office_time.between(start, end) if clock is None else clock(end) - clock(start)
