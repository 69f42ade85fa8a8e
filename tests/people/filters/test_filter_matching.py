"""What conditions mean, one rule at a time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from indexer.people.attribute_value import Scalar, Value
from indexer.people.filters import Condition, FilterScope, Subject, matches, parse_filter
from indexer.people.person import Company, Person
from indexer.people.person_event import EventSummary
from indexer.people.person_facts import PersonFacts
from tests.people.filters.filter_workspace import CATALOGUE, DAY, NOW, scope


def person(standard: dict[str, Scalar] | None = None, *companies: Company, **custom: Scalar) -> PersonFacts:
    types = {one.name: one.type for one in CATALOGUE.attributes.values() if one.model == "contact"}
    return PersonFacts(
        Person(
            id="p",
            role="user",
            created_at=0,
            updated_at=0,
            standard=standard or {},
            custom={name: Value(types[name], value) for name, value in custom.items()},
            tags=("vip",),
            companies=tuple(one.id for one in companies),
        ),
        companies,
        {"export": EventSummary(name="export", first=NOW - 9 * DAY, last=NOW - DAY, count=3, metadata=METADATA)},
    )


METADATA = {"plan": Value("string", "Pro"), "price": Value("integer", 5), "big": Value("boolean", value=True)}


def holds(text: str, facts: PersonFacts, within: FilterScope | None = None) -> bool:
    within = within or scope()
    return matches(parse_filter(text, within), facts, within)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('plan is "Free plan"', True),
        ('plan is "free plan"', False),
        ('plan is not "free plan"', True),
        ('plan in ("a", "Free plan")', True),
        ('plan contains "REE PL"', True),
        ('plan does not contain "REE PL"', False),
        ('plan starts with "fREE"', True),
        ('plan starts with "ree"', False),
        ('plan ends with "PLAN"', True),
        ('plan contains exact word "PLAN"', True),
        ('plan contains exact word "free plan"', True),
        ('plan contains exact word "ree"', False),
        ('plan contains exact word "plan free"', False),
    ],
)
def test_only_is_and_in_tell_capitals_apart(text: str, expected: bool) -> None:
    assert holds(text, person(plan="Free plan")) is expected


@pytest.mark.parametrize("value", [{}, {"plan": ""}])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('plan is "x"', False),
        ('plan is not "x"', True),
        ('plan in ("x")', False),
        ('plan not in ("x")', True),
        ('plan contains "x"', False),
        ('plan does not contain "x"', True),
        ("plan is unknown", True),
        ("plan has any value", False),
    ],
)
def test_without_a_value_only_the_negative_ones_hold(value: dict[str, Scalar], text: str, expected: bool) -> None:
    assert holds(text, person(**value)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seats > 3", False),
        ("seats < 3", False),
        ("paying is false", False),
        ("paying is not true", True),
        ("signed_up_at more than 3 days ago", False),
        ("signed_up_at before 2026-01-31", False),
        ('event "never" count < 5', False),
        ('event "never" count is not 5', True),
        ('event "never" has not happened', True),
        ('event "never" last is unknown', True),
        ('event "export" metadata.none is not "x"', True),
        ('company.tier is not "gold"', True),
        ("company.tier is unknown", True),
        ("company is unknown", True),
        ('tag is not "x"', True),
    ],
)
def test_the_same_holds_for_everything_that_a_person_can_lack(text: str, expected: bool) -> None:
    assert holds(text, person()) is expected


@pytest.mark.parametrize(
    ("age", "less", "exactly", "more"),
    [
        (2 * DAY - 1, True, False, False),
        (2 * DAY, False, True, False),
        (2 * DAY + 1, False, True, True),
        (3 * DAY - 1, False, True, True),
        (3 * DAY, False, False, True),
        (-5 * DAY, True, False, False),
    ],
)
def test_days_ago_are_blocks_of_24_hours(age: int, less: bool, exactly: bool, more: bool) -> None:
    facts = person({"signed_up_at": NOW - age})
    assert holds("signed_up_at less than 2 days ago", facts) is less
    assert holds("signed_up_at exactly 2 days ago", facts) is exactly
    assert holds("signed_up_at more than 2 days ago", facts) is more


@pytest.mark.parametrize(
    ("ahead", "less", "exactly", "more"),
    [
        (2 * DAY + 1, True, False, False),
        (2 * DAY, False, True, False),
        (DAY + 1, False, True, True),
        (DAY, False, False, True),
    ],
)
def test_a_negative_number_of_days_looks_ahead(ahead: int, less: bool, exactly: bool, more: bool) -> None:
    facts = person({"signed_up_at": NOW + ahead})
    assert holds("signed_up_at less than -2 days ago", facts) is less
    assert holds("signed_up_at exactly -2 days ago", facts) is exactly
    assert holds("signed_up_at more than -2 days ago", facts) is more


def test_exactly_no_days_ago_is_the_last_24_hours() -> None:
    for age, expected in ((-1, False), (0, True), (DAY - 1, True), (DAY, False)):
        assert holds("signed_up_at exactly 0 days ago", person({"signed_up_at": NOW - age})) is expected


@pytest.mark.parametrize(
    ("zone", "first", "seconds"),
    [
        ("Europe/Berlin", datetime(2026, 10, 24, 22, tzinfo=UTC), 25 * 3600),
        ("America/Havana", datetime(2026, 10, 25, 4, tzinfo=UTC), DAY),
        ("Asia/Beirut", datetime(2026, 10, 24, 22, tzinfo=UTC), DAY),
        ("UTC", datetime(2026, 10, 25, tzinfo=UTC), DAY),
    ],
)
def test_a_day_is_that_of_the_zone_however_long_it_is(zone: str, first: datetime, seconds: int) -> None:
    within = scope(ZoneInfo(zone))
    start = int(first.timestamp())
    for instant, before, on, after in (
        (start - 1, True, False, False),
        (start, False, True, False),
        (start + seconds - 1, False, True, False),
        (start + seconds, False, False, True),
    ):
        facts = person({"signed_up_at": instant})
        assert holds("signed_up_at before 2026-10-25", facts, within) is before
        assert holds("signed_up_at on 2026-10-25", facts, within) is on
        assert holds("signed_up_at after 2026-10-25", facts, within) is after


def test_a_date_is_compared_by_its_own_day_and_stands_at_midnight_for_days_ago() -> None:
    today = datetime(2026, 10, 26, tzinfo=UTC).timestamp() // DAY  # 11:30 before the moment, in Berlin 13:30
    facts = person(renews_on=int(today))
    for zone in (ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Los_Angeles")):
        assert holds("renews_on on 2026-10-26", facts, scope(zone))
        assert not holds("renews_on after 2026-10-26", facts, scope(zone))
    assert holds("renews_on exactly 0 days ago", facts)
    assert holds("renews_on exactly 1 days ago", person(renews_on=int(today) - 1))
    assert holds("renews_on less than 0 days ago", person(renews_on=int(today) + 1))
    assert not holds("renews_on more than 0 days ago", person(renews_on=int(today) + 1))
    at_midnight = FilterScope(CATALOGUE, ZoneInfo("UTC"), int(today) * DAY)
    assert not holds("renews_on more than 0 days ago", facts, at_midnight)
    assert holds("renews_on exactly 0 days ago", facts, at_midnight)


def company(name: str, **custom: Value) -> Company:
    return Company(id=name, created_at=0, updated_at=0, standard={"size": 5}, custom=custom)


def test_one_company_is_enough_and_a_negative_condition_needs_all() -> None:
    facts = person(
        {}, company("c1", tier=Value("list", "gold")), company("c2", tier=Value("list", "silver")), company("c3")
    )
    assert holds('company.tier is "gold"', facts)
    assert not holds('company.tier is not "gold"', facts)
    assert holds("company.tier has any value", facts)
    assert not holds("company.tier is unknown", facts)
    assert holds('company is "c3"', facts)
    assert holds('company not in ("c4")', facts)
    assert holds("company.size >= 5", facts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('event "export" count is 3', True),
        ('event "export" count > 3', False),
        ('event "Export" has happened', False),
        ('event "export" first more than 8 days ago', True),
        ('event "export" last exactly 1 days ago', True),
        ('event "export" metadata.PLAN is "Pro"', True),
        ('event "export" metadata.plan is "pro"', False),
        ('event "export" metadata.plan contains "pro"', True),
        ('event "export" metadata.plan > 3', False),
        ('event "export" metadata.price > 4.5', True),
        ('event "export" metadata.price is "5"', False),
        ('event "export" metadata.price in ("x", 5)', True),
        ('event "export" metadata.big is true', True),
        ('event "export" metadata.big is 1', False),
        ('event "export" metadata.price is not true', True),
        ('event "export" metadata.price more than 3 days ago', False),
    ],
)
def test_events_are_asked_for_by_their_summary_and_the_metadata_of_the_last_one(text: str, expected: bool) -> None:
    assert holds(text, person()) is expected


def test_a_segment_is_its_filter() -> None:
    vip = Condition(Subject("tag"), "is", ("vip",))
    within = scope(
        Vip=vip, None_=Condition(Subject("tag"), "is", ("x",)), Both=Condition(Subject("segment"), "is", ("Vip",))
    )
    assert holds('segment is "Vip"', person(), within)
    assert holds('segment is "Both"', person(), within)
    assert not holds('segment is not "Vip"', person(), within)
    assert holds('segment in ("None_", "Vip")', person(), within)
    assert holds('segment not in ("None_")', person(), within)
