"""Why a filter holds for a person or not, clause by clause."""

import pytest

from indexer.people.attribute_value import Value
from indexer.people.filters import Clause, matches, parse_filter, sentence, why
from indexer.people.person import Company, Person
from indexer.people.person_event import EventSummary
from indexer.people.person_facts import PersonFacts
from tests.people.filters.asked_filters import asked_filters, people_asked
from tests.people.filters.filter_workspace import DAY, NOW, scope

SCOPE = scope(Vip=parse_filter('tag is "vip"', scope()))

ANNA = PersonFacts(
    Person(
        id="anna",
        role="user",
        created_at=0,
        updated_at=0,
        standard={"signed_up_at": NOW - 40 * DAY - 3600, "last_seen_at": NOW + DAY // 2},
        custom={
            "plan": Value("string", "Free"),
            "renews_on": Value("date", 20_454),
            "paying": Value("boolean", value=False),
        },
        tags=("vip", "beta"),
        companies=("c1", "c2"),
    ),
    (
        Company(id="c1", created_at=0, updated_at=0, custom={"tier": Value("list", "gold")}),
        Company(id="c2", created_at=0, updated_at=0, custom={"tier": Value("list", "silver")}),
    ),
    {"export": EventSummary(name="export", first=NOW - DAY, last=NOW, count=2)},
)


@pytest.mark.parametrize(
    ("text", "holds", "seen", "reason"),
    [
        ('plan is "Free"', True, '"Free"', "the value meets it"),
        ('plan is "free"', False, '"Free"', "“is” tells capitals apart"),
        ('plan is not "free"', True, '"Free"', "“is not” tells capitals apart"),
        ("paying is true", False, "false", "the value does not meet it"),
        ("seats > 3", False, "no value", "seats has no value"),
        ("seats is not 3", True, "no value", "seats has no value: “is not” holds for people without it"),
        ("seats is unknown", True, "no value", "seats has no value"),
        (
            "signed_up_at more than 30 days ago",
            True,
            "2026-09-16 13:30:00+02:00 (40.0 days ago)",
            "the value meets it",
        ),
        ("last_seen_at less than 30 days ago", True, "2026-10-27 01:30:00+01:00 (in 0.5 days)", "the value meets it"),
        ("renews_on before 2026-01-01", False, "2026-01-01 (298.6 days ago)", "the value does not meet it"),
        ('event "export" count > 3', False, "2", "the value does not meet it"),
        ('event "Export" has happened', False, "no value", 'the person has no event "Export"'),
        (
            'company.tier is "gold"',
            True,
            '"gold", "silver"',
            'at least one of the 2 values meets company.tier is "gold"',
        ),
        (
            'company.tier is not "gold"',
            False,
            '"gold", "silver"',
            'at least one of the 2 values meets company.tier is "gold"',
        ),
        ('tag not in ("x")', True, '"vip", "beta"', 'none of the 2 values meets tag in ("x")'),
    ],
)
def test_a_clause_has_the_value_and_the_reason(text: str, holds: bool, seen: str, reason: str) -> None:
    assert why(parse_filter(text, SCOPE), ANNA, SCOPE) == [Clause(0, text, holds, seen, reason)]


def test_groups_and_segments_have_their_clauses_below_them() -> None:
    asked = parse_filter('plan is "Free" and (seats > 3 or segment is "Vip")', SCOPE)
    assert [(one.depth, one.text, one.holds, one.reason) for one in why(asked, ANNA, SCOPE)] == [
        (0, "all of these", True, "2 of 2 hold"),
        (1, 'plan is "Free"', True, "the value meets it"),
        (1, "at least one of these", True, "1 of 2 hold"),
        (2, "seats > 3", False, "seats has no value"),
        (2, 'segment is "Vip"', True, "the person is in Vip"),
        (3, 'tag is "vip"', True, 'at least one of the 2 values meets tag is "vip"'),
    ]


def test_a_person_who_lacks_everything_is_told_so() -> None:
    nobody = PersonFacts(Person(id="n", role="lead", created_at=0, updated_at=0))
    (clause,) = why(parse_filter('company.tier is "gold"', SCOPE), nobody, SCOPE)
    assert clause.reason == "the person has no company"
    assert why(parse_filter('segment is not "Vip"', SCOPE), nobody, SCOPE)[0].reason == "the person is not in Vip"


def test_the_first_clause_says_whether_the_filter_holds() -> None:
    people = people_asked()
    for ordinal, (asked, within) in enumerate(asked_filters()[:300]):
        facts = people[ordinal * 7]
        clauses = why(asked, facts, within)
        assert clauses[0].holds is matches(asked, facts, within)
        assert all(clause.text and clause.reason for clause in clauses)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('plan is "Free"', 'People for whom plan is "Free".'),
        ('plan is not "Free"', 'People for whom plan is not "Free". “Is not” includes people without plan.'),
        (
            'plan not in ("a") or (plan not in ("b") and company.tier is not "gold")',
            'People for whom plan not in ("a") or (plan not in ("b") and company.tier is not "gold"). '
            "“Not in” includes people without plan. “Is not” includes people without a company that has tier.",
        ),
        (
            'event "export" count is not 3',
            'People for whom event "export" count is not 3. “Is not” includes people without the event "export".',
        ),
        (
            'plan does not contain "x"',
            'People for whom plan does not contain "x". “Does not contain” includes people without plan.',
        ),
        ('tag is not "x"', 'People for whom tag is not "x". “Is not” includes people without tags.'),
        ("plan is unknown", "People for whom plan is unknown."),
    ],
)
def test_a_sentence_says_whom_a_negative_condition_includes(text: str, expected: str) -> None:
    assert sentence(parse_filter(text, SCOPE)) == expected
