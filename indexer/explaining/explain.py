"""Explaining a conversation: its timeline, and the derivation of every field of its document."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec

from indexer.conversation import Conversation, Event, wire
from indexer.conversation.part_types import SOURCE
from indexer.differences.pair import Pair, pairs_between, pipeline_of
from indexer.differences.reasons import Hours, reasons_of
from indexer.differences.switched_rules import Inputs
from indexer.differences.switched_rules import as_of as only_until
from indexer.differences.tolerance import EXACT
from indexer.dotted_paths import value_at
from indexer.explaining.derivations import Derivations
from indexer.explaining.explanation import CREATION, Assigned, Entry, Explanation, Field, Why
from indexer.explaining.rows import ROWS
from indexer.explaining.rules import RULES
from indexer.metrics import reporting_document
from indexer.metrics.states import Assignment, assignment_after


def explain(
    conversation: Conversation,
    workspace_id: str,
    hours: Hours,
    *,
    revision: int | None = None,
    bots_interrupt: bool = False,
    as_of: int | None = None,
    time_zone: str = "UTC",
) -> Explanation:
    """Explain how every field of the conversation's document was computed.

    `hours` are the office hours in force, and others that are tried as reasons; the rest is as for the document
    itself. With `as_of`, an epoch second not before the creation, only the parts up to it count; the facts of the
    conversation (state, tags) are still the present ones.
    """
    if as_of is not None:
        conversation = only_until(as_of).change(Inputs(conversation, hours.current)).conversation
    document = _decoded(conversation, workspace_id, hours, revision, bots_interrupt=bots_interrupt)
    derivations = Derivations(conversation, hours.current, bots_interrupt=bots_interrupt)
    fields = {name: _field(name, document, derivations) for name in RULES}
    return Explanation(
        workspace_id=workspace_id,
        conversation_id=conversation.id,
        time_zone=time_zone,
        metrics_version=document["metrics_version"],
        office_hours_id=document["office_hours_id"],
        as_of=as_of,
        timeline=_entries(derivations, fields),
        assignments=_assignments(derivations),
        rows=ROWS,
        fields=fields,
        differences=_differences(conversation, hours, document),
    )


def _decoded(
    conversation: Conversation, workspace_id: str, hours: Hours, revision: int | None, *, bots_interrupt: bool
) -> dict[str, Any]:
    computed = reporting_document(conversation, workspace_id, hours.current, revision, bots_interrupt=bots_interrupt)
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(computed))
    return document


def _field(name: str, document: Mapping[str, Any], derivations: Derivations) -> Field:
    rule, derived, value = RULES[name], derivations.derived, value_at(document, name)
    parts = derived.parts.get(name, ())
    more = max(0, (value or 0) - len(parts)) if name == "statistics.count_conversation_parts" else 0
    return Field(name, pipeline_of(name), rule.kind, value, rule.words, parts, derived.stretches.get(name, ()), more)


def _entries(derivations: Derivations, fields: Mapping[str, Field]) -> list[Entry]:
    named: defaultdict[int, list[str]] = defaultdict(list)
    for field in fields.values():
        if field.kind == "time":
            for number in field.parts:
                named[number].append(field.name)
    said = derivations.conversation.said
    creation = Entry(CREATION, said.created_at, "creation", names=tuple(named[CREATION]))
    states = zip(derivations.timeline.events, derivations.states.in_force, strict=True)
    return [
        creation,
        *(
            _entry(number, event, met, derivations, tuple(named[number]))
            for number, (event, met) in enumerate(states, CREATION + 1)
        ),
    ]


def _entry(number: int, event: Event, met: Assignment, derivations: Derivations, names: tuple[str, ...]) -> Entry:
    return Entry(
        number=number,
        at=event.at,
        type=event.type.name,
        part_id=event.part_id,
        author_type=_author_type(derivations.conversation.said, event),
        author_id=event.author_id,
        assigned_to=event.assignee[:2] if event.assignee is not None else None,
        beside_team_id=(event.assignee[2] or None) if event.assignee is not None else None,
        team_id=met.team_id,
        teammate_id=met.teammate_id,
        roles=_roles(event, derivations),
        names=names,
    )


def _assignments(derivations: Derivations) -> list[Assigned]:
    """The times in which a team, a teammate or a bot had it; those without length are left out."""
    events, in_force = derivations.timeline.events, derivations.states.in_force
    if not events:
        return []
    changes: list[tuple[int, tuple[str | None, str | None, bool]]] = []
    for event, after in zip(events, [*in_force[1:], assignment_after(in_force[-1], events[-1])], strict=True):
        holder = (after.team_id, after.teammate_id, after.with_bot)
        if not changes or changes[-1][1] != holder:
            changes.append((event.at, holder))
    ends = [*(at for at, _ in changes[1:]), None]
    return [
        Assigned(at, end, *holder)
        for (at, holder), end in zip(changes, ends, strict=True)
        if any(holder) and (end is None or at < end)
    ]


def _author_type(said: wire.Conversation, event: Event) -> str | None:
    """The vendor's type of the author, but `bot` if an admin's account is one."""
    if event.by_bot:
        return "bot"
    author = said.source.author if event.type is SOURCE else said.parts[event.place].author
    return None if author is None else author.type


def _roles(event: Event, derivations: Derivations) -> tuple[str, ...]:
    """The roles in which an entry counts."""
    part_type = event.type
    marks = {
        "anchor": event is derivations.timeline.anchor,
        "customer": event.contact_message,
        "reply": event.reply,
        "bot": event.by_bot and event.visible,
        "assignment": part_type.assignment,
        "close": part_type.close,
        "reopen": part_type.reopen,
        "snooze": part_type.snooze,
        "unsnooze": part_type.unsnooze,
    }
    return tuple(role for role, so in marks.items() if so)


def _differences(conversation: Conversation, hours: Hours, document: Mapping[str, Any]) -> list[Why]:
    """The compared fields of different pipelines that have different values, and the rules that explain them."""
    compared = (pairs_between("new", "rest"), pairs_between("new", "legacy"), pairs_between("rest", "legacy"))
    found = []
    for pairs in compared:
        differing = [pair for pair in pairs if value_at(document, pair.left) != value_at(document, pair.right)]
        found += _why(conversation, hours, document, differing)
    return found


def _why(conversation: Conversation, hours: Hours, document: Mapping[str, Any], pairs: list[Pair]) -> list[Why]:
    if not pairs:
        return []
    findings = reasons_of(conversation, hours, document, document, pairs, EXACT)
    return [Why(*finding.pair, finding.reasons, finding.words) for finding in findings]
