"""One event of a conversation: its source message or one of its parts."""

from typing import Literal

from msgspec import Struct

from indexer.conversation.part_types import PartType

Assignee = tuple[Literal["teammate", "bot", "team", "nobody"], str, str]
"""The assignee that a part sets: the kind, the id (empty for nobody), and the team that is named beside a teammate or a
bot (empty if none is). An admin that is a bot counts as a bot."""


class Event(Struct, frozen=True, order=True, gc=False):
    """One event; events compare in the order of the conversation: time, numeric part id, place in the list.

    `at` is in epoch seconds. `visible` is text that the customer sees; `contact_message` an event that starts or
    continues the customer's side (a UserMessage, a contact's text, a collected attribute); `reply` a visible part by
    a human teammate.
    """

    at: int
    id_number: int
    place: int
    part_id: str | None
    type: PartType
    author_id: str | None
    by_teammate: bool
    by_bot: bool
    visible: bool
    contact_message: bool
    reply: bool
    assignee: Assignee | None
