"""The vendor's statistics in the terms of the documents."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.differences.vendor_statistics import vendor_statistics

seconds = st.integers(1_000_000_000, 4_000_000_000)


@given(at=seconds)
def test_times_are_the_same_in_seconds_and_in_iso_8601(at: int) -> None:
    written = datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    assert vendor_statistics({"first_close_at": written}) == {"first_close_at": at}
    assert vendor_statistics({"first_close_at": at}) == {"first_close_at": at}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"last_closed_by_id": 93}, {"last_closed_by_id": "93"}),
        (
            {"last_closed_by": {"type": "admin", "id": 93}},
            {"last_closed_by": {"type": "admin", "id": 93}, "last_closed_by_id": "93"},
        ),
        (
            {"last_closed_by": {"id": "1"}, "last_closed_by_id": "93"},
            {"last_closed_by": {"id": "1"}, "last_closed_by_id": "93"},
        ),
        ({"last_closed_by": "93"}, {"last_closed_by": "93"}),
        ({"first_close_at": None, "last_close_at": 0}, {"first_close_at": None, "last_close_at": None}),
        ({"first_close_at": "yesterday"}, {"first_close_at": "yesterday"}),
        ({"time_to_admin_reply": 60, "count_reopens": 0}, {"time_to_admin_reply": 60, "count_reopens": 0}),
    ],
)
def test_a_statistic_is_read_as_the_documents_write_it(said: dict[str, Any], read: dict[str, Any]) -> None:
    assert vendor_statistics(said) == read
