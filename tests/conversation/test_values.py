"""Single values: the bounds of times and ids (decisions 36 and 37), and the words in which a value is refused."""

import pytest

from indexer.conversation.values import (
    epoch_seconds,
    flag,
    identifier,
    is_operators_email,
    is_unreadable_id,
    kind,
    optional_seconds,
    part_version,
    required_id,
    score,
    shortened,
    whole_number,
)
from indexer.errors import Refused

LONGEST = 10**511 - 1
"""A whole number of as many digits as an id may have, less one for the sign."""


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (1, 1),
        (1.5, 1),
        (4_102_444_799, 4_102_444_799),
        (999_999_999_999 // 1000, 999_999_999),
        (1_000_000_000_000, 1_000_000_000),
        ("100000000", 100_000_000),
        ("01709588400", 1_709_588_400),
        ("1970-01-01T00:00:01Z", 1),
    ],
)
def test_the_first_and_the_last_of_each_form_of_a_time_are_read(written: object, seconds: int) -> None:
    assert epoch_seconds(written, "p") == seconds
    assert optional_seconds(written, "p") == seconds
    assert part_version(written) == seconds


@pytest.mark.parametrize("none", [None, "", 0, 0.0, 0.9, "0", "0.0", "1970-01-01T00:00:00Z"])
def test_a_time_that_was_never_is_none(none: object) -> None:
    assert optional_seconds(none, "p") is None
    assert part_version(none) == 0


@pytest.mark.parametrize("odd", ["soon", True, [], -1, 4_102_444_800, "001709588400"])
def test_a_parts_version_that_is_not_a_time_is_the_earliest(odd: object) -> None:
    assert part_version(odd) == 0
    with pytest.raises(Refused):
        optional_seconds(odd, "p")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "is missing"),
        ("", "is missing"),
        (0, "0 is not a time"),
        (0.5, "0.5 is not a time"),
        ("0", "'0' is not a time"),
        (-1, "-1 is not a time between 1970 and 2100"),
        (10**60, "1" + "0" * 36 + "... is not a time between 1970 and 2100"),
        ("001709588400", "'001709588400' is neither epoch seconds nor an ISO 8601 time"),
    ],
)
def test_a_time_that_cannot_be_used_is_refused_in_these_words(value: object, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        epoch_seconds(value, "p")
    assert (refused.value.path, refused.value.reason) == ("p", reason)


@pytest.mark.parametrize(
    ("value", "id_"),
    [
        ("0", "0"), (" ", " "), (7, "7"), (-7, "-7"), (7.0, "7"), (-7.0, "-7"), (2.0**53 - 1, str(2**53 - 1)),
        (1.0 - 2.0**53, str(1 - 2**53)), (2**53, str(2**53)), (LONGEST, str(LONGEST)), (-LONGEST, str(-LONGEST)),
        ("x" * 512, "x" * 512),
    ],
)  # fmt: skip
def test_an_id_is_a_text_or_a_whole_number(value: object, id_: str) -> None:
    assert identifier(value) == id_
    assert required_id(value, "p") == id_
    assert not is_unreadable_id(value)


@pytest.mark.parametrize("none", [None, "", 0, 0.0, -0.0])
def test_a_value_that_stands_for_no_id_is_not_an_unreadable_one(none: object) -> None:
    assert identifier(none) is None
    assert not is_unreadable_id(none)
    with pytest.raises(Refused, match=r"^p: is missing$"):
        required_id(none, "p")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (7.5, "is 7.5, not a whole number of up to 15 digits"),
        (2.0**53, "is 9007199254740992.0, not a whole number of up to 15 digits"),
        (-(2.0**53), "is -9007199254740992.0, not a whole number of up to 15 digits"),
        (LONGEST + 1, "1" + "0" * 36 + "... is longer than 512 bytes"),
        (-LONGEST - 1, "-1" + "0" * 35 + "... is longer than 512 bytes"),
        ("x" * 513, "'" + "x" * 36 + "... is longer than 512 bytes"),
        ("é" * 257, "'" + "é" * 36 + "... is longer than 512 bytes"),
        (True, "is a boolean, not an id"),
        (False, "is a boolean, not an id"),
        ([], "is a list, not an id"),
        ({}, "is an object, not an id"),
    ],
)
def test_a_value_that_cannot_be_an_id_is_left_out_or_refused_in_these_words(value: object, reason: str) -> None:
    assert identifier(value) is None
    assert is_unreadable_id(value)
    with pytest.raises(Refused) as refused:
        required_id(value, "p")
    assert (refused.value.path, refused.value.reason) == ("p", reason)


@pytest.mark.parametrize(
    ("value", "number", "points"),
    [
        (4, 4, 4), ("4", 4, 4), (4.0, 4, 4), (0, 0, 0), ("1" * 19, int("1" * 19), int("1" * 19)), ("1" * 20, None, 0),
        (4.5, None, 0), ("x", None, 0), ("", None, None), (None, None, None), (True, None, 0), ([], None, 0),
    ],
)  # fmt: skip
def test_a_whole_number_may_be_a_text_and_a_score_that_is_not_one_is_0(
    value: object, number: int | None, points: int | None
) -> None:
    assert whole_number(value) == number
    assert score(value) == points


def test_only_true_and_false_are_flags() -> None:
    assert [flag(value) for value in (True, False, None, 0, 1, "true", [])] == [True, False, *[None] * 5]


@pytest.mark.parametrize(
    ("email", "is_operators"),
    [
        ("operator+abc@intercom.io", True),
        ("operator+abc@example.com", False),
        ("ada@intercom.io", False),
        ("", False),
    ],
)
def test_the_operators_address_is_told_by_both_of_its_ends(email: str, *, is_operators: bool) -> None:
    assert is_operators_email(email) is is_operators


def test_a_value_in_a_sentence_has_at_most_40_characters() -> None:
    assert [shortened(value) for value in (5, "x", None, [1, "y"])] == ["5", "'x'", "None", "[1, 'y']"]
    assert shortened("x" * 38) == "'" + "x" * 38 + "'"
    assert shortened("x" * 39) == "'" + "x" * 36 + "..."
    assert shortened(10**39) == "1" + "0" * 39
    assert shortened(10**40) == "1" + "0" * 36 + "..."


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"), (True, "a boolean"), (1, "a number"), (1.5, "a number"), ("", "a text"), ([], "a list"),
        ({}, "an object"),
    ],
)  # fmt: skip
def test_kinds_are_named_in_the_words_of_json(value: object, words: str) -> None:
    assert kind(value) == words
