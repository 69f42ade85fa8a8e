"""The people that benchmarks work on, with attributes of all types, companies and events, and questions about them."""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from random import Random
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from benchmarks._people_models import Typed
from benchmarks._site import Site
from indexer.datasets.companies import COMPANIES, incoming_company
from indexer.datasets.people import PEOPLE, incoming_person
from indexer.people.attribute import Attribute, Catalogue
from indexer.people.attribute_model import AttributeModel, Query
from indexer.people.attribute_models.keyed_values import keyed_values
from indexer.people.attribute_value import DataType, Scalar, Value
from indexer.people.filters import FilterScope, parse_filter, query
from indexer.people.person import Company, Person
from indexer.people.person_event import EventSummary, PersonEvent
from indexer.people.person_facts import PersonFacts
from indexer.store.entities.person_events import save_person_events
from indexer.store.entities.records import save_records

_TYPES: Final[Sequence[DataType]] = ("string", "float", "datetime", "list", "integer", "boolean", "date")
_DAY: Final = 86_400
_KEPT_DAYS: Final = 80
"""Events are no older than this, so that their times are still accepted."""

_WORDS: Final = ("amber", "birch", "cobalt", "drift", "ember", "fjord", "granite", "harbour", "indigo", "juniper")
_OPTIONS: Final = ("free", "starter", "pro", "enterprise")
_COMPANIES: Final = 2_000
_BATCH: Final = 1_000


class Shape(NamedTuple):
    """How many custom attributes and names of events a workspace has; a person has most of them, and some."""

    attributes: int = 20
    events: int = 30

    def type_of(self, place: int) -> DataType:
        """The type of the attribute at a place."""
        return _TYPES[place % len(_TYPES)]

    @property
    def catalogue(self) -> Catalogue:
        """The attributes."""
        own = [
            Attribute(model="contact", name=f"a{place}", type=type_, options=_OPTIONS if type_ == "list" else ())
            for place in range(self.attributes)
            if (type_ := self.type_of(place))
        ]
        return Catalogue().with_attributes([*own, Attribute(model="company", name="region", type="string")])


def people(shape: Shape, count: int, now: int) -> Iterator[PersonFacts]:
    """So many people, each made from the number alone: nine in ten of the attributes, half of the events."""
    return (_person(shape, number, now) for number in range(count))


def _person(shape: Shape, number: int, now: int) -> PersonFacts:
    random = Random(number)
    draw = random.random
    company = number % _COMPANIES
    custom = {
        f"a{place}": Value(type_, _value(random, type_, now))
        for place in range(shape.attributes)
        if draw() < 0.9 and (type_ := shape.type_of(place))
    }
    created_at = now - int(700 * _DAY * draw())
    standard: dict[str, Scalar] = {
        "external_id": f"user-{number}",
        "email": f"{random.choice(_WORDS)}.{number}@customer{company}.example",
        "email_domain": f"customer{company}.example",
        "name": f"{random.choice(_WORDS).title()} {random.choice(_WORDS).title()}",
        "signed_up_at": created_at,
        "last_seen_at": now - int((now - created_at) * draw()),
        "location.country": random.choice(("Ireland", "France", "Japan", "Brazil")),
        "browser": random.choice(("chrome", "firefox", "safari")),
    }
    events = {
        name: _summary(random, name, now) for place in range(shape.events) if draw() < 0.5 and (name := f"e{place}")
    }
    person = Person(
        id=f"{number:024x}",
        role="user",
        created_at=created_at,
        updated_at=int(max(created_at, now - _DAY * draw())),
        standard=standard,
        custom=custom,
        tags=tuple(tag for tag in ("vip", "beta") if draw() < 0.1),
        companies=(f"c{company}",),
    )
    return PersonFacts(person, (company_of(company, now),), events)


def company_of(number: int, now: int) -> Company:
    """The company of that number."""
    standard: dict[str, Scalar] = {"company_id": f"own-{number}", "name": f"{_WORDS[number % 10].title()} {number}"}
    at = now - 800 * _DAY
    plan = Value("string", _OPTIONS[number % 4])
    return Company(id=f"c{number}", created_at=at, updated_at=at, standard=standard, custom={"region": plan})


def _value(random: Random, type_: DataType, now: int) -> Scalar:
    made: dict[DataType, Callable[[], Scalar]] = {
        "string": lambda: f"{random.choice(_WORDS)} {random.choice(_WORDS)} {random.randrange(1_000)}",
        "list": lambda: random.choice(_OPTIONS),
        "boolean": lambda: random.random() < 0.5,
        "integer": lambda: int(random.expovariate(0.01)),
        "float": lambda: round(random.gauss(100, 50), 2),
        "date": lambda: now // _DAY - random.randrange(1_000),
        "datetime": lambda: now - random.randrange(700 * _DAY),
    }
    return made[type_]()


