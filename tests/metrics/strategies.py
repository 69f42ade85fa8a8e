"""Random conversations: any part type, author, order, tie and body, within a few days."""

from typing import Any

from hypothesis import strategies as st

from indexer.conversation.part_types import PART_TYPES
from tests.builders import conversation, part

DAY = 86_400
START = 1_709_251_200
"""1 March 2024, so that the days around it hold both American and European changes of the clocks."""

part_types = st.sampled_from([*PART_TYPES, "foo_bar", "thing_and_reopen", "some_assignment"])
letters = st.sampled_from("CCAABDO")
assignees = st.sampled_from([None, "A", "B", "D", "T1", "T2", "nobody"])


@st.composite
def parts(draw: st.DrawFn, part_type: st.SearchStrategy[str] = part_types) -> dict[str, Any]:
    """One part; times repeat often, since ties are the rule."""
    at = START + draw(st.sampled_from([0, 0, 1, 60, 3600, DAY, 10 * DAY, 30 * DAY])) + draw(st.integers(-5, 5))
    return part(draw(letters), draw(part_type), at, body=draw(st.booleans()), to=draw(assignees))


@st.composite
def conversations(draw: st.DrawFn) -> dict[str, Any]:
    """A conversation of up to a dozen parts, started by the contact, a teammate or a bot."""
    by, delivered_as = draw(
        st.sampled_from([("C", "customer_initiated"), ("A", "admin_initiated"), ("O", "operator_initiated")])
    )
    return conversation(*draw(st.lists(parts(), max_size=12)), by=by, delivered_as=delivered_as, at=START)


@st.composite
def schedules(draw: st.DrawFn) -> dict[str, Any]:
    """Office hours of a few intervals a week in a zone with or without changes of the clocks."""
    intervals = [
        {"start_minute": start, "end_minute": min(10_080, start + length)}
        for start, length in draw(
            st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 1_440)), min_size=1, max_size=6)
        )
    ]
    zone = draw(st.sampled_from(["UTC", "America/New_York", "Europe/Dublin", "Asia/Kathmandu"]))
    return {"time_zone_name": zone, "twenty_four_seven": False, "time_intervals": intervals}
