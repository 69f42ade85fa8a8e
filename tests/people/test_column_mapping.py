"""Columns of CSV files find their fields by their headers, or as the user says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import Refused
from indexer.people.column_mapping import Chosen, ColumnMapping, map_columns, read_choices
from indexer.people.row_fields import fields_of

PEOPLE = fields_of("person")


def mapped(header: list[str], *choices: str, custom: tuple[str, ...] = ("plan", "Seats")) -> dict[str, str]:
    found: ColumnMapping = map_columns(header, PEOPLE, custom, read_choices(choices))
    return {column.header: column.field for column in found.columns} | dict.fromkeys(found.left, "")


def test_a_header_is_recognised_regardless_of_capitals_spaces_and_signs() -> None:
    assert mapped(["E-mail", "Signed up", "LAST SEEN", "User ID", "location.country", "Web sessions", "Tags"]) == {
        "E-mail": "email",
        "Signed up": "signed_up_at",
        "LAST SEEN": "last_seen_at",
        "User ID": "external_id",
        "location.country": "location.country",
        "Web sessions": "session_count",
        "Tags": "tags",
    }


def test_a_known_custom_attribute_is_recognised_and_an_unknown_column_is_left() -> None:
    assert mapped(["Plan", "custom.colour", "seats", "Shoe size"]) == {
        "Plan": "custom.plan",
        "custom.colour": "custom.colour",
        "seats": "custom.Seats",
        "Shoe size": "",
    }


def test_two_custom_attributes_that_differ_in_capitals_only_are_not_guessed() -> None:
    assert mapped(["PLAN"], custom=("plan", "Plan")) == {"PLAN": ""}


def test_a_choice_wins_over_a_guess_and_an_empty_one_leaves_the_column() -> None:
    assert mapped(["Name", "Phone", "a=b"], "Name=custom.label", "Phone=", "a=b=email") == {
        "Name": "custom.label",
        "Phone": "",
        "a=b": "email",
    }


def test_of_two_columns_with_one_field_the_first_is_read() -> None:
    assert mapped(["Email", "E-mail"]) == {"Email": "email", "E-mail": ""}
    assert mapped(["Email", "Second"], "Second=email") == {"Email": "", "Second": "email"}


def test_a_type_can_be_chosen_for_a_custom_attribute() -> None:
    assert read_choices(["Seats=custom.seats:integer", "At=custom.at:date"]) == {
        "Seats": Chosen("custom.seats", "integer"),
        "At": Chosen("custom.at", "date"),
    }


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        (["Plan"], "is not of the form"),
        (["=email"], "is not of the form"),
        (["Plan=custom.plan:colour"], "is not a type"),
        (["Missing=email"], "is not a column; the columns are Plan, Mail"),
        (["Plan=colour"], "there is no field 'colour'"),
        (["Plan=custom."], "there is no field 'custom.'"),
        (["Plan=email", "Mail=email"], "are both email"),
    ],
)
def test_a_choice_that_cannot_be_meant_is_refused(choices: list[str], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        mapped(["Plan", "Mail"], *choices)


@given(st.lists(st.text(max_size=12), max_size=8), st.lists(st.text(min_size=1, max_size=8), max_size=3))
def test_every_column_is_either_read_or_left(header: list[str], custom: list[str]) -> None:
    found = map_columns(header, PEOPLE, custom, {})
    assert sorted([*(column.header for column in found.columns), *found.left]) == sorted(header)
    fields = [column.field for column in found.columns]
    assert len(set(fields)) == len(fields)
