"""People out of the vendor's JSON."""

from typing import Any

import pytest

from indexer.errors import Refused
from indexer.people.attribute import Attribute, Catalogue
from indexer.people.attribute_value import Value
from indexer.people.person_reader import read_person

CONTACT: dict[str, Any] = {"type": "contact", "id": "p1", "role": "user", "created_at": 1_600_000_000}


def test_a_contact_of_the_present_version_is_a_person() -> None:
    read = read_person(
        {
            **CONTACT,
            "external_id": "u1",
            "email": "Ada@Example.com",
            "location": {"type": "location", "country": "Ireland"},
            "tags": {"type": "list", "data": [{"id": "2", "name": "vip"}, {"id": "3"}]},
            "companies": {"type": "list", "data": [{"id": "c1", "type": "company"}]},
            "custom_attributes": {"plan": "free", "seats": 3, "trial_at": 1_600_000_001, "address": {"city": "Cork"}},
        },
        Catalogue(),
    )
    assert read.refused == ()
    assert read.person.standard == {
        "external_id": "u1",
        "email": "Ada@Example.com",
        "email_domain": "example.com",
        "location.country": "Ireland",
    }
    assert read.person.custom == {
        "plan": Value("string", "free"),
        "seats": Value("float", 3),
        "trial_at": Value("datetime", 1_600_000_001),
        "address.city": Value("string", "Cork"),
    }
    assert (read.person.tags, read.person.companies) == (("vip", "3"), ("c1",))
    assert [attribute.name for attribute in read.inferred] == ["plan", "seats", "trial_at", "address.city"]


def test_a_value_of_the_wrong_type_is_refused_and_nothing_else_is_lost() -> None:
    catalogue = Catalogue().with_attributes([Attribute(model="contact", name="seats", type="integer")])
    read = read_person(
        {**CONTACT, "email": 5.5, "custom_attributes": {"seats": "many", "plan": "free", "email": "x"}}, catalogue
    )
    assert read.person.custom == {"plan": Value("string", "free")}
    assert [tuple(each) for each in read.refused] == [
        ("custom_attributes.seats", "'many'", "'many' is not a whole number"),
        (
            "custom_attributes.email",
            "'x'",
            "has the name of the standard attribute email; choose another name",
        ),
    ]


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"type": "contact", "created_at": 1_600_000_000}, "id"),
        ({"type": "contact", "id": "p1"}, "created_at"),
        ({**CONTACT, "type": "company"}, "type"),
    ],
)
def test_without_an_id_or_a_time_there_is_no_person(raw: dict[str, Any], path: str) -> None:
    with pytest.raises(Refused) as caught:
        read_person(raw, Catalogue())
    assert caught.value.path == path
