"""From a conversation's JSON to its ordered events, whatever API version wrote it.

One pass that both reads and checks, since every change and every re-index goes through here (docs/decisions/0001).
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import UNSET, Struct

from indexer.conversation import wire
from indexer.conversation.assignee import assignee_of, is_unknown
from indexer.conversation.decoding import decoded
from indexer.conversation.event import Assignee, Event
from indexer.conversation.part_types import PART_TYPES, SOURCE, unknown_part_type
from indexer.conversation.present import has_plain_times, is_of_the_present
from indexer.conversation.tolerant import conversation_from
from indexer.conversation.values import LATEST, identifier, is_operators_email, part_version, required_id

FLAGS = (
    "unknown_part_type",
    "assignee_unknown",
    "duplicate_part",
    "unreadable_id",
    "parts_missing",
    "parts_truncated",
    "clock_skew",
)
"""The flags found while a conversation is read, in the order of `data_quality` (docs/metrics.md explains them)."""

CONTACT_TYPES: Final = ("user", "lead", "contact", "visitor")
_LONGEST: Final = 40  # of a number, in digits
_MOST_PARTS: Final = 10_000_000  # a larger total is not valid
_NO_AUTHOR: Final = wire.Author()


class Conversation(Struct, frozen=True, gc=False):
    """One conversation: its JSON as values, and its events in order.

    `started_by_contact` says that its source is a UserMessage (it is then one of `events`); `changed_at` is its
    `updated_at`, or the time of its last event if it has none; `part_count` is the vendor's total if that is larger
    than the number of parts given. With `parts_missing` the record lacks its history (decision 35): there are no events
    then, not even the source, and `part_count` is the vendor's total or 0.
    """

    id: str
    changed_at: int
    started_by_contact: bool
    events: list[Event]
    part_count: int
    data_quality: list[str]
    said: wire.Conversation
    parts_missing: bool = False


def parse_conversation(payload: bytes, bot_admin_ids: frozenset[str] = frozenset()) -> Conversation:
    """Read one conversation or ticket from its JSON.

    `bot_admin_ids` are the workspace's admins that are bots. Raises `Refused` with the path of the field that
    cannot be used: not JSON, not an object, another `type`, no id, no time of creation, a time in an unknown form, a
    part without a time, or one that is not an object.
    """
    said = _as_of_the_present(payload)
    if said is not None:
        try:
            return conversation_of(said, bot_admin_ids)
        except _OddTime:
            pass
    return conversation_of(conversation_from(decoded(payload)), bot_admin_ids)


class _OddTime(Exception):
    """The time of a part is not in seconds: the tolerant reader has to read the record."""


def conversation_of(said: wire.Conversation, bot_admin_ids: frozenset[str] = frozenset()) -> Conversation:
    """The conversation from its decoded record; raises `Refused` for an id that cannot be used."""
    conversation_id = required_id(said.id, "id")
    created_at = said.created_at
    data_quality: list[str] = []
    held = said.conversation_parts
    parts: Sequence[wire.Part] = () if held is UNSET else held.conversation_parts or ()
    events = _part_events(parts, bot_admin_ids, data_quality)
    if said.unreadable_id:
        data_quality.append("unreadable_id")
    if held is UNSET:
        data_quality.append("parts_missing")
        return Conversation(
            id=conversation_id,
            changed_at=said.updated_at or created_at,
            started_by_contact=_started_by_contact(said.source),
            events=[],
            part_count=_vendors_total(said),
            data_quality=data_quality,
            said=said,
            parts_missing=True,
        )
    part_count = len(events)
    if (total := _vendors_total(said)) > len(parts):
        part_count = total
        data_quality.append("parts_truncated")
    skewed = bool(events) and events[0].at < created_at
    started_by_contact = _started_by_contact(said.source)
    if started_by_contact:
        events.insert(0, _user_message(said.source, created_at))
    if skewed:
        data_quality.append("clock_skew")
        events.sort()
    return Conversation(
        id=conversation_id,
        changed_at=said.updated_at or max([created_at, *(event.at for event in events)]),
        started_by_contact=started_by_contact,
        events=events,
        part_count=part_count,
        data_quality=data_quality,
        said=said,
    )


def _as_of_the_present(payload: bytes) -> wire.Conversation | None:
    """The decoded JSON if it has the present API's shape, and no time in the facts is odd."""
    try:
        said = wire.DECODER.decode(payload)
        if is_of_the_present(said) and has_plain_times(said):
            _check_text(said.custom_attributes)
            return said
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    return None


def _check_text(attributes: msgspec.Raw) -> None:
    """Refuse attributes, which are passed on as they are written, if they are not valid text."""
    written = bytes(attributes)
    if not written.isascii():
        written.decode()


