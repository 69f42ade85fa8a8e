"""From a conversation's JSON to its ordered events, whatever API version wrote it.

One pass that both reads and checks, since every change and every re-index goes through here (docs/decisions/0001).
"""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from indexer.conversation import wire
from indexer.conversation.event import Assignee, Event
from indexer.conversation.part_types import PART_TYPES, SOURCE, unknown_part_type
from indexer.conversation.tolerant import conversation_from
from indexer.conversation.values import LATEST, epoch_seconds, identifier, is_operators_email, optional_seconds
from indexer.errors import Refused

CONTACT_TYPES = ("user", "lead", "contact", "visitor")
_LONGEST = 40  # of a number, in digits
_NOBODY: Assignee = ("nobody", "")
_NO_AUTHOR = wire.Author()


class Conversation(Struct, frozen=True, gc=False):
    """One conversation: what its JSON says, and its events in order.

    `started_by_contact` says that its source is a UserMessage (it is then one of `events`); `changed_at` is its
    `updated_at`, or the time of its last event where it has none; `part_count` is the vendor's total where that is
    larger than the number of parts given.
    """

    id: str
    changed_at: int
    started_by_contact: bool
    events: list[Event]
    part_count: int
    data_quality: list[str]
    said: wire.Conversation


def parse_conversation(payload: bytes, bot_admin_ids: frozenset[str] = frozenset()) -> Conversation:
    """Read one conversation or ticket from its JSON.

    `bot_admin_ids` are the workspace's admins that are bots. Raises `Refused` with the path of the field that
    cannot be used: no JSON, no object, no id, no time of creation, a part without a time or that is no object.
    """
    said = _said(payload)
    conversation_id = identifier(said.id)
    if conversation_id is None:
        raise Refused("id", "is missing")
    if "\0" in conversation_id:
        raise Refused("id", "holds a NUL character")
    created_at = said.created_at
    if not 0 <= created_at < LATEST:
        epoch_seconds(created_at, "created_at")
    _check_times(said)
    data_quality: list[str] = []
    parts = said.conversation_parts.conversation_parts or ()
    events = _part_events(parts, bot_admin_ids, data_quality)
    part_count = len(events)
    if (total := _vendors_total(said)) > len(parts):
        part_count = total
        data_quality.append("parts_truncated")
    started_by_contact = _started_by_contact(said.source)
    if started_by_contact:
        events.append(_user_message(said.source, created_at))
    events.sort()
    if events and events[0].at < created_at:
        data_quality.append("clock_skew")
    return Conversation(
        id=conversation_id,
        changed_at=said.updated_at or max([created_at, *(event.at for event in events)]),
        started_by_contact=started_by_contact,
        events=events,
        part_count=part_count,
        data_quality=data_quality,
        said=said,
    )


def _said(payload: bytes) -> wire.Conversation:
    """What the JSON says, in the present API's shape whatever shape it has."""
    try:
        said = wire.DECODER.decode(payload)
        if said.is_of_the_present():
            _check_text(said.custom_attributes)
            return said
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return conversation_from(msgspec.json.decode(payload))
    except msgspec.DecodeError as error:
        raise Refused("", f"is not JSON: {error}") from None
    except UnicodeDecodeError as error:
        raise Refused("", f"is not UTF-8: {error.reason} at byte {error.start}") from None
    except RecursionError:
        raise Refused("", "is nested too deeply") from None


def _check_text(attributes: msgspec.Raw) -> None:
    """What is passed on as it is written must be text all the same."""
    written = bytes(attributes)
    if not written.isascii():
        written.decode()


def _check_times(said: wire.Conversation) -> None:
    """Refuse the times of the facts that are none; 0 and null mean that there is no such time."""
    if said.updated_at:
        epoch_seconds(said.updated_at, "updated_at")
    if said.source.created_at:
        epoch_seconds(said.source.created_at, "source.created_at")
    if (rating := said.conversation_rating) is not None:
        optional_seconds(rating.created_at, "conversation_rating.created_at")
        optional_seconds(rating.requested_at, "conversation_rating.requested_at")
        optional_seconds(rating.replied_at, "conversation_rating.replied_at")
    if (agent := said.ai_agent) is not None:
        optional_seconds(agent.created_at, "ai_agent.created_at")
        optional_seconds(agent.updated_at, "ai_agent.updated_at")


