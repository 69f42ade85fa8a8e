"""The rows of an export of conversations: message threads, by the time at which the thread was created.

A conversation is linked to one thread, its source message. The thread's time need not be the conversation's, and
threads of every message type are exported. Therefore an export differs from the chart of new inbound conversations,
which counts those of `UserMessage` by the conversation's time.
"""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from indexer.reports.periods import Span
from indexer.reports.scope import of_workspace
from indexer.reports.search_filters import Body, within

THREAD_TIME = "legacy.thread_created_at"
"""The field that the range is about, in epoch seconds."""

ORDER: list[Body] = [{THREAD_TIME: "asc"}, {"conversation_id": "asc"}]
"""Oldest first; no two conversations of a workspace share a place, so that a reader can continue from any place."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A workspace's threads that were created from one local date to another, both inclusive, in a time zone."""

    workspace: str
    first: date
    last: date
    time_zone: str = "UTC"

    @property
    def instants(self) -> tuple[int, int]:
        """The first second of the range and the first after it, in epoch seconds."""
        return Span(self.first, self.last).instants(ZoneInfo(self.time_zone))


def threads_query(frame: Frame) -> Body:
    """The Elasticsearch query for the threads of the range, of all message types."""
    return of_workspace(frame.workspace, within(THREAD_TIME, *frame.instants))
