"""The shape in which conversations arrive: those fields of the vendor's `GET /conversations/{id}` that reports need.

Decoding skips all other fields, which makes it twice as fast as building all of them. `tolerant.py` brings records of
another shape (an older API version, a ticket, ids or times of another kind) into this one. No object here can refer
back to itself, so the garbage collector need not visit it (`gc=False`). The fields are in the order in which the
vendor writes them, in which the decoder finds them soonest. Encoded again, as `redaction.py` does, the objects are the
JSON of the present API.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field
from msgspec.json import Decoder

Id = Annotated[str, Meta(max_length=128)] | int | None
"""An id of this many characters is never too long (`indexer.keys`); `tolerant.py` judges a longer one by its bytes."""

NOTHING = Raw()
"""A field that is missing. Only this very object is left out when a struct is encoded."""


class Author(Struct, omit_defaults=True, gc=False):
    """The author of a part: `type` is user, lead, contact, visitor, admin, bot or team."""

    type: str | None = None
    id: Id = None
    email: str | None = None
    from_ai_agent: bool | None = None


class Reference(Struct, omit_defaults=True, gc=False):
    """An admin, team or `nobody_admin`."""

    type: str | None = None
    id: Id = None


class SlaEvent(Struct, omit_defaults=True, gc=False):
    """The details of an SLA event: which target was missed. `target` is another name for it."""

    sla_target_type: str | None = None
    target: str | None = None


class Part(Struct, omit_defaults=True, gc=False, kw_only=True):
    """One conversation part; times in epoch seconds.

    The assignee of an assignment is in `assigned_to`; parts copied from the vendor's database may have
    `admin_assignee_id` and `team_assignee_id` beside it or instead of it.
    """

    id: Id = None
    part_type: str | None = None
    body: str | None = None
    created_at: int
    updated_at: int | None = None
    assigned_to: Reference | None = None
    author: Author | None = None
    attachments: list[Raw] | None = None
    redacted: bool | None = None
    event_details: Raw = NOTHING
    admin_assignee_id: Id = None
    team_assignee_id: Id = None


class PartList(Struct, omit_defaults=True, gc=False):
    """The parts, and the vendor's total of them."""

    conversation_parts: list[Part] | None = None
    total_count: int | None = None


class Source(Struct, omit_defaults=True, gc=False):
    """The message that started the conversation."""

    type: str | None = None
    delivered_as: str | None = None
    subject: str | None = None
    author: Author | None = None
    created_at: int | None = None


class Location(Struct, omit_defaults=True, gc=False):
    """The place of a contact."""

    country: str | None = None
    country_name: str | None = None
    continent: str | None = None
    continent_code: str | None = None


class Company(Struct, omit_defaults=True, gc=False):
    """A company of the conversation or of a contact."""

    id: Id = None


class CompanyList(Struct, omit_defaults=True, gc=False):
    """The companies of a contact."""

    data: list[Company] | None = None
    companies: Raw = NOTHING


class Contact(Struct, omit_defaults=True, gc=False):
    """A contact of the conversation."""

    id: Id = None
    location: Location | None = None
    location_data: Raw = NOTHING
    companies: CompanyList | None = None


class ContactList(Struct, omit_defaults=True, gc=False):
    """The contacts of the conversation."""

    contacts: list[Contact] | None = None
    data: Raw = NOTHING


class Tag(Struct, omit_defaults=True, gc=False):
    """A tag."""

    id: Id = None
    name: str | None = None


class TagList(Struct, omit_defaults=True, gc=False):
    """The tags of the conversation."""

    tags: list[Tag] | None = None
    data: Raw = NOTHING


class Rating(Struct, omit_defaults=True, gc=False):
    """A rating, requested (`created_at`) and perhaps given; one that cannot be read is 0."""

    rating: int | None = None
    remark: str | None = None
    requested_at: int | None = None
    created_at: int | None = None
    replied_at: int | None = None
    updated_at: int | None = None
    teammate: Reference | None = None


class SlaApplied(Struct, omit_defaults=True, gc=False):
    """The SLA of the conversation."""

    sla_name: str | None = None
    sla_status: str | None = None


class AiAgent(Struct, omit_defaults=True, gc=False):
    """The part that the AI agent took."""

    source_type: str | None = None
    source_title: str | None = None
    last_answer_type: str | None = None
    resolution_state: str | None = None
    rating: int | None = None
    rating_remark: str | None = None
    created_at: int | None = None
    updated_at: int | None = None


class Statistics(Struct, omit_defaults=True, gc=False):
    """The vendor's statistics; only the total of parts is used."""

    count_conversation_parts: int | None = None


class Conversation(Struct, omit_defaults=True, gc=False, kw_only=True):
    """One conversation of the present API. `source` and `conversation_parts` mark that version.

    `conversation_parts` is unset if the record does not have the parts at all. The last fields are those of older
    versions and of tickets: if one is given, `tolerant.py` reads the record, and notes in `unreadable_id` that a value
    was left out because it was not an id.
    """

    type: str | None = None
    id: Id
    created_at: int
    updated_at: int | None = None
    title: str | None = None
    state: str | None = None
    admin_assignee_id: Id = None
    team_assignee_id: Id = None
    priority: str | None = None
    source: Source
    contacts: ContactList | None = None
    company: Company | None = None
    tags: TagList | None = None
    custom_attributes: Raw = NOTHING
    conversation_rating: Rating | None = None
    sla_applied: SlaApplied | None = None
    ai_agent_participated: bool | None = None
    ai_agent: AiAgent | None = None
    statistics: Statistics | None = None
    conversation_parts: PartList | UnsetType
    unreadable_id: bool | None = field(name="_unreadable_id", default=None)
    assignee: Raw = NOTHING
    conversation_message: Raw = NOTHING
    customer: Raw = NOTHING
    customers: Raw = NOTHING
    user: Raw = NOTHING
    ticket_parts: Raw = NOTHING
    ticket_attributes: Raw = NOTHING

    @property
    def parts(self) -> Sequence[Part]:
        """The parts, empty if the record does not have them."""
        held = self.conversation_parts
        return () if held is UNSET else held.conversation_parts or ()


TYPES = ("conversation", "ticket")
"""The `type` of a conversation."""


DECODER: Decoder[Conversation] = Decoder(Conversation)
SLA_EVENT: Decoder[SlaEvent] = Decoder(SlaEvent)


def missed_target(part: Part) -> str | None:
    """The target that a `conversation_sla_target_missed` part names; None for other parts (decision 34)."""
    if part.part_type != "conversation_sla_target_missed":
        return None
    try:
        details = SLA_EVENT.decode(part.event_details)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _odd_target(part.event_details)
    return details.sla_target_type or details.target or None


def _odd_target(details: Raw) -> str | None:
    """The target if the value under one of its names is not a text."""
    try:
        said = msgspec.json.decode(details)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    found = [said.get(name) for name in ("sla_target_type", "target")] if isinstance(said, dict) else []
    return next((target for target in found if isinstance(target, str) and target), None)
