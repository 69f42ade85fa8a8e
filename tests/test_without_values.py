"""Errors are reported without the values of documents that they quote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import Refused
from indexer.without_values import cut_at_value, frames_of, of_defect, of_refusal

# What Elasticsearch 8 and PostgreSQL 18 say, with the value in place of {}.
TOLD = {
    "failed to parse field [handling_time] of type [long] in document with id '1'. Preview of field's value: '{}'": (
        "failed to parse field [handling_time] of type [long] in document with id …"
    ),
    'For input string: "{}"': "…",
    "failed to parse date field [{}] with format [epoch_second]": "failed to parse …",
    "Failed to parse value [{}] as only [true] or [false] are allowed.": "Failed to parse …",
    "Value [{}] is out of range for a long": "…",
    "'{}' is not an IP string literal.": "…",
    'Document contains at least one immense term in field="state" (whose UTF8 encoding is longer than the max length '
    "32766), all of which were skipped. The prefix of the first immense term is: '[{}]...'": (
        'Document contains at least one immense term in field="state" (whose UTF8 encoding is longer than the max '
        "length 32766), all of which were skipped …"
    ),
    'invalid input syntax for type integer: "{}"': "invalid input syntax for type integer …",
    'value "{}" is out of range for type integer': "…",
    "[1:13] mapping set to strict, dynamic introduction of [surprise] within [_doc] is not allowed": None,
    "illegal version value [-1] for version type [EXTERNAL]": None,
    "the number of nested documents has exceeded the allowed limit of [10000].": None,
}


@given(st.text(min_size=1).filter(lambda value: value.strip()))
@pytest.mark.parametrize("told", TOLD)
def test_a_servers_words_end_where_a_value_begins(told: str, value: str) -> None:
    secret = f"{value}secret"
    expected = TOLD[told]
    assert cut_at_value(told.replace("{}", secret)) == (told if expected is None else expected)


@given(st.text(min_size=1))
def test_the_reason_of_a_refusal_stays_and_its_value_goes(value: str) -> None:
    refused = Refused("created_at", f"{value!r} is neither epoch seconds nor an ISO 8601 time")
    assert of_refusal(refused) == "created_at: '…' is neither epoch seconds nor an ISO 8601 time"
    assert of_refusal(Refused("type", f"is {value!r}, not 'conversation'")) == "type: is '…', not 'conversation'"


def test_a_defect_is_told_by_its_kind_and_place() -> None:
    value = "s3cret"
    with pytest.raises(ValueError, match=value) as raised:
        raise ValueError(value)
    assert of_defect(raised.value).startswith("ValueError at test_without_values.py:")
    assert "test_a_defect_is_told" in frames_of(raised.value)
    assert value not in of_defect(raised.value) + frames_of(raised.value)
