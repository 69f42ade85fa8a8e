"""The text of filters: what people type, how it is printed, and where mistakes are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.people.filters import Condition, Filter, FilterError, Group, Subject, parse_filter, print_filter
from indexer.people.filters.filter_phrases import PHRASES
from tests.people.filters.filter_workspace import scope

ACTIVE = Condition(Subject("attribute", "last_seen_at"), "less_than_days_ago", (30,))
SCOPE = scope(Active=ACTIVE)

TYPED = [
    ("plan = 'free'", 'plan is "free"'),
    ('PLAN is "x" AND Plan != "y"'.replace("PLAN", "plan"), 'plan is "x" and Plan is not "y"'),
    ('custom.plan is "x"', 'plan is "x"'),
    ('"plan" is "x"', 'plan is "x"'),
    ('plan is one of ("a","b")', 'plan in ("a", "b")'),
    ('plan is not in ("a")', 'plan not in ("a")'),
    ('plan begins with "a" or plan contains word "b c"', 'plan starts with "a" or plan contains exact word "b c"'),
    ("plan is null or plan is not empty", "plan is unknown or plan has any value"),
    ("plan is not set or plan is known", "plan is unknown or plan has any value"),
    ("seats more than 3 and seats is at most 7", "seats > 3 and seats <= 7"),
    ("seats = 3 and seats <> -1", "seats is 3 and seats is not -1"),
    ("score is 3", "score is 3"),
    ("score >= 1e3", "score >= 1000.0"),
    ("paying = TRUE", "paying is true"),
    ("signed_up_at > 30 days ago", "signed_up_at more than 30 days ago"),
    ("signed_up_at < 1 day ago", "signed_up_at less than 1 days ago"),
    ("signed_up_at exactly 2 weeks ago", "signed_up_at exactly 14 days ago"),
    ("signed_up_at less than -3 days ago", "signed_up_at less than -3 days ago"),
    ("signed_up_at > 2026-01-31", "signed_up_at after 2026-01-31"),
    ("signed_up_at = 2026-01-31", "signed_up_at on 2026-01-31"),
    ("renews_on is before 2026-01-31", "renews_on before 2026-01-31"),
    ('company.plan is "x" and company.tier is "gold"', 'company.plan is "x" and company.tier is "gold"'),
    ('company.custom.staff > 3 and company is "c1"', 'company.staff > 3 and company is "c1"'),
    ('company.custom."paid at" has any value', 'company.custom."paid at" has any value'),
    ('custom."and" is "free"', 'custom."and" is "free"'),
    ('"and" in ("free")', 'custom."and" in ("free")'),
    ("trial.ends on 2026-01-31", "trial.ends on 2026-01-31"),
    ('event "export" count > 3', 'event "export" count > 3'),
    ('event "export" last time less than 7 days ago', 'event "export" last less than 7 days ago'),
    ('event "export" has happened', 'event "export" has happened'),
    ('event "export" count is unknown', 'event "export" has not happened'),
    ('event "export" Metadata.Plan is "x"', 'event "export" metadata.plan is "x"'),
    ('event "export" metadata."due date" = 2026-01-31', 'event "export" metadata."due date" on 2026-01-31'),
    ('tag is "vip" and tag not in ("a", "b")', 'tag is "vip" and tag not in ("a", "b")'),
    ('segment is not "Active"', 'segment is not "Active"'),
    ('imported_segment is "Old"', 'imported_segment is "Old"'),
    ('(plan is "x")', 'plan is "x"'),
    ('plan is "x" or plan is "y" and seats > 1', 'plan is "x" or (plan is "y" and seats > 1)'),
    ('(plan is "x" or plan is "y") and seats > 1', '(plan is "x" or plan is "y") and seats > 1'),
    (r'plan is "a\"b\\c\n\t\u00e9"', r'plan is "a\"b\\c\n\té"'),
    ("plan is 'it\\'s'", 'plan is "it\'s"'),
    ('plan\nis\n"x"', 'plan is "x"'),
]

MISTAKES = [
    ("", 0, "empty"),
    ("   ", 0, "empty"),
    ("plan", 4, "operator is missing"),
    ("plan is", 7, "value is missing"),
    ("plan is free", 8, "value is missing"),
    ('plan is "free', 8, 'no closing "'),
    ('plan is "a\\qb"', 10, "\\q is not an escape"),
    ('plan is "free" plan', 15, "and, or is missing"),
    ('plan is "free" and', 18, "begins with a name"),
    ('and plan is "x"', 0, "condition is missing"),
    ('plan contians "x"', 5, "operator is missing"),
    ('plan is "x" unknown', 12, "and, or is missing"),
    ('plan is "x" in ("y")', 12, "and, or is missing"),
    ('event "export" count > 3 in 7 days', 25, "a count within some days is not known"),
    ('plan is "x" )', 12, ") cannot stand here"),
    ('(plan is "x"', 0, "not closed"),
    ("(" * 9 + 'plan is "x"' + ")" * 9, 8, "nested more than 8"),
    ("plan is “x”", 8, "not a quotation mark"),
    ("plan & x", 5, "does not join"),
    ('not plan is "x"', 0, "not cannot stand"),
    ('plann is "x"', 0, "no attribute plann"),
    ('tier is "gold"', 0, "no attribute tier"),
    ('former is "x"', 0, "archived"),
    ("plan > 3", 5, "“>” cannot be asked"),
    ("plan is 3", 8, "3 is not"),
    ('plan is ""', 8, "empty text"),
    ('plan contains exact word "--"', 25, "no word"),
    ('seats is "5"', 9, "whole number"),
    ("seats is 2.5", 9, "whole number"),
    ("seats > 99999999999999999999", 8, "too large"),
    ("score > 1e999", 8, "too large"),
    ("seats between 3 and 5", 6, "between is not"),
    ('paying is "yes"', 10, "true or false"),
    ('role is "User"', 8, "no option"),
    ('custom."and" is "fre"', 16, "no option"),
    ('plan in "x"', 8, "parenthesis"),
    ('plan in ("x" "y")', 13, "comma"),
    ("signed_up_at > 30", 13, "“>” cannot be asked"),
    ("signed_up_at > 30 days", 22, "ago is missing"),
    ("signed_up_at != 2026-01-31", 13, "does not compare"),
    ("signed_up_at >= 3 days ago", 13, "does not compare"),
    ("signed_up_at on 2026-02-30", 16, "not in the calendar"),
    ("signed_up_at on 1026-02-20", 16, "between 1900"),
    ("signed_up_at after 2026-01-01T10:00", 19, "without a time"),
    ("signed_up_at exactly 2.5 days ago", 21, "whole number"),
    ("signed_up_at < 40000 days ago", 15, "whole number"),
    ("signed_up_at < 3 months ago", 17, "in days, not in months"),
    ("signed_up_at in the last 7 days", 16, "days ago"),
    ('segment is "Activ"', 11, "no segment"),
    ("segment is unknown", 8, "cannot be asked"),
    ("event export count > 3", 6, "name of the event"),
    ('event "" count > 3', 6, "has a name"),
    ('event "export" times > 3', 15, "times is not"),
    ('event "export" metadata. is "x"', 25, "name is missing"),
    ('event "export" count is 0', 24, "nobody has such a count"),
    ('event "export" count < 1', 23, "nobody has such a count"),
    ("email has happened", 6, "only events happen"),
    ('event "export" count > 3 in the last 7 days', 25, "a count within some days is not known"),
    ('event "export" count > 3 within 7 days', 25, "a count within some days is not known"),
]


@pytest.mark.parametrize(("typed", "printed"), TYPED)
def test_what_people_type_is_printed_in_one_form(typed: str, printed: str) -> None:
    found = parse_filter(typed, SCOPE)
    assert print_filter(found) == printed
    assert parse_filter(printed, SCOPE) == found


@pytest.mark.parametrize(("typed", "position", "words"), MISTAKES)
def test_a_mistake_is_named_with_its_place(typed: str, position: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(typed, SCOPE)
    assert caught.value.position == position
    assert words in caught.value.reason


def test_an_error_shows_the_line_with_a_caret_below_the_place() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter('plan is "free"\nand seats > "3"', SCOPE)
    assert str(caught.value).splitlines()[1:] == ['  and seats > "3"', "              ^"]
    assert caught.value.remedy == "write is 3, > 3, <= 3"


def test_in_a_long_line_the_error_shows_what_stands_around_the_place() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(" or ".join(['plan is "free"'] * 20) + " or plan is 3", SCOPE)
    _, line, caret = str(caught.value).splitlines()
    assert line.endswith('plan is "free" or plan is 3')
    assert line[len(caret) - 1] == "3"


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ('plann is "x"', "did you mean plan"),
        ('Email is "x"', "did you mean email?"),
        ('tier is "gold"', "company.tier"),
        ('company.tier is "goold"', "did you mean gold?"),
        ('role is "User"', "did you mean user?"),
        ('segment is "active"', "did you mean Active?"),
        ('plan contians "x"', "did you mean contains"),
        ("plan is free", '"free"'),
        ("plan is 5", '"5"'),
        ('event "x" count is 0', 'event "x" has not happened'),
        ('event "x" count > 3 in the last 7 days', "last less than 7 days ago"),
    ],
)
def test_an_error_has_a_remedy(typed: str, remedy: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(typed, SCOPE)
    assert remedy in caught.value.remedy


def test_and_binds_more_tightly_than_or() -> None:
    found = parse_filter('plan is "a" or plan is "b" and plan is "c"', SCOPE)
    assert isinstance(found, Group)
    assert found.joined_by == "or"
    assert [type(one) for one in found.members] == [Condition, Group]


def test_a_filter_of_too_many_characters_is_refused() -> None:
    with pytest.raises(FilterError, match="longer than 20,000 characters"):
        parse_filter('plan is "x" or ' * 2_000, SCOPE)


def test_a_filter_of_too_many_conditions_is_refused() -> None:
    with pytest.raises(FilterError, match="more than 200 conditions"):
        parse_filter(" or ".join(['plan is "x"'] * 201), SCOPE)


def _gives_a_filter_or_an_error_with_a_place(text: str) -> None:
    found = _read(text)
    if isinstance(found, FilterError):
        assert found.position is not None
        assert 0 <= found.position <= len(text)
        assert str(found)
    else:
        assert parse_filter(print_filter(found), SCOPE) == found


def _read(text: str) -> Filter | FilterError:
    try:
        return parse_filter(text, SCOPE)
    except FilterError as error:
        return error


@given(st.text(max_size=60))
def test_any_text_gives_a_filter_or_an_error_with_a_place(text: str) -> None:
    _gives_a_filter_or_an_error_with_a_place(text)


_PIECES = st.sampled_from(
    [
        *PHRASES, "plan", "seats", "signed_up_at", "company.tier", "custom.", '"and"', 'event "export"',
        "event", "count",
        "metadata.plan", "tag", "segment", "(", ")", ",", "and", "or", "not", '"free"', "'x'", '"Active"', "3", "-2.5",
        "2026-01-31", "days", "days ago", "weeks ago", "true", "first", "last",
    ]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=12).map(" ".join))
def test_any_order_of_words_gives_a_filter_or_an_error_with_a_place(text: str) -> None:
    _gives_a_filter_or_an_error_with_a_place(text)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_every_text_can_be_asked_for(text: str) -> None:
    asked = Condition(Subject("attribute", "plan"), "is", (text,))
    assert parse_filter(print_filter(asked), SCOPE) == asked
