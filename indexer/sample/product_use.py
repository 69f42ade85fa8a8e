"""How the customers use the product: when they signed up, on which plan they are, when they came, and what they did."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from indexer.sample.authors import Json
from indexer.sample.channels import DAY, HOUR
from indexer.sample.people import Contact, contact
from indexer.sample.proportions import Mix

Life = Literal["active", "once", "quit", "gone"]
"""Comes still; came on one day only; came until 30 to 60 days ago; came for a while, long ago."""

PAGES: Final = ("pricing", "integrations", "security")
"""The product pages: each view of one is an event `viewed-PAGE-page`."""

_LIVES: Final[Mix[Life]] = Mix(("active", 52), ("once", 16), ("quit", 14), ("gone", 18))
_PLANS: Final = Mix(("free", 55), ("starter", 25), ("pro", 15), ("enterprise", 5))
_LOWER: Final = {"starter": "free", "pro": "starter", "enterprise": "pro"}
_PRICES: Final = {"free": 0, "starter": 2_900, "pro": 9_900, "enterprise": 49_900}


@dataclass(frozen=True, slots=True)
class Use:
    """How a person uses the product; times in epoch seconds, events in the shape in which the API takes them."""

    person: Contact
    began_at: int
    last_seen_at: int
    plan: str
    events: tuple[Json, ...]

    @property
    def is_lead(self) -> bool:
        """Whether the person never signed up."""
        return self.person.external_id is None


def use_of(number: int, seed: int, start: int, end: int) -> Use:
    """How the person of this number used the product between `start` and `end`; the same for the same arguments."""
    random = Random(f"use by {number} of {seed}")
    person, draw = contact(number), random.random
    life = _LIVES.pick(draw())
    began_at, last_seen_at = _stay(random, life, start, end)
    plan = "free" if person.external_id is None else _PLANS.pick(draw())
    told = _Told(random, person, began_at, last_seen_at)
    for _ in range(1 if life == "once" else 2 + int(8 * draw() ** 2)):
        told.happens("logged-in", {})
    if plan != "free":
        told.happens("upgraded-plan", {"plan": plan, "price": {"amount": _PRICES[plan], "currency": "eur"}})
        if life != "once" and draw() < 0.12:
            told.happens("downgraded-plan", {"plan": _LOWER[plan], "reason": random.choice(("price", "size", "other"))})
            plan = _LOWER[plan]
    if life != "once":
        told.often("export", 0.3, 12, {"format": random.choice(("csv", "xlsx"))})
        told.often("invited-teammate", 0.2, 4, {})
        told.often("created-project", 0.5, 6, {"template": random.choice(("blank", "board", "list"))})
    for page in PAGES:
        told.often(f"viewed-{page}-page", 0.25, 2 if life == "once" else 9, {"source": random.choice(("web", "app"))})
    return Use(person, began_at, last_seen_at, plan, tuple(told.events))


def _stay(random: Random, life: Life, start: int, end: int) -> tuple[int, int]:
    """The first and the last time that a person came."""
    draw = random.random
    began_at = start + int((end - start - HOUR) * draw() ** 0.8)
    came = end - began_at
    if life == "quit" and came > 75 * DAY:
        return began_at, end - 30 * DAY - int(29 * DAY * draw()) - HOUR
    if life == "gone" and came > 75 * DAY:
        return began_at, began_at + int((came - 61 * DAY) * draw())
    if life == "once":
        return began_at, began_at + int(min(HOUR, came) * draw())
    return began_at, end - 1 - int(min(28 * DAY, came - 1) * draw() ** 2)


class _Told:
    """The events of one person, as they are told."""

    def __init__(self, random: Random, person: Contact, began_at: int, last_at: int) -> None:
        self.events: list[Json] = []
        self._random = random
        self._person = {"user_id": person.external_id} if person.external_id else {"id": person.id}
        self._began_at = began_at
        self._length = max(1, last_at - began_at)

    def happens(self, name: str, metadata: Json) -> None:
        """An event happens at some time."""
        at = self._began_at + int(self._length * self._random.random())
        said = {"metadata": metadata} if metadata else {}
        self.events.append({"event_name": name, "created_at": at, **self._person, **said})

    def often(self, name: str, share: float, most: int, metadata: Json) -> None:
        """An event happens to that share of people, up to so many times."""
        if self._random.random() < share:
            for _ in range(1 + int(most * self._random.random() ** 2)):
                self.happens(name, metadata)


def uses(count: int, seed: int, start: int, end: int) -> Iterator[Use]:
    """How people 0 to `count` - 1 use the product."""
    return (use_of(number, seed, start, end) for number in range(count))
