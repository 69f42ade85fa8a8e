"""Updates of people: what they give replaces what is stored, null removes it, and the rest stays."""

from typing import Any

from indexer.people.attribute import Attribute, Catalogue
from indexer.people.attribute_value import Value
from indexer.people.merge_update import changes, is_update, updated
from indexer.people.person import Person
from indexer.people.person_reader import read_person

PLAN = Catalogue().with_attributes([Attribute(model="contact", name="plan", type="string")])
STORED = Person(
    id="p1",
    role="user",
    created_at=100,
    updated_at=200,
    standard={"email": "ada@example.com", "email_domain": "example.com", "name": "Ada", "location.city": "Cork"},
    custom={"plan": Value("string", "free")},
    tags=("vip",),
    companies=("c1",),
)


def after(**raw: Any) -> Person:
    given = read_person({"id": "p1", "updated_at": 300, **raw}, PLAN).person
    found = updated(STORED, given, raw)
    assert isinstance(found, Person)
    return found


def test_a_record_without_its_id_or_the_time_of_its_last_change_is_an_update() -> None:
    assert is_update({"external_id": "u-1"})
    assert is_update({"id": "p1", "name": "Ada"})
    assert not is_update({"id": "p1", "updated_at": 300})


def test_values_that_are_given_replace_those_that_are_stored() -> None:
    found = after(name="Ada L.", custom_attributes={"plan": "pro"}, tags={"data": [{"name": "beta"}]})
    assert found.standard == {**STORED.standard, "name": "Ada L."}
    assert found.custom == {"plan": Value("string", "pro")}
    assert (found.tags, found.companies, found.role) == (("beta",), ("c1",), "user")
    assert (found.created_at, found.updated_at) == (100, 300)
    assert list(changes(STORED, found)) == ["name", "custom.plan", "tags"]


def test_null_removes_a_value_also_within_an_object() -> None:
    found = after(email=None, location={"city": None}, custom_attributes={"plan": None})
    assert found.standard == {"name": "Ada"}
    assert found.custom == {}


def test_an_update_that_changes_nothing_leaves_the_record_with_its_time() -> None:
    assert after(name="Ada", custom_attributes={"plan": "free"}) == STORED
    assert list(changes(STORED, STORED)) == []
