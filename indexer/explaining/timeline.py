"""The timeline of an explanation: a conversation's creation and events, numbered."""

import re
from collections.abc import Iterator, Mapping
from html import unescape

from indexer.conversation import Conversation, Event, Timeline
from indexer.conversation.part_types import SOURCE
from indexer.explaining.explanation import CREATION, Entry
from indexer.metrics.states import States

_LONGEST = 60
_TAG = re.compile(r"<[^>]*>")


def numbers_of(timeline: Timeline) -> dict[int, int]:
    """The number of each event by its place in the conversation (the source's is -1)."""
    return {event.place: number for number, event in enumerate(timeline.events, CREATION + 1)}


def entries_of(
    conversation: Conversation, timeline: Timeline, states: States, names: Mapping[int, tuple[str, ...]]
) -> list[Entry]:
    """The creation and the events in their order; `names` are the document's times by the number of their entry."""
    parts = conversation.said.conversation_parts.conversation_parts or ()
    found = [Entry(CREATION, conversation.said.created_at, "created", names=names.get(CREATION, ()))]
    for number, (event, met) in enumerate(zip(timeline.events, states.in_force, strict=True), CREATION + 1):
        of_source = event.type is SOURCE
        author = conversation.said.source.author if of_source else parts[event.place].author
        found.append(
            Entry(
                number=number,
                at=event.at,
                type=event.type.name,
                part_id=event.part_id,
                author_type="bot" if event.by_bot else author and author.type,
                author_id=event.author_id,
                text=None if of_source else excerpt(parts[event.place].body),
                assigned_to=event.assignee,
                team_id=met.team_id,
                teammate_id=met.teammate_id,
                roles=tuple(_roles(event, timeline)),
                names=names.get(number, ()),
            )
        )
    return found


def _roles(event: Event, timeline: Timeline) -> Iterator[str]:
    if event is timeline.anchor:
        yield "anchor"
    if event.contact_message:
        yield "contact message"
    if event.reply:
        yield "reply"
    if event.by_bot and event.visible:
        yield "bot message"
    yield from event.type.action_kinds


def excerpt(body: str | None) -> str | None:
    """The beginning of a message without its markup, on one line."""
    words = " ".join(unescape(_TAG.sub(" ", body or "")).split())
    return (words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…") or None
