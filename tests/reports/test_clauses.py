import pytest

from indexer.reports.clauses import check_clause, read_clause
from indexer.reports.dimensions import find_dimension


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("tag=bug", ("tag", "=", "bug")),
        ("tag!=bug", ("tag", "!=", "bug")),
        ("rating>=4", ("rating", ">=", "4")),
        ("rating<=4", ("rating", "<=", "4")),
        ("rating>4", ("rating", ">", "4")),
        ("rating<4", ("rating", "<", "4")),
        ("tag=*", ("tag", "=", "*")),
        ("tag!=*", ("tag", "!=", "*")),
        ("tag=a>=b", ("tag", "=", "a>=b")),
        ("custom.a b=c\nd", ("custom.a b", "=", "c\nd")),
    ],
)
def test_a_condition_is_a_word_an_operator_and_a_value(written: str, parts: tuple[str, str, str]):
    assert read_clause(written) == parts


@pytest.mark.parametrize("written", ["tag", "=bug", "tag=", "tag!", "", "!=x"])
def test_what_lacks_one_of_them_is_none(written: str):
    with pytest.raises(ValueError, match="is not of the form FIELD=VALUE"):
        read_clause(written)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("tag>bug", "tag is no number; compare it with = or !="),
        ("rating=four", "rating is a whole number, and 'four' is none"),
        ("rating>=*", "rating is a whole number, and '[*]' is none"),
        ("rating=99999999999999999999", "rating is a whole number"),
        ("bot_inbox=yes", "bot_inbox is true or false, not 'yes'"),
        ("bot_inbox>true", "bot_inbox is no number"),
    ],
)
def test_values_that_a_field_cannot_have_are_refused(written: str, said: str):
    clause = read_clause(written)
    dimension = find_dimension(clause.name)
    assert dimension is not None
    with pytest.raises(ValueError, match=said):
        check_clause(clause, dimension)


@pytest.mark.parametrize("written", ["rating=-1", "rating!=*", "bot_inbox=false", "custom.plan=*", "tag=4"])
def test_values_that_it_can_have_are_not(written: str):
    clause = read_clause(written)
    dimension = find_dimension(clause.name)
    assert dimension is not None
    check_clause(clause, dimension)
