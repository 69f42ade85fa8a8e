"""What is doubtful about the record of a person or a company: flags, which its document has as `data_quality`."""

from typing import Final, TypeVar

from msgspec.structs import replace

from indexer.conversation.ahead import AHEAD, is_ahead
from indexer.people.person import Company, Person
from indexer.people.standard import standard_times

REFUSED: Final = "value_refused"
"""A value of the record was refused, because it does not fit its attribute. It is not stored, and so the flag is."""

SKEW: Final = "clock_skew"
"""The record was created after its last change."""

_Record = TypeVar("_Record", bound=Person | Company)


def with_refused_value(record: _Record) -> _Record:
    """The record with the flag that a value of it was refused."""
    return record if REFUSED in record.flags else replace(record, flags=(*record.flags, REFUSED))


def flagged(record: _Record, saved_at: int | None) -> _Record:
    """The record with all flags; `saved_at` (epoch seconds) is when it was saved, None if that is not known."""
    flags = list(record.flags)
    if record.created_at > record.updated_at:
        flags.append(SKEW)
    if saved_at is not None:
        for at in standard_times(record):
            if isinstance(at, int) and is_ahead(at, saved_at):
                flags.append(AHEAD)
                break
    return replace(record, flags=tuple(flags)) if flags else record
