"""The shape in which conversations arrive: the vendor's `GET /conversations/{id}`, as far as reports need it.

Decoding skips everything else, which makes it twice as fast as building all of it. Whatever does not have this
shape (an older API version, a ticket, ids or times of another kind) is brought into it by `tolerant.py`.
Nothing here can refer back to itself, so the garbage collector need not look at it (`gc=False`). Encoded again, as
`redaction.py` does, it is the JSON of the present API.
"""

import msgspec
from msgspec import Raw, Struct
from msgspec.json import Decoder

Id = str | int | None

NOTHING = Raw()
"""A field that is not there. Only this very object is left out when a struct is encoded."""


class Author(Struct, omit_defaults=True, gc=False):
    """Who wrote a part: `type` is user, lead, contact, visitor, admin, bot or team."""

    type: str | None = None
    id: Id = None
    email: str | None = None
    from_ai_agent: bool | None = None


class Reference(Struct, omit_defaults=True, gc=False):
    """An admin, team or `nobody_admin`."""

    type: str | None = None
    id: Id = None


class SlaEvent(Struct, omit_defaults=True, gc=False):
    """The details of an SLA event: which target was missed."""

    target: str | None = None


class Part(Struct, omit_defaults=True, gc=False):
    """One conversation part; times in epoch seconds."""

    created_at: int
    id: Id = None
    part_type: str | None = None
    body: str | None = None
    author: Author | None = None
    assigned_to: Reference | None = None
    attachments: list[Raw] | None = None
    redacted: bool | None = None
    updated_at: int | None = None
    event_details: Raw = NOTHING


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
    """Where a contact is."""

    country: str | None = None
    continent: str | None = None
    continent_code: str | None = None


class Company(Struct, omit_defaults=True, gc=False):
    """A company of the conversation or of a contact."""

    id: Id = None


class CompanyList(Struct, omit_defaults=True, gc=False):
    """The companies of a contact."""

    data: list[Company] | None = None


class Contact(Struct, omit_defaults=True, gc=False):
    """A contact of the conversation."""

    id: Id = None
    location: Location | None = None
    location_data: Raw = NOTHING
    companies: CompanyList | None = None


class ContactList(Struct, omit_defaults=True, gc=False):
    """The contacts of the conversation."""

    contacts: list[Contact] | None = None


class Tag(Struct, omit_defaults=True, gc=False):
    """A tag."""

    id: Id = None
    name: str | None = None


class TagList(Struct, omit_defaults=True, gc=False):
    """The tags of the conversation."""

    tags: list[Tag] | None = None


class Rating(Struct, omit_defaults=True, gc=False):
    """A rating, requested (`created_at`) and perhaps given (`rating`, `replied_at`)."""

    rating: int | None = None
    remark: str | None = None
    requested_at: int | None = None
    created_at: int | None = None
    replied_at: int | None = None
    teammate: Reference | None = None


class SlaApplied(Struct, omit_defaults=True, gc=False):
    """The SLA of the conversation."""

    sla_name: str | None = None
    sla_status: str | None = None


class AiAgent(Struct, omit_defaults=True, gc=False):
    """What the AI agent did."""

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


class Conversation(Struct, omit_defaults=True, gc=False):
    """One conversation of the present API. `source` and `conversation_parts` mark that version.

    The last fields are those of older versions and of tickets: where one is given, `tolerant.py` reads the record.
    """

    id: Id
    created_at: int
    source: Source
    conversation_parts: PartList
    updated_at: int | None = None
    title: str | None = None
    state: str | None = None
    priority: str | None = None
    admin_assignee_id: Id = None
    team_assignee_id: Id = None
    contacts: ContactList | None = None
    company: Company | None = None
    tags: TagList | None = None
    custom_attributes: Raw = NOTHING
    conversation_rating: Rating | None = None
    sla_applied: SlaApplied | None = None
    statistics: Statistics | None = None
    ai_agent: AiAgent | None = None
    ai_agent_participated: bool | None = None
    assignee: Raw = NOTHING
    customers: Raw = NOTHING
    user: Raw = NOTHING
    ticket_parts: Raw = NOTHING
    ticket_attributes: Raw = NOTHING

    def is_of_the_present(self) -> bool:
        """Whether everything that it says has been understood."""
        return (
            self.state is not None
            and not (self.assignee or self.customers or self.user or self.ticket_parts or self.ticket_attributes)
            and (self.tags is None or self.tags.tags is not None)
            and (self.contacts is None or self.contacts.contacts is not None)
            and not (self.contacts is not None and any(one.location_data for one in self.contacts.contacts or ()))
        )


DECODER: Decoder[Conversation] = Decoder(Conversation)
SLA_EVENT: Decoder[SlaEvent] = Decoder(SlaEvent)


def missed_target(part: Part) -> str | None:
    """The target that a `conversation_sla_target_missed` part names, if it is one and does."""
    if part.part_type != "conversation_sla_target_missed":
        return None
    try:
        return SLA_EVENT.decode(part.event_details).target
    except msgspec.DecodeError:
        return None
