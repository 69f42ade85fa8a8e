"""The outbound messages of the sample workspace: receipts, what happened to them, and the checkpoints of series."""

from collections.abc import Iterator
from itertools import count
from random import Random

from indexer.sample.arrivals import Arrivals
from indexer.sample.authors import Json
from indexer.sample.campaigns import CAMPAIGNS, Campaign
from indexer.sample.channels import DAY, HOUR
from indexer.sample.generator import DEFAULT_DAYS, DEFAULT_END, start_of
from indexer.sample.journeys import MOST_RECEIPTS, WELCOME, WIN_BACK, Journey, Series
from indexer.sample.people import CONTACTS, Contact, contact
from indexer.sample.responses import RESPONSES, ask_lead
from indexer.sample.sent import Sent

_FIRST_RECEIPT = 40_000_000_000
_LEADS = CONTACTS // 6
_LETTERS = "AB"

_SERIES = ((WELCOME, 4), (WIN_BACK, 2))
"""Of a hundred things that are sent, so many begin a series; a series is several messages."""


class Outbound:
    """What the workspace sent in the `days` times 24 hours before `end`, and what had become of it by `end`.

    What has a number depends on the seed, the end, the days and that number, on nothing that was told before.
    """

    def __init__(self, seed: int, end: int = DEFAULT_END, days: int = DEFAULT_DAYS) -> None:
        """`end` is in epoch seconds. Raises `ValueError` as `generator.History` does."""
        self._start = start_of(end, days)
        self._seed = seed
        self._end = end
        self._days = days
        self._arrivals = Arrivals(Random(f"sending of {seed}"), end, days)
        self._random = Random()
        self._order = _order()

    def lines(self, number: int) -> list[Json]:
        """What is sent to the person of this number: a message, or a series; objects by the vendor's column names."""
        self._random.seed(f"message {number} of {self._seed}")
        draw = self._random.random
        what, place, weight = self._order[number % len(self._order)]
        recipient = number // len(self._order) * weight + place
        receipt_id = _FIRST_RECEIPT + number * MOST_RECEIPTS
        if isinstance(what, Series):
            journey = Journey(what, draw, self._end, contact(recipient % CONTACTS), receipt_id)
            journey.begin(self._arrivals.begin(draw(), draw()))
            return journey.lines
        person = recipient % _LEADS * 6 + 5 if what.to_leads_only else recipient * what.stride % CONTACTS
        return self._campaign(what, str(receipt_id), contact(person))

    def _campaign(self, campaign: Campaign, receipt_id: str, person: Contact) -> list[Json]:
        draw = self._random.random
        progress, moment = draw(), draw()
        if campaign.begins == campaign.ends:
            received_at = self._start + int(campaign.begins * self._days) * DAY + 10 * HOUR + int(moment * 2 * HOUR)
        else:
            received_at = self._arrivals.begin(campaign.begins + (campaign.ends - campaign.begins) * progress, moment)
        sent = Sent(draw, self._end, receipt_id, received_at, person)
        version = int(draw() * len(campaign.contents))
        content_id, content_type, response = campaign.contents[version], campaign.content_type, None
        title = campaign.title if len(campaign.contents) == 1 else f"{campaign.title} ({_LETTERS[version]})"
        if campaign.control_group and sent.happens(1 / 6):
            content_id, content_type, title = campaign.control_group, "Control Group", campaign.title
        elif campaign.to_leads_only:
            response = ask_lead
        sent.receipt |= {
            "ruleset_id": campaign.ruleset_id,
            "content_id": content_id,
            "content_type": content_type,
            "content_title": title,
            "ruleset_version_id": campaign.versions[int(progress * len(campaign.versions))],
            "series_id": None,
            "series_title": None,
            "node_id": None,
            "last_state_changed_by": campaign.state_changed_by,
        }
        (response or RESPONSES[content_type])(sent, campaign.liked[version])
        return sent.lines


def _order() -> list[tuple[Campaign | Series, int, int]]:
    """What is sent in turn, a hundred things: each with its place among those of its kind, and their number."""
    shares: list[tuple[Campaign | Series, int]] = [*((one, one.weight) for one in CAMPAIGNS), *_SERIES]
    found = [(what, place, weight) for what, weight in shares for place in range(weight)]
    Random("the order of what is sent").shuffle(found)
    return found


def messages(receipts: int, seed: int, end: int = DEFAULT_END, days: int = DEFAULT_DAYS) -> Iterator[Json]:
    """Receipts, each followed by its events, and checkpoints, until there are so many receipts, in constant memory.

    There may be a few more, since a series is told to its end. `type` is `receipt`, `checkpoint` or the kind of
    an event. They come in no order of time. A larger number continues the same sequence. Raises `ValueError` as
    `generator.History` does.
    """
    return _lines(Outbound(seed, end, days), receipts)


def _lines(outbound: Outbound, receipts: int) -> Iterator[Json]:
    told = 0
    for number in count():
        if told >= receipts:
            return
        lines = outbound.lines(number)
        told += sum(1 for line in lines if line["type"] == "receipt")
        yield from lines
