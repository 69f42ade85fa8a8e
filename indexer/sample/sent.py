"""A message that was sent: the line of its receipt, and those of what happened to it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from indexer.messages.statistics import EVENTS
from indexer.sample.people import Contact
from indexer.sample.proportions import scattered, steady

if TYPE_CHECKING:
    from indexer.sample.authors import Json


class Sent:
    """A receipt and its events by the vendor's column names, in `lines`; `draw` gives chances, 0 ≤ chance < 1."""

    def __init__(
        self, draw: Callable[[], float], end: int, receipt_id: str, received_at: int, contact: Contact
    ) -> None:
        """What happens at `end` (epoch seconds) or later has not happened yet."""
        self.draw = draw
        self._end = end
        self.received_at = received_at
        self.now = received_at
        author = contact.author.json
        self.receipt: Json = {
            "type": "receipt",
            "receipt_id": receipt_id,
            "received_at": received_at,
            "user_id": contact.id,
            "user_external_id": contact.external_id,
            "company_id": contact.company and contact.company["id"],
            "email": author["email"],
            "name": author["name"],
            "country": contact.country and contact.country.name,
        }
        self.lines = [self.receipt]

    def happens(self, share: float) -> bool:
        """Whether something that happens in `share` of all cases happens now."""
        return self.draw() < share

    def soon(self, median: float) -> None:
        """Let the seconds pass that somebody takes who is at it."""
        self.now += 1 + steady.pick(median, self.draw())

    def later(self, median: float) -> None:
        """Let the seconds pass that somebody takes who has other things to do."""
        self.now += 1 + scattered.pick(median, self.draw())

    def add(self, kind: str, **details: str | bool) -> None:
        """Let it happen now, unless now is beyond the present."""
        if self.now < self._end:
            event: Json = {"type": kind, "receipt_id": self.receipt["receipt_id"], EVENTS[kind].at: self.now}
            self.lines.append(event | details)
