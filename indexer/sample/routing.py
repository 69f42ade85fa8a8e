"""Assignments: to a team at first, from there to a teammate, and on to others."""

from indexer.sample.authors import NOBODY, Team, Teammate
from indexer.sample.case import Case
from indexer.sample.phrases import HANDOVERS, NOTES
from indexer.sample.proportions import Mix
from indexer.sample.replies import reply
from indexer.sample.sample_workspace import AMERICAS, BILLING, FRONTLINE, OPERATOR, OPERATOR_ADMIN, TECHNICAL
from indexer.sample.slas import apply_promise

_ROUTES = Mix(("default_assignment", 35), ("workflow_assignment", 40), ("assignment", 25))
_EXPERTS = Mix((TECHNICAL, 60), (BILLING, 25), (FRONTLINE, 15))
_LEVELS = Mix(("low", 25), ("medium", 30), ("high", 35), ("urgent", 10))


def route(case: Case) -> None:
    """Assign the conversation to the team for its subject (or for the customer's continent), by bot."""
    thread = case.thread
    country = case.contact.country
    american = country is not None and country.continent in ("NA", "SA")
    team = AMERICAS if american and case.happens(0.6) else case.topic.team
    # One in six begins at the front line, whatever it is about.
    if case.happens(0.16):
        team = FRONTLINE
    if case.happens(0.1):
        case.bot("language_detection_details", OPERATOR)
    thread.add(_ROUTES.pick(case.draw()), thread.now, OPERATOR, assignee=team)
    if case.happens(0.2):
        details = {
            "workflow": {"name": "Sort by subject"},
            "attribute": {"name": "product_area"},
            "value": {"name": case.topic.area},
        }
        thread.add("conversation_attribute_updated_by_workflow", thread.now, OPERATOR, details=details)
    if case.contact.plan == "Enterprise" and case.happens(0.3):
        case.priority = "high"
        case.bot("priority_changed_by_rule", OPERATOR)
    apply_promise(case)


def take(case: Case, mate: Teammate, at: int) -> None:
    """Assign the conversation to the teammate who is going to reply at `at`, if it is not yet theirs."""
    thread = case.thread
    if thread.teammate is mate:
        return
    taken_at = max(thread.now, at - case.soon(150))
    if thread.teammate is not None and case.happens(0.3):
        thread.add("away_mode_assignment", taken_at, OPERATOR, assignee=mate)
    elif case.happens(0.35):
        thread.add("message_strategy_assignment", taken_at, OPERATOR, assignee=mate)
    else:
        thread.add("assignment", taken_at, mate.author, assignee=mate)


def pass_on(case: Case, mate: Teammate, at: int) -> None:
    """Hand the conversation from a teammate to another team, with a note or with words to the customer."""
    thread = case.thread
    team = _other_team(case, thread.team)
    if case.happens(0.6):
        thread.add("note", at, mate.author, case.words(NOTES))
        thread.add("assignment", at + case.soon(20), mate.author, assignee=team)
    else:
        reply(case, mate, at, case.words(HANDOVERS), part_type="assignment", assignee=team)


def unassign(case: Case, mate: Teammate, at: int) -> None:
    """Give the conversation back to nobody."""
    case.thread.add("assignment", at, mate.author, assignee=NOBODY)


def set_priority(case: Case, mate: Teammate, at: int) -> None:
    """Let a teammate change the priority."""
    case.priority = _LEVELS.pick(case.draw())
    case.thread.add("priority_changed", at, mate.author)


def set_attribute(case: Case, mate: Teammate, at: int) -> None:
    """Correct the product area, by hand or through the older bot."""
    author = OPERATOR_ADMIN if case.happens(0.3) else mate.author
    details = {
        "attribute": {"name": "product_area"},
        "value": {"name": case.topic.area, "previous": None},
    }
    case.thread.add("conversation_attribute_updated_by_admin", at, author, details=details)


def _other_team(case: Case, current: Team | None) -> Team:
    team = _EXPERTS.pick(case.draw())
    return team if team is not current else FRONTLINE if current is not FRONTLINE else TECHNICAL
