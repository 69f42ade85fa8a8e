"""Receipts and events made up for tests, plain and by hypothesis."""

from typing import Any

from hypothesis import strategies as st

from indexer.messages.event import MessageEvent
from indexer.messages.receipt import Receipt
from indexer.messages.statistics import CONTENT_TYPES, EVENTS

T = 1_709_542_800  # Monday, 4 March 2024, 09:00 UTC

ZALGO = "Z" + "̸̡̛̖̈" * 50
HOSTILE = [
    'He said "buy", then left',
    "two\nlines\r\nand a tab\t",
    "👩‍👩‍👧‍👦 offers 🎉",
    "عرض خاص \u202eright to left",
    '=HYPERLINK("http://x")',
    "+1, -1, @sum, a;b,c",
    ZALGO,
    "x" * 9_000,
    "null",
    " ",
]
"""Titles that break what does not expect them."""


def receipt(receipt_id: str = "r1", content_type: str | None = "Email", received_at: int = T, **facts: Any) -> Receipt:
    return Receipt(receipt_id=receipt_id, received_at=received_at, content_type=content_type, **facts)


def event(kind: str, after: int = 60, *, machine: bool = False, ordinal: int = 0, **details: str) -> MessageEvent:
    return MessageEvent("r1", kind, T + after, details, machine, ordinal)


def events() -> st.SearchStrategy[MessageEvent]:
    """Events of the receipt `r1` of all kinds, known or not, few enough seconds apart to collide."""
    return st.builds(
        MessageEvent,
        st.just("r1"),
        st.sampled_from([*EVENTS, "carrier_pigeon"]),
        st.integers(T - 3, T + 6) | st.just(T + 400 * 86_400),
        st.dictionaries(st.sampled_from(["step_id", "reaction", "link"]), st.sampled_from(["1", "2"]), max_size=2),
        st.booleans(),
        st.integers(0, 1),
    )


def receipts() -> st.SearchStrategy[Receipt]:
    """Receipts of all content types, known or not, or without one."""
    words = st.sampled_from([*sorted(CONTENT_TYPES), "Mobile Carousel", "EMAIL", "Carrier Pigeon"])
    return st.builds(
        receipt,
        content_type=st.none() | words,
        content_title=st.none() | st.sampled_from(HOSTILE),
        company_id=st.none() | st.just("c1"),
        ruleset_version_id=st.none() | st.integers(0, 200).map(str) | st.just("draft"),
    )
