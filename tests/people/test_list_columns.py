"""Columns of lists: every kind of value of a person, written for readers."""

from zoneinfo import ZoneInfo

import pytest

from indexer.errors import Refused
from indexer.people.attribute import Attribute, Catalogue
from indexer.people.attribute_value import Value
from indexer.people.list_columns import read_columns, value_in
from indexer.people.person import Company, Person
from indexer.people.person_event import EventSummary
from indexer.people.person_facts import PersonFacts

AT = 1_782_903_600  # 2026-07-01 12:00 in Dublin
CATALOGUE = Catalogue().with_attributes(
    [
        Attribute(model="contact", name="plan", type="string"),
        Attribute(model="contact", name="name", type="string"),
        Attribute(model="contact", name="born", type="date"),
        Attribute(model="company", name="tier", type="string"),
    ]
)
FACTS = PersonFacts(
    Person(
        id="p1",
        role="user",
        created_at=AT,
        updated_at=AT,
        standard={"name": "Ada", "last_seen_at": AT},
        custom={"plan": Value("string", "free"), "born": Value("date", 1)},
        tags=("vip", "beta"),
    ),
    (
        Company(id="c1", created_at=1, updated_at=1, standard={"name": "Acme"}, custom={"tier": Value("string", "a")}),
        Company(id="c2", created_at=1, updated_at=1, standard={"name": "Zeta"}),
    ),
    {"a.b": EventSummary(name="a.b", first=AT - 60, last=AT, count=3, metadata={"format": Value("string", "csv")})},
)


def shown(name: str) -> object:
    [column] = read_columns([name], CATALOGUE)
    return value_in(column, FACTS, ZoneInfo("Europe/Dublin"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "p1"),
        ("name", "Ada"),
        ("email", None),
        ("last_seen_at", "2026-07-01T12:00:00+01:00"),
        ("plan", "free"),
        ("custom.plan", "free"),
        ("custom.name", None),
        ("born", "1970-01-02"),
        ("tags", ["vip", "beta"]),
        ("companies", []),
        ("company.name", ["Acme", "Zeta"]),
        ("company.custom.tier", "a"),
        ("event.a.b.count", 3),
        ("event.a.b.first", "2026-07-01T11:59:00+01:00"),
        ("event.a.b.metadata.Format", "csv"),
        ("event.login.count", None),
        ("event.login.last", None),
        ("event.login.metadata.x", None),
    ],
)
def test_a_column_has_the_value_of_its_attribute(name: str, value: object) -> None:
    assert shown(name) == value


@pytest.mark.parametrize("name", ["colour", "company.plan.x", "event.export", "event..count", "custom.", ""])
def test_a_column_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="is not a column"):
        read_columns([name], CATALOGUE)
