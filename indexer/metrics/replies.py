"""Reply times: which message of the customer each reply of a teammate answers."""

from msgspec import Struct

from indexer.conversation import Event, Timeline


class ReplyPair(Struct, frozen=True):
    """A customer's message, the last of its run, and the human reply that answered it."""

    message: Event
    reply: Event


def reply_pairs(timeline: Timeline, *, bots_interrupt: bool = False) -> list[ReplyPair]:
    """The pairs that `reply_times` measures, in the order of the replies.

    A reply answers the latest customer message since the last human reply; a collected attribute counts only
    where no text came since then (decision 21). Notes, events and bots do not matter in between (decision 4);
    with `bots_interrupt` a bot's visible part leaves nothing to answer, as the published text literally reads.
    """
    if not timeline.after.replies:
        return []
    pairs = []
    text: Event | None = None
    attribute: Event | None = None
    for event in timeline.events:
        if event.contact_message:
            if event.type.attribute_collected:
                attribute = event
            else:
                text = event
        elif event.reply:
            if message := text or attribute:
                pairs.append(ReplyPair(message, event))
            text = attribute = None
        elif bots_interrupt and event.by_bot and event.visible:
            text = attribute = None
    return pairs