def _part_events(parts: Sequence[wire.Part], bot_admin_ids: frozenset[str], data_quality: list[str]) -> list[Event]:
    """One event a part, the later version of one that was delivered twice; adds what it notices to `data_quality`.

    One long loop, since it runs for every part of every conversation and calls cost more than what they would do.
    """
    events: list[Event] = []
    part_ids: set[str | None] = set()
    all_known = True
    for place, part in enumerate(parts):
        at = part.created_at
        if not 0 <= at < LATEST:
            epoch_seconds(at, f"conversation_parts.conversation_parts[{place}].created_at")
        part_id = part.id
        if type(part_id) is not str:
            part_id = identifier(part_id)
        id_number = int(part_id) if part_id is not None and part_id.isdecimal() and len(part_id) < _LONGEST else 0
        part_ids.add(part_id)
        part_type = PART_TYPES.get(part.part_type or "")
        if part_type is None:
            part_type = unknown_part_type(part.part_type or "")
            all_known = False
        author = part.author or _NO_AUTHOR
        author_id = author.id
        if type(author_id) is not str:
            author_id = identifier(author_id)
        by_admin = author.type == "admin"
        by_bot = author.type == "bot"
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
        events.append(
            Event(
                at,
                id_number,
                place,
                part_id,
                part_type,
                author_id,
                by_admin and not by_bot,
                by_bot,
                visible,
                (visible and author.type in CONTACT_TYPES) or part_type.attribute_collected,
                visible and by_admin and not by_bot,
                _assignee(part.assigned_to, bot_admin_ids)
                if part_type.assignment and part.assigned_to is not None
                else None,
            )
        )
    if not all_known:
        data_quality.append("unknown_part_type")
    if len(part_ids) < len(events):
        latest = _latest_versions(events, parts)
        if len(latest) < len(events):
            data_quality.append("duplicate_part")
        return latest
    return events


def _latest_versions(events: list[Event], parts: Sequence[wire.Part]) -> list[Event]:
    """The events without the earlier versions of parts that were delivered twice; parts without an id all stay."""
    latest: dict[str | int, Event] = {}
    for event in events:
        key = event.part_id or event.place
        earlier = latest.get(key)
        if earlier is None or (parts[event.place].updated_at or 0) >= (parts[earlier.place].updated_at or 0):
            latest[key] = event
    return list(latest.values())


def _assignee(assigned_to: wire.Reference, bot_admin_ids: frozenset[str]) -> Assignee | None:
    """Whom the part assigns to: `nobody_admin` and id 0 are nobody; what names neither admin nor team says nothing."""
    kind = assigned_to.type
    if kind == "nobody_admin" or assigned_to.id in (0, "0"):
        return _NOBODY
    found = identifier(assigned_to.id)
    if found is None:
        return None
    if kind == "admin":
        return ("bot" if found in bot_admin_ids else "teammate", found)
    return ("team", found) if kind == "team" else None


def _started_by_contact(source: wire.Source) -> bool:
    """Whether the source is a UserMessage: the customer started the conversation."""
    if source.delivered_as == "customer_initiated":
        return True
    return source.author is not None and source.author.type in CONTACT_TYPES


def _user_message(source: wire.Source, created_at: int) -> Event:
    """The source as an event: at the conversation's creation, before the parts of that second."""
    return Event(
        at=created_at,
        id_number=-1,
        place=-1,
        part_id=None,
        type=SOURCE,
        author_id=identifier(source.author.id) if source.author is not None else None,
        by_teammate=False,
        by_bot=False,
        visible=True,
        contact_message=True,
        reply=False,
        assignee=None,
    )


def _vendors_total(said: wire.Conversation) -> int:
    """The larger of the two totals of parts that the vendor may state (decision 23)."""
    counted = said.statistics.count_conversation_parts if said.statistics is not None else None
    return max(said.conversation_parts.total_count or 0, counted or 0)
