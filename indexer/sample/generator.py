"""A history of support conversations: each one told from its number alone."""

from collections.abc import Iterator
from contextlib import suppress
from random import Random

from indexer.sample.arrivals import Arrivals
from indexer.sample.authors import Json
from indexer.sample.case import Case
from indexer.sample.channels import CHANNELS, DAY, DELIVERED_AS
from indexer.sample.people import somebody
from indexer.sample.rota import Rota
from indexer.sample.sample_workspace import TEAMMATES
from indexer.sample.story import first_message, tell
from indexer.sample.thread import PresentReached, Thread
from indexer.sample.topics import OUTAGE, TOPICS
from indexer.sample.writing import conversation_json

DEFAULT_END = 1_793_491_200
"""2026-11-01 00:00 UTC, in epoch seconds."""

DEFAULT_DAYS = 365

MOST_CONVERSATIONS = 10_000_000
"""Ids leave room for this many conversations."""


class History:
    """What happened in the sample workspace during the `days` times 24 hours before `end`, as it stands at `end`.

    A conversation depends on the seed, the end, the days and its own number, on nothing that was told before.
    """

    def __init__(self, seed: int, end: int = DEFAULT_END, days: int = DEFAULT_DAYS) -> None:
        """Lay out shifts and arrivals; `end` is in epoch seconds.

        Raises `ValueError` for a history of no days, or one that begins before 1970.
        """
        start = start_of(end, days)
        self._seed = seed
        self._end = end
        self._arrivals = Arrivals(Random(f"arrivals of {seed}"), end, days)
        self._rota = Rota(start, end)
        self._random = Random()

    def conversation(self, number: int) -> Json:
        """The conversation of this number (0 ≤ number < `MOST_CONVERSATIONS`) as the vendor's JSON.

        The object is the caller's: nothing of it is shared with another conversation.
        """
        if not 0 <= number < MOST_CONVERSATIONS:
            raise ValueError(f"conversation {number}: numbers go from 0 to {MOST_CONVERSATIONS - 1}")
        self._random.seed((self._seed << 40) + number)
        draw = self._random.random
        arrivals = self._arrivals
        created_at = arrivals.begin(draw(), draw())
        delivered_as = DELIVERED_AS.pick(draw())
        case = Case(
            draw=draw,
            thread=Thread(number, created_at, self._end, started_by_contact=delivered_as == "customer_initiated"),
            rota=self._rota,
            arrivals=arrivals,
            contacts=[somebody(draw())],
            channel=CHANNELS[delivered_as].pick(draw()),
            topic=OUTAGE if arrivals.in_burst(created_at) and draw() < 0.6 else TOPICS.pick(draw()),
        )
        sender = TEAMMATES[int(draw() * len(TEAMMATES))]
        opening = first_message(case, delivered_as, sender)
        with suppress(PresentReached):
            tell(case, delivered_as, sender)
        return conversation_json(case, str(created_at * MOST_CONVERSATIONS + number), created_at, opening)


def start_of(end: int, days: int) -> int:
    """The second in which a history begins; raises `ValueError` for one of no days, or one that begins before 1970."""
    if days < 1:
        raise ValueError(f"a history of {days} days is empty")
    start = end - days * DAY
    if start < 0:
        raise ValueError(f"a history of {days} days before {end} begins before 1970")
    return start


def generate(count: int, seed: int, end: int = DEFAULT_END, days: int = DEFAULT_DAYS) -> Iterator[Json]:
    """Conversations 0 to `count` - 1 of the `History` with this seed, one after the other, in constant memory.

    They come in no order of time. A larger `count` continues the same sequence. Raises `ValueError` as
    `History` does, and for a `count` that is negative or above `MOST_CONVERSATIONS`.
    """
    if not 0 <= count <= MOST_CONVERSATIONS:
        raise ValueError(f"{count} conversations: between 0 and {MOST_CONVERSATIONS} can be told")
    history = History(seed, end, days)
    return map(history.conversation, range(count))