def _part_events(parts: Sequence[wire.Part], bot_admin_ids: frozenset[str], data_quality: list[str]) -> list[Event]:
    """One event a part, the later version of a part delivered twice; adds the flags it finds to `data_quality`.

    The events are in order. Raises `_OddTime`. One long loop, since it runs for every part of every conversation and
    calls cost more than their work.
    """
    events: list[Event] = []
    all_known = assignees_known = in_order = rising = True
    before = number_before = 0
    part_types, new_event = PART_TYPES, Event
    for place, part in enumerate(parts):
        at = part.created_at
        if not 0 < at < LATEST:
            raise _OddTime
        part_id = part.id
        if type(part_id) is not str or not part_id:
            part_id = identifier(part_id)
        id_number = int(part_id) if part_id is not None and part_id.isdecimal() and len(part_id) < _LONGEST else 0
        rising = rising and id_number > number_before
        in_order = in_order and (at > before or (at == before and id_number >= number_before))
        before, number_before = at, id_number
        part_type = part_types.get(part.part_type or "")
        if part_type is None:
            part_type = unknown_part_type(part.part_type or "")
            all_known = False
        author = part.author or _NO_AUTHOR
        author_id = author.id
        if type(author_id) is not str or not author_id:
            author_id = identifier(author_id)
        author_type = author.type
        by_admin = author_type == "admin"
        by_bot = author_type == "bot"
        if by_admin:
            email = author.email
            by_bot = (
                author.from_ai_agent is True
                or author_id in bot_admin_ids
                or (email is not None and is_operators_email(email))
            )
        visible = part_type.text and bool(
            part.body or part.redacted or (part.attachments and not part_type.text_is_body)
        )
        assignee: Assignee | None = None
        if part_type.assignment:
            assignee = assignee_of(part, bot_admin_ids)
            assigned_to = part.assigned_to
            if assigned_to is not None and is_unknown(assigned_to):
                assignees_known = False
        events.append(
            new_event(
                at,
                id_number,
                place,
                part_id,
                part_type,
                author_id,
                by_admin and not by_bot,
                by_bot,
                visible,
                (visible and author_type in CONTACT_TYPES) or part_type.attribute_collected,
                visible and by_admin and not by_bot,
                assignee,
            )
        )
    if not all_known:
        data_quality.append("unknown_part_type")
    if not assignees_known:
        data_quality.append("assignee_unknown")
    if not rising and len({event.part_id for event in events}) < len(events):  # ids that rise differ
        events, in_order = _latest_versions(events, parts, data_quality), False
    if not in_order:
        events.sort()
    return events


def _latest_versions(events: list[Event], parts: Sequence[wire.Part], data_quality: list[str]) -> list[Event]:
    """The events without the earlier versions of parts that were delivered twice; parts without an id all stay."""
    latest: dict[str | int, Event] = {}
    for event in events:
        key = event.part_id or event.place
        earlier = latest.get(key)
        if earlier is None or (
            part_version(parts[event.place].updated_at) >= part_version(parts[earlier.place].updated_at)
        ):
            latest[key] = event
    if len(latest) < len(events):
        data_quality.append("duplicate_part")
    return list(latest.values())


def _started_by_contact(source: wire.Source) -> bool:
    """Whether the source is a UserMessage: the customer started the conversation."""
    if source.delivered_as == "customer_initiated":
        return True
    return source.author is not None and source.author.type in CONTACT_TYPES


def _user_message(source: wire.Source, created_at: int) -> Event:
    """The source as an event, which is the customer's message."""
    author_id = identifier(source.author.id) if source.author is not None else None
    return source_event(created_at, author_id, is_message=True)


def source_event(at: int, author_id: str | None = None, *, is_message: bool) -> Event:
    """The event of a conversation's creation, which comes before all parts of the same second.

    `at` is in epoch seconds. Either the event is the customer's message (`is_message`), or it only starts clocks.
    """
    return Event(
        at=at,
        id_number=-1,
        place=-1,
        part_id=None,
        type=SOURCE,
        author_id=author_id,
        by_teammate=False,
        by_bot=False,
        visible=is_message,
        contact_message=is_message,
        reply=False,
        assignee=None,
    )


def _vendors_total(said: wire.Conversation) -> int:
    """The larger of the two totals of parts that the vendor may state (decision 23)."""
    held, statistics = said.conversation_parts, said.statistics
    listed = _total(held.total_count) if held is not UNSET else 0
    return max(listed, _total(statistics.count_conversation_parts)) if statistics is not None else listed


def _total(stated: int | None) -> int:
    return stated if stated is not None and stated < _MOST_PARTS else 0
