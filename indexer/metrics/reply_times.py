"""Reply times: the customer's message that each reply of a teammate answers, and how long that took."""

from typing import Final

from indexer.conversation import Event, Timeline
from indexer.metrics.office_time import OfficeTime


class ReplyTime:
    """A human reply, the customer's message that it answers, and the seconds between: elapsed, in office hours."""

    def __init__(self, message: Event, reply: Event, elapsed: int, within: int) -> None:
        """Hold them."""
        self.message: Final = message
        self.reply: Final = reply
        self.elapsed: Final = elapsed
        self.within: Final = within


def reply_times(timeline: Timeline, office_time: OfficeTime, *, bots_interrupt: bool) -> list[ReplyTime]:
    """The reply times in the order of the replies.

    A reply answers the latest customer message since the last human reply, the last of its run; a collected attribute
    counts only if no text came since then (decision 21). Notes, events and bots in between do not matter (decision 4);
    with `bots_interrupt` a bot's visible part leaves nothing to answer, as the published text literally reads.
    """
    found: list[ReplyTime] = []
    if not timeline.after.replies:
        return found
    text: Event | None = None
    attribute: Event | None = None
    for event in timeline.events:
        if event.contact_message:
            if event.type.attribute_collected:
                attribute = event
            else:
                text = event
        elif event.reply:
            message = text or attribute
            if message is not None:
                elapsed, within = office_time.both(message, event)
                found.append(ReplyTime(message, event, elapsed, within))
            text = attribute = None
        elif bots_interrupt and event.by_bot and event.visible:
            text = attribute = None
    return found
