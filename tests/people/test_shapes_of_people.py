"""Every shape in which versions of the vendor's API give people and companies is read to the same attributes."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import Refused
from indexer.people.attribute import Attribute, Catalogue, Model
from indexer.people.attribute_value import DATA_TYPES, DataType, Value
from indexer.people.company_reader import read_company
from indexer.people.custom_attributes import MOST_ATTRIBUTES, read_custom
from indexer.people.list_columns import written_value
from indexer.people.person_reader import read_person
from indexer.people.standard import STANDARD, standard_value, standard_values
from indexer.people.typed_values import read_value

AT = 1_600_000_000
PRESENT: dict[str, Any] = {
    "type": "contact", "id": "p1", "external_id": "u1", "role": "user", "email": "ada@example.com",
    "created_at": AT, "signed_up_at": AT + 1, "last_seen_at": AT + 2, "name": "Ada",
    "location": {"country": "Ireland", "country_code": "IRL", "region": "Munster", "city": "Cork",
                 "continent_code": "EU"},
    "social_profiles": {"data": [{"name": "Twitter", "url": "http://twitter.com/a"}, {"name": "Orkut", "url": "x"}]},
    "tags": {"data": [{"id": "t1", "name": "vip"}]}, "companies": {"data": [{"id": "c1"}]},
    "custom_attributes": {"plan": "free"},
}  # fmt: skip
VERSION_1: dict[str, Any] = {
    "type": "user", "id": "p1", "user_id": "u1", "email": "ada@example.com",
    "created_at": AT, "remote_created_at": AT + 1, "last_request_at": AT + 2, "name": "Ada",
    "location_data": {"country_name": "Ireland", "country_code": "IRL", "region_name": "Munster", "city_name": "Cork",
                      "continent_code": "EU"},
    "social_profiles": {"social_profiles": [{"name": "twitter", "url": "http://twitter.com/a"}]},
    "tags": {"type": "tag.list", "tags": [{"id": "t1", "name": "vip"}]},
    "companies": {"type": "company.list", "companies": [{"id": "c1", "company_id": "6"}]},
    "custom_data": {"plan": "free"},
}  # fmt: skip


def test_a_user_of_version_1_is_the_same_person() -> None:
    assert read_person(VERSION_1, Catalogue()).person == read_person(PRESENT, Catalogue()).person


@pytest.mark.parametrize(
    ("change", "role"),
    [
        ({}, "user"),
        ({"role": "lead"}, "lead"),
        ({"type": "lead", "role": None}, "lead"),
        ({"type": "visitor", "role": None}, "visitor"),
        ({"type": "contact", "role": None, "external_id": None, "user_id": "made-up", "anonymous": True}, "lead"),
        ({"type": None, "role": None}, "user"),
        ({"role": "robot", "type": None}, "user"),
    ],
)
def test_the_role_is_told_from_role_or_from_type(change: dict[str, Any], role: str) -> None:
    assert read_person({**PRESENT, **change}, Catalogue()).person.role == role


def test_a_visitor_of_the_vendors_shape_is_read() -> None:
    visitor = {
        "type": "visitor", "id": "v1", "user_id": "8a88", "anonymous": True, "pseudonym": "Red Duck", "created_at": AT,
        "las_request_at": AT + 5, "session_count": 3, "do_not_track": False, "utm_source": "Intercom",
        "referrer": "https://example.org/", "avatar": {"type": "avatar", "image_url": "https://example.org/a.png"},
    }  # fmt: skip
    read = read_person(visitor, Catalogue())
    assert read.refused == ()
    assert read.person.standard == {
        "external_id": "8a88", "pseudonym": "Red Duck", "last_seen_at": AT + 5, "session_count": 3,
        "do_not_track": False, "utm_source": "Intercom", "referrer": "https://example.org/",
        "avatar": "https://example.org/a.png",
    }  # fmt: skip


@pytest.mark.parametrize("system", ["ios", "android"])
def test_attributes_of_phones_have_their_exact_names(system: str) -> None:
    given = {
        f"{system}_app_name": "App", f"{system}_app_version": "5.0.0", f"{system}_device": "Phone",
        f"{system}_os_version": "10", f"{system}_sdk_version": "28", f"{system}_last_seen_at": AT,
    }  # fmt: skip
    assert given.items() <= read_person({**PRESENT, **given}, Catalogue()).person.standard.items()


@pytest.mark.parametrize("named", [name for name, one in STANDARD["contact"].items() if one.type == "datetime"])
@pytest.mark.parametrize("zero", [0, None, ""])
def test_a_time_of_0_is_no_time(named: str, zero: object) -> None:
    if named not in ("created_at", "updated_at"):
        assert (
            named not in read_person({**PRESENT, named: zero, "remote_created_at": None}, Catalogue()).person.standard
        )


def test_a_sign_up_in_the_future_is_accepted() -> None:
    far = 4_000_000_000
    assert read_person({**PRESENT, "signed_up_at": far}, Catalogue()).person.standard["signed_up_at"] == far


def test_standard_values_that_cannot_be_read_are_refused_alone() -> None:
    read = read_person(
        {**PRESENT, "signed_up_at": "soon", "has_hard_bounced": "perhaps", "session_count": 1.5, "name": "x" * 5_000},
        Catalogue(),
    )
    assert [each.attribute for each in read.refused] == ["name", "signed_up_at", "session_count", "has_hard_bounced"]
    assert read.person.standard["email"] == "ada@example.com"
    assert not {"signed_up_at", "has_hard_bounced", "session_count", "name"} & read.person.standard.keys()


def test_a_company_of_the_vendors_shape_is_read() -> None:
    company = {
        "type": "company", "id": "c1", "name": "Blue Sun", "plan": {"type": "plan", "id": "1", "name": "Paid"},
        "company_id": 6, "remote_created_at": AT, "created_at": AT + 1, "updated_at": AT + 2, "size": 85,
        "monthly_spend": 155.5, "session_count": 1, "user_count": 10, "website": "https://example.org",
        "industry": "Software", "custom_attributes": {"paid": True, "size": 1},
    }  # fmt: skip
    read = read_company(company, Catalogue())
    assert {name: value.value for name, value in standard_values(read.company).items()} == {
        "id": "c1", "company_id": "6", "name": "Blue Sun", "plan": "Paid", "size": 85, "website": "https://example.org",
        "industry": "Software", "monthly_spend": 155.5, "session_count": 1, "user_count": 10, "created_at": AT + 1,
        "remote_created_at": AT, "updated_at": AT + 2,
    }  # fmt: skip
    assert read.company.custom == {"paid": Value("boolean", value=True)}
    assert [each.attribute for each in read.refused] == ["custom_attributes.size"]
    assert standard_value(read.company, "email") is None
    assert read_company({**company, "id": None}, Catalogue()).company.id == "6"


@pytest.mark.parametrize("model", ["contact", "company"])
def test_no_more_attributes_than_the_limit_are_inferred_and_archived_ones_do_not_count(model: Model) -> None:
    taken = [
        Attribute(model=model, name=f"taken{ordinal}", type="string", archived=ordinal == 0)
        for ordinal in range(MOST_ATTRIBUTES)
    ]
    catalogue = Catalogue().with_attributes(taken)
    read = read_custom({"one more": 1, "another": 2, "taken3": "x"}, model, catalogue)
    assert list(read.values) == ["one more", "taken3"]
    assert [each.attribute for each in read.refused] == ["custom_attributes.another"]


@pytest.mark.parametrize("name", ["x" * 191, " ", "a\nb", "email", "signed_up_at", "location.country"])
def test_a_name_that_no_custom_attribute_can_have_is_refused(name: str) -> None:
    read = read_custom({name: "x", "plan": "free"}, "contact", Catalogue())
    assert list(read.values) == ["plan"]
    assert len(read.refused) == 1


def test_names_tell_capitals_apart() -> None:
    read = read_custom({"Email": "x", "plan": 1, "Plan": "a"}, "contact", Catalogue())
    assert {name: value.type for name, value in read.values.items()} == {
        "Email": "string", "plan": "float", "Plan": "string",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "value", "read"),
    [
        ("string", 5, "5"), ("string", True, "true"), ("string", "x" * 255, "x" * 255),
        ("integer", "-7", -7), ("integer", 7.0, 7), ("float", "1e3", 1000), ("float", 0.5, 0.5),
        ("boolean", "false", False), ("date", "2020-01-01", 18_262), ("date", 1_577_880_000, 18_262),
        ("date", "2020-01-01T23:00:00Z", 18_262), ("datetime", "2020-01-01T00:00:00+01:00", 1_577_833_200),
        ("datetime", 1_577_836_800_000, 1_577_836_800), ("list", "b", "b"), ("list", "", None), ("float", None, None),
    ],
)  # fmt: skip
def test_a_value_is_read_by_its_type(type_: DataType, value: object, read: object) -> None:
    found = read_value(value, type_, ("a", "b") if type_ == "list" else ())
    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("string", ["a"]), ("string", "x" * 256), ("string", "a\0"), ("integer", 1.5), ("integer", "many"),
        ("integer", True), ("integer", 1 << 53), ("float", "nan"), ("float", float("inf")), ("float", "1_0"),
        ("boolean", 1), ("date", "2020-13-01"), ("date", "soon"), ("datetime", "2020-01-01T00:00:00"),
        ("datetime", "monday"), ("list", "c"), ("datetime", {}),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_with_the_reason(type_: DataType, value: object) -> None:
    with pytest.raises(Refused) as caught:
        read_value(value, type_, ("a", "b") if type_ == "list" else ())
    assert caught.value.reason


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.text(max_size=4), JSON_VALUES, max_size=4), st.sampled_from(DATA_TYPES))
def test_whatever_is_said_is_a_value_or_a_refusal_and_a_second_reading_is_the_same(
    said: dict[str, object], type_: DataType
) -> None:
    catalogue = Catalogue().with_attributes([Attribute(model="contact", name="a", type=type_)])
    read = read_person({**PRESENT, "custom_attributes": said}, catalogue)
    again = read_person({**PRESENT, "custom_attributes": said}, catalogue.with_attributes(read.inferred))
    assert again.person == read.person
    assert again.refused == read.refused
    for value in read.person.custom.values():
        written = written_value(value, ZoneInfo("UTC"))
        text = str(written).lower() if isinstance(written, bool) else str(written)
        assert read_value(text, value.type, longest=1_000) == value.value or value.type == "datetime"
