"""The reasons for differences: rules that can make two definitions, or two versions of one document, differ."""

import enum


class Reason(enum.StrEnum):
    """A reason why two values differ. All but the last are verified by computing again with that rule switched."""

    SOURCE_MESSAGE = "source_message"
    BEFORE_ANCHOR = "before_anchor"
    BOT_AS_HUMAN = "bot_as_human"
    BOT_INTERRUPTS = "bot_interrupts"
    CLOCK_START = "clock_start"
    ELAPSED_OR_OFFICE = "elapsed_or_office_hours"
    OTHER_OFFICE_HOURS = "other_office_hours"
    PARTS_TRUNCATED = "parts_truncated"
    THREAD_STAMP = "thread_stamp"
    TIME_SHIFT = "time_shift"
    STALE = "stale_revision"
    METRICS_VERSION = "metrics_version"
    OUTSIDE_RANGE = "event_outside_range"
    MACHINE_EVENT = "machine_event"
    IMPOSSIBLE_EVENT = "impossible_event"
    LATER_OPEN = "later_open"
    UNEXPLAINED = "unexplained"

    @property
    def about(self) -> str:
        """The reason in a sentence for people."""
        return _ABOUT[self]


_ABOUT = {
    Reason.SOURCE_MESSAGE: "The message that started the conversation (UserMessage) counts on one side only.",
    Reason.BEFORE_ANCHOR: "Events before the customer's first message count on one side only.",
    Reason.BOT_AS_HUMAN: "One side takes a bot's parts for a teammate's.",
    Reason.BOT_INTERRUPTS: "On one side a bot's message between a customer's and a teammate's leaves no reply time.",
    Reason.CLOCK_START: "One side's clock starts at the conversation's creation, the other's at the first message.",
    Reason.ELAPSED_OR_OFFICE: "One side measures elapsed time, the other time within office hours.",
    Reason.OTHER_OFFICE_HOURS: "The two sides measure within different office hours.",
    Reason.PARTS_TRUNCATED: "One side was computed from a part of the conversation's parts.",
    Reason.THREAD_STAMP: "One side stamps the message thread a second later than the conversation.",
    Reason.TIME_SHIFT: "One side's timestamps are all off by the same amount.",
    Reason.STALE: "One side was computed from an earlier state of the conversation.",
    Reason.METRICS_VERSION: "The two sides were computed by different versions of the definitions.",
    Reason.OUTSIDE_RANGE: "One side counts only the events within the range of its export.",
    Reason.MACHINE_EVENT: "One side counts an open or a click that a machine made.",
    Reason.IMPOSSIBLE_EVENT: "One side counts an event that the content type cannot have.",
    Reason.LATER_OPEN: "One side takes a later open for the first one.",
    Reason.UNEXPLAINED: "No known rule makes this difference.",
}