def _summary(random: Random, name: str, now: int) -> EventSummary:
    count = 1 + int(random.expovariate(0.8))
    first, last = sorted(now - random.randrange(1, _KEPT_DAYS * _DAY) for _ in range(2))
    metadata = {"format": Value("string", random.choice(("csv", "xlsx"))), "size": Value("integer", count)}
    return EventSummary(name=name, first=first, last=first if count == 1 else last, count=count, metadata=metadata)


def events_of(facts: PersonFacts) -> Iterator[PersonEvent]:
    """Events that have these summaries."""
    for one in facts.events.values():
        step = max(1, (one.last - one.first) // max(1, one.count - 1))
        for turn in range(one.count):
            at = one.last if turn == one.count - 1 else min(one.last, one.first + turn * step)
            yield PersonEvent(name=one.name, at=at, id=facts.person.id, metadata=one.metadata)


def keys_of(found: Sequence[PersonFacts]) -> list[Typed]:
    """The keys of all values of these people, with their types."""
    return sorted({(key, type_) for facts in found for key, type_, _ in keyed_values(facts)})


def filters(shape: Shape, number: int, now: int, model: AttributeModel) -> Iterator[Query]:
    """Different questions of five clauses each, as queries."""
    scope = FilterScope(shape.catalogue, ZoneInfo("Europe/Dublin"), now)
    return (query(parse_filter(_question(shape, Random(seed)), scope), scope, model) for seed in range(number))


def _question(shape: Shape, random: Random) -> str:
    places = random.sample(range(shape.attributes), 3)
    clauses = [_clause(random, f"a{place}", shape.type_of(place)) for place in places]
    event = f'event "e{random.randrange(shape.events)}"'
    clauses.append(random.choice((f"{event} count > 1", f"{event} last less than {random.randrange(1, 60)} days ago")))
    clauses.append(
        random.choice(
            (
                f"last_seen_at more than {random.randrange(5, 300)} days ago",
                f'name contains "{random.choice(_WORDS)[1:4]}"',
                'tag is not "vip"',
                'location.country is "Ireland"',
                f'company.region is "{random.choice(_OPTIONS)}"',
            )
        )
    )
    return " and ".join(clauses)


def _clause(random: Random, name: str, type_: DataType) -> str:
    match type_:
        case "string":
            return random.choice((f'{name} contains "{random.choice(_WORDS)[:4]}"', f'{name} is not "amber birch 7"'))
        case "list":
            return f'{name} is not "{random.choice(_OPTIONS)}"'
        case "boolean":
            return f"{name} is {random.choice(('true', 'false'))}"
        case "integer" | "float":
            return f"{name} > {random.randrange(10, 90)}"
    return f"{name} {random.choice(('more', 'less'))} than {random.randrange(20, 600)} days ago"


def page_of(found: Query, workspace_id: str) -> dict[str, Any]:
    """The search for the count and the first page of the people whom a filter finds, as `indexer people list` asks."""
    return {
        "query": {"bool": {"filter": [{"term": {"workspace_id": workspace_id}}, found]}},
        "size": 50,
        "track_total_hits": True,
        "sort": [{"last_seen_at": {"order": "desc", "missing": "_last"}}, {"id": "asc"}],
        "_source": False,
        "docvalue_fields": ["id"],
    }


def store_people(here: Site, workspace_id: str, found: Iterator[PersonFacts], *, with_events: bool) -> None:
    """Save people and their companies so that none is due, and no worker indexes them too early."""
    now = int(time.time())
    companies = [incoming_company(company_of(number, now)) for number in range(_COMPANIES)]
    with here.here.store.begin() as connection:
        save_records(connection, COMPANIES, workspace_id, companies)
    while batch := list(islice(found, _BATCH)):
        with here.here.store.begin() as connection:
            save_records(connection, PEOPLE, workspace_id, [incoming_person(facts.person) for facts in batch])
            if with_events:
                events = [event for facts in batch for event in events_of(facts)]
                save_person_events(connection, workspace_id, events)
            connection.exec_driver_sql("DELETE FROM changes WHERE workspace_id = %(w)s", {"w": workspace_id})
    with here.here.store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE records")
        connection.exec_driver_sql("VACUUM ANALYZE person_events")
