import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.reports.dimensions import Dimension
from indexer.reports.question_conditions import Clause, check_clause, in_one_text, read_clause
from tests.reports.definitions import VOCABULARY


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("tag=bug", ("tag", "=", "bug")),
        ("tag!=bug", ("tag", "!=", "bug")),
        ("rating>=4", ("rating", ">=", "4")),
        ("rating<=4", ("rating", "<=", "4")),
        ("rating>4", ("rating", ">", "4")),
        ("rating<4", ("rating", "<", "4")),
        ("tag=*", ("tag", "=", None)),
        ("tag!=*", ("tag", "!=", None)),
        ('tag="*"', ("tag", "=", "*")),
        ('tag=""', ("tag", "=", "")),
        ('tag="a \\"b\\" \\\\"', ("tag", "=", 'a "b" \\')),
        ('tag="a" b', ("tag", "=", '"a" b')),
        ('tag="a" or "b"', ("tag", "=", '"a" or "b"')),
        ("tag=refund, partial", ("tag", "=", "refund, partial")),
        ("tag= lead", ("tag", "=", " lead")),
        ("tag=>=5", ("tag", "=", ">=5")),
        ('custom."Size > 50"=yes', ("custom.Size > 50", "=", "yes")),
        ('custom."a=b"=c', ("custom.a=b", "=", "c")),
        ('custom."VIP?!"=true', ("custom.VIP?!", "=", "true")),
        ('"custom.VIP?!"!=true', ("custom.VIP?!", "!=", "true")),
        ("custom.Plan=A=B", ("custom.Plan", "=", "A=B")),
        ("tag=a>=b", ("tag", "=", "a>=b")),
        ("custom.a b=c\nd", ("custom.a b", "=", "c\nd")),
    ],
)
def test_a_condition_is_a_word_an_operator_and_a_value(written: str, parts: tuple[str, str, str]):
    assert read_clause(written) == parts


@pytest.mark.parametrize("written", ["tag", "=bug", "tag=", "tag!", "", "!=x", '""=x', 'custom.""=x', '"tag"'])
def test_if_one_of_them_is_missing_it_is_refused(written: str):
    with pytest.raises(ValueError, match="is not of the form FIELD=VALUE"):
        read_clause(written)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("tag>bug", "tag is not a number; compare it with = or !="),
        ("rating=four", "rating is a whole number, and 'four' is not"),
        ("rating>=*", "rating is a whole number, and '[*]' is not"),
        ("rating=99999999999999999999", "rating is a whole number"),
        ("bot_inbox=yes", "bot_inbox is true or false, not 'yes'"),
        ("bot_inbox>true", "bot_inbox is not a number"),
    ],
)
def test_values_that_a_field_cannot_have_are_refused(written: str, said: str):
    clause = read_clause(written)
    dimension = VOCABULARY.find(clause.name, actions=False)
    assert dimension is not None
    with pytest.raises(ValueError, match=said):
        check_clause(clause, dimension)


@pytest.mark.parametrize("written", ["rating=-1", "rating!=*", "bot_inbox=false", "custom.plan=*", "tag=4"])
def test_values_that_it_can_have_are_not(written: str):
    clause = read_clause(written)
    dimension = VOCABULARY.find(clause.name, actions=False)
    assert dimension is not None
    check_clause(clause, dimension)


_names = st.one_of(st.sampled_from(["tag", "team"]), st.text(min_size=1).map("custom.".__add__))


@given(_names, st.sampled_from(["=", "!="]), st.none() | st.text())
def test_every_name_and_value_can_be_written_and_read_back(name: str, operator: str, wanted: str | None):
    clause = Clause(name, operator, wanted)
    assert read_clause(str(clause)) == clause


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("custom.Size > 50=yes", 'put a name that has a > in double quotes: custom."a>b"=c'),
        ("person.custom.VIP <3=yes", 'person.custom."a<b"=c'),
        ("custom.a>=b=yes", 'custom."a>=b"=c'),
    ],
)
def test_if_an_attribute_is_compared_by_size_the_refusal_says_how_to_write_such_a_name(written: str, hint: str):
    clause = read_clause(written)
    with pytest.raises(ValueError, match=re.escape(hint)):
        check_clause(clause, Dimension(clause.name, "custom"))
    assert read_clause(hint.rpartition(" ")[2]).operator == "="


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ([], ""),
        (["tag=a"], "tag=a"),
        (["tag=a", "tag=b"], "tag=a or tag=b"),
        (["tag=a", "team=7"], "tag=a and team=7"),
        (["tag=a", "team=7", "tag=b"], "(tag=a or tag=b) and team=7"),
        (["tag=a", "tag!=b", "tag!=c"], "tag=a and tag!=b and tag!=c"),
        (["rating>1", "rating<5", "tag=*", "tag=*"], "rating>1 and rating<5 and tag=*"),
        (['custom."a=b"=1', 'custom."a=b"=2', "channel=email"], '(custom."a=b"=1 or custom."a=b"=2) and channel=email'),
    ],
)
def test_conditions_are_told_as_they_hold(written: list[str], said: str):
    assert in_one_text(written) == said
    assert in_one_text(written, ["target=3600"]).endswith("target=3600")
    assert in_one_text(["tag=a", "tag=b"], ["target=3600"]) == "(tag=a or tag=b) and target=3600"
