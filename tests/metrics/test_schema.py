"""The names of the document's fields."""

import pytest

from indexer.metrics.schema import is_timestamp


@pytest.mark.parametrize(
    ("name", "is_instant"),
    [
        ("started_at", True),
        ("waiting_since", True),
        ("at", True),
        ("gte", True),
        ("lt", True),
        ("first_response_time", False),
        ("time_to_last_close_ooo", False),
        ("part_id", False),
        ("state", False),
    ],
)
def test_a_field_is_shown_as_an_instant_if_its_name_says_so(name: str, *, is_instant: bool) -> None:
    assert is_timestamp(name) is is_instant
