"""JSON as values: numbers that are too large are null, and damage is refused with its reason."""

import pytest

from indexer.conversation.decoding import decoded
from indexer.errors import Refused

TOO_LARGE = b'{"x":1e400,"y":'


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1" * 5_000, b"-" + b"1" * 5_000])
def test_a_number_that_is_too_large_is_null_and_the_values_beside_it_stay(number: bytes) -> None:
    found = decoded(b'[%s,1.5,-2.5e3,12,"x",{"a":[%s]}]' % (number, number))
    assert found == [None, 1.5, -2500.0, 12, "x", {"a": [None]}]
    assert [type(one) for one in found[1:4]] == [float, float, int]


@pytest.mark.parametrize("digits", [30, 3_999])
def test_a_long_whole_number_is_exact(digits: int) -> None:
    assert decoded(b"[1e400,%s]" % (b"9" * digits)) == [None, 10**digits - 1]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"x":', "is not JSON: Input data was truncated"),
        (b'{"x":"\xff"}', "is not UTF-8: invalid start byte at byte 0"),
        (b"[" * 200_000, "is nested too deeply"),
        (TOO_LARGE, "is not JSON: Expecting value: line 1 column 16 (char 15)"),
        (TOO_LARGE + b"[" * 200_000, "is nested too deeply"),
    ],
)
def test_a_damaged_value_is_refused_as_a_whole(payload: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        decoded(payload)
    assert (refused.value.path, refused.value.reason) == ("", reason)
