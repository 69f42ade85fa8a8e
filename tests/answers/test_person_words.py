"""Conditions about people as filters: a value is never more than the value of its condition."""

from zoneinfo import ZoneInfo

import pytest

from indexer.answers.person_words import ADDRESSES, filter_of, group_field_of
from indexer.people.attribute import Attribute, Catalogue
from indexer.people.attribute_models.value_code import code
from indexer.people.filters import FilterScope, print_filter
from indexer.reports import InvalidQuestion
from indexer.reports.question_conditions import read_clause

ATTRIBUTES = Catalogue().with_attributes(
    [
        Attribute(model="contact", name="renews_on", type="date"),
        Attribute(model="contact", name="seats", type="integer"),
        Attribute(model="contact", name="is_payer", type="boolean"),
        Attribute(model="contact", name="plan", type="string"),
    ]
)
SCOPE = FilterScope(ATTRIBUTES, ZoneInfo("Europe/Dublin"), 1_790_000_000, {})


def filter_text(condition: str) -> str:
    return print_filter(filter_of(read_clause(condition), SCOPE))


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("person.signed_up_at=2026-01-31", "signed_up_at on 2026-01-31"),
        ("person.signed_up_at>2026-01-31", "signed_up_at after 2026-01-31"),
        ("person.custom.renews_on<2026-01-31", "renews_on before 2026-01-31"),
        ("person.custom.renews_on=*", "renews_on has any value"),
        ("person.custom.seats>3", "seats > 3"),
        ("person.custom.is_payer!=true", "is_payer is true"),
    ],
)
def test_a_condition_becomes_the_filter_that_it_says(condition: str, said: str) -> None:
    assert filter_text(condition) == said


@pytest.mark.parametrize("more", [' or email starts with "a"', " or seats > 0", "T10:00:00Z", " ", "\n", ")"])
@pytest.mark.parametrize(
    "condition",
    [
        "person.signed_up_at>2026-01-31",
        "person.custom.renews_on=2026-01-31",
        "person.custom.seats=3",
        "person.custom.is_payer=true",
    ],
)
def test_a_value_cannot_add_conditions(condition: str, more: str) -> None:
    with pytest.raises(InvalidQuestion):
        filter_text(condition + more)


def test_a_text_with_signs_of_filters_stays_a_text() -> None:
    assert filter_text('person.custom.plan=a" or email starts with "b') == 'plan is "a\\" or email starts with \\"b"'


@pytest.mark.parametrize("word", ["person.tag", "person.company", "person.email_domain"])
@pytest.mark.parametrize("value", ["ada@example.com", " Ada.B+c@mail.example.org ", "ada@münchen.example"])
def test_no_group_is_called_by_an_address(word: str, value: str) -> None:
    found = group_field_of(word, SCOPE)
    assert found.name(value) == ADDRESSES
    assert [found.name(one) for one in ("vip", "@ada", "free@home", "a @ b.c", "example.com")] == [
        "vip",
        "@ada",
        "free@home",
        "a @ b.c",
        "example.com",
    ]


def test_values_of_custom_attributes_that_are_addresses_make_one_group() -> None:
    found = group_field_of("person.custom.plan", SCOPE)
    assert [found.name(code("string", value)) for value in ("free", "ada@example.com", "bob@example.com")] == [
        "free",
        ADDRESSES,
        ADDRESSES,
    ]


@pytest.mark.parametrize("word", ["email", "custom.email", "name", "phone", "social_profiles.twitter"])
def test_an_attribute_that_names_one_person_is_not_for_groups(word: str) -> None:
    with pytest.raises(InvalidQuestion, match="tells one person from another"):
        group_field_of(f"person.{word}", SCOPE)
