"""What people do: an event of a person, and the summary of all events of one name."""

from typing import Final

from msgspec import Struct
from msgspec.json import Decoder

from indexer.people.attribute_value import Value

METADATA: Final = "metadata."
"""Before the key of a measure that is metadata of the last event."""


class PersonEvent(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An event; it names its person by `id`, by `external_id` or by `email` (the first that is given counts).

    `at` is in epoch seconds. `metadata` has the values by key in lower case. Two events of one person with the same
    name and second are the same event.
    """

    name: str
    at: int
    id: str | None = None
    external_id: str | None = None
    email: str | None = None
    metadata: dict[str, Value] = {}


class EventSummary(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """All events of one name of one person: the first and the last time (epoch seconds), and how many there were.

    `metadata` is that of the last event.
    """

    name: str
    first: int
    last: int
    count: int
    metadata: dict[str, Value] = {}

    def measured(self, measure: str) -> Value | None:
        """The value of a measure (`first`, `last`, `count` or `metadata.KEY`); None if the metadata lack the key."""
        match measure:
            case "first" | "last":
                return Value("datetime", self.first if measure == "first" else self.last)
            case "count":
                return Value("integer", self.count)
        return self.metadata.get(measure.removeprefix(METADATA))


metadata_from = Decoder(dict[str, Value]).decode
"""The stored metadata of an event from its JSON."""

summary_from = Decoder(EventSummary).decode
"""A stored summary from its JSON."""
