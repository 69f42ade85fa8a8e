"""A workspace to ask filters in: its attributes, its moment, its people, made up at random."""

from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from indexer.people.attribute import Attribute, Catalogue
from indexer.people.attribute_value import Scalar, Value
from indexer.people.filters import FilterScope
from indexer.people.person import Company, Person
from indexer.people.person_event import EventSummary
from indexer.people.person_facts import PersonFacts

DAY = 86_400
NOW = 1_793_017_800  # Monday, 26 October 2026, 12:30 UTC: the day after the clocks of Europe went back

ZONES = [
    ZoneInfo(name)
    for name in ("UTC", "Europe/Berlin", "America/Havana", "Asia/Beirut", "Pacific/Apia", "Australia/Lord_Howe")
]
"""Zones whose clocks change at midnight or by half an hour, and one that once skipped a day."""

CATALOGUE = Catalogue().with_attributes(
    (
        Attribute(model="contact", name="plan", type="string"),
        Attribute(model="contact", name="Plan", type="string"),
        Attribute(model="contact", name='my städte; "x"', type="string"),
        Attribute(model="contact", name="and", type="list", options=("free", "Free", "pro*", "?")),
        Attribute(model="contact", name="seats", type="integer"),
        Attribute(model="contact", name="score", type="float"),
        Attribute(model="contact", name="paying", type="boolean"),
        Attribute(model="contact", name="renews_on", type="date"),
        Attribute(model="contact", name="trial.ends", type="datetime"),
        Attribute(model="company", name="tier", type="list", options=("gold", "silver")),
        Attribute(model="company", name="staff", type="integer"),
        Attribute(model="company", name="founded", type="date"),
        Attribute(model="company", name="paid at", type="datetime"),
        Attribute(model="contact", name="former", type="string", archived=True),
    )
)

TEXTS = (
    "free", "Free", "FREE plan", "pro*", "p?o", "back\\slash", 'said "no"', "Straße", "STRASSE 5", "ÉCOLE école",
    "e\u0301cole", "İstanbul", "ΟΔΟΣ οδός", "日本 語", "👩‍👩‍👧", "two words here", "words", "a-b_c d", " ", "*", "null",
    "\u202ex", "tab\tnew\nline", "5", "true", "2026-01-01",
)  # fmt: skip
NUMBERS = (0, 1, 2, 3, 5, 10, 42, -1, -7, 1_000_000, 2**40)
FLOATS = (0.0, 0.5, 3.0, 3.5, -2.25, 1e-9, 1e12, 42.0)
TAGS = ("vip", "VIP", "beta tester", "Ünïcode", "*")
EVENTS = ("export", "Export", 'viewed page: "a"', "*")
COMPANIES = ("c1", "c2", "c3", "C1")


def times(random: Random) -> list[int]:
    """Times around the moment, on the edges of blocks of 24 hours, and around midnights and changes of clocks."""
    edges = [NOW - days * DAY + off for days in (0, 1, 2, 7, 30, 31, 365, -1, -3) for off in (-1, 0, 1)]
    midnights = [
        1_792_879_200,
        1_792_965_600,
        1_793_055_600,
        1_774_738_800,
        1_774_735_200,
        1_325_239_200,
        1_325_325_600,
    ]
    around = [one + off for one in midnights for off in (-3600, -1, 0, 1, 3599, 3600)]
    return [
        *edges,
        *around,
        -86_400,
        0,
        32_503_680_000,
        *(NOW + random.randint(-800 * DAY, 40 * DAY) for _ in range(40)),
    ]


def scope(zone: ZoneInfo = ZONES[1], **segments: Any) -> FilterScope:
    """The workspace at its moment."""
    return FilterScope(CATALOGUE, zone, NOW, segments)


class RandomPeople:
    """Makes people, always the same ones from the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.times = times(self.random)
        self.companies = [self._company(name) for name in COMPANIES]

    def people(self, number: int) -> list[PersonFacts]:
        """That many people."""
        return [self._person(ordinal) for ordinal in range(number)]

    def value(self, type_: str, options: tuple[str, ...] = ()) -> Scalar:
        """A value of a type."""
        match type_:
            case "string":
                return self.random.choice((*TEXTS, ""))
            case "list":
                return self.random.choice(options)
            case "integer":
                return self.random.choice(NUMBERS)
            case "float":
                return self.random.choice(FLOATS)
            case "boolean":
                return self.random.random() < 0.5
            case "date":
                return self.random.choice(self.times) // DAY + self.random.choice((-1, 0, 1))
            case _:
                return self.random.choice(self.times)

    def _custom(self, model: str) -> dict[str, Value]:
        return {
            one.name: Value(one.type, self.value(one.type, one.options))
            for one in CATALOGUE.attributes.values()
            if one.model == model and self.random.random() < 0.7
        }

    def _company(self, name: str) -> Company:
        standard: dict[str, Scalar] = {"name": self.random.choice(TEXTS), "size": self.random.choice(NUMBERS)}
        if self.random.random() < 0.6:
            standard |= {"plan": self.random.choice(TEXTS), "monthly_spend": self.random.choice(FLOATS)}
        return Company(id=name, created_at=NOW, updated_at=NOW, standard=standard, custom=self._custom("company"))

    def _person(self, ordinal: int) -> PersonFacts:
        choice, some = self.random.choice, self.random.sample
        optional: dict[str, Scalar] = {
            "email": choice(TEXTS),
            "name": self.value("string"),
            "signed_up_at": choice(self.times),
            "last_seen_at": choice(self.times),
            "session_count": choice(NUMBERS),
            "has_hard_bounced": self.random.random() < 0.5,
            "location.city": choice(TEXTS),
        }
        own = some(self.companies, self.random.choice((0, 0, 1, 1, 2, 3)))
        person = Person(
            id=f"p{ordinal}",
            role=choice(("user", "lead", "visitor")),
            created_at=choice(self.times),
            updated_at=choice(self.times),
            standard={name: value for name, value in optional.items() if self.random.random() < 0.7},
            custom=self._custom("contact"),
            tags=tuple(some(TAGS, self.random.choice((0, 1, 2)))),
            segments=tuple(some(("Active", "New"), self.random.choice((0, 1)))),
            companies=tuple(company.id for company in own),
        )
        events = {name: self._event(name) for name in some(EVENTS, self.random.choice((0, 1, 2, 3)))}
        return PersonFacts(person, tuple(own), events)

    def _event(self, name: str) -> EventSummary:
        first, last = sorted((self.random.choice(self.times), self.random.choice(self.times)))
        metadata = {}
        for key in ("plan", "amount", "due_date"):
            if self.random.random() < 0.6:
                type_ = self.random.choice(("string", "integer", "float", "boolean", "datetime", "date"))
                metadata[key] = Value(type_, self.value(type_))
        return EventSummary(
            name=name, first=first, last=last, count=self.random.choice((1, 2, 3, 4, 10, 50)), metadata=metadata
        )
