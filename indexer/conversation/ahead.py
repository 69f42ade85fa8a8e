"""Times in the future: they do not decide which of two records is newer (docs/decisions/0027)."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from indexer.conversation.parsing import Conversation

TOLERANCE: Final = 86_400
"""The seconds by which a clock may be ahead of ours, also because of a wrong time zone."""

AHEAD: Final = "time_in_future"
"""The flag of a document whose conversation was ahead when it was saved."""


def is_ahead(at: int, now: int) -> bool:
    """Whether a time lies further in the future than a clock may be ahead; both in epoch seconds."""
    return at > now + TOLERANCE


class Change(NamedTuple):
    """The last change of a record, and the time that the record states for it if that is ahead; in epoch seconds."""

    at: int
    ahead: int | None


def last_change(said: int, others: Iterable[int], now: int) -> Change:
    """The last change of a record: the time that it states, or the latest of its other times if that is ahead.

    It is 0, which is before every other time, if all of them are ahead. Times are in epoch seconds.
    """
    if not is_ahead(said, now):
        return Change(said, None)
    return Change(max((at for at in others if not is_ahead(at, now)), default=0), said)


def conversation_change(conversation: Conversation, now: int) -> Change:
    """When a conversation last changed, by its `updated_at`, its creation and its parts: see `last_change`."""
    others = (conversation.said.created_at, *(event.at for event in conversation.events))
    return last_change(conversation.changed_at, others, now)
