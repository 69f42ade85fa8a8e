"""Events as the vendor's files and its API write them; what tells two of them apart."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import Refused
from indexer.messages.event import MessageEvent, event_from, kind_of, read_event, stored_event
from indexer.messages.statistics import EVENTS, Statistic
from tests.messages.made_receipts import T, event, events


@pytest.mark.parametrize("statistic", EVENTS.values(), ids=list(EVENTS))
def test_an_event_is_read_by_the_columns_of_its_file(statistic: Statistic) -> None:
    row = {name: f"a {name}" for name in statistic.columns} | {"receipt_id": "r1", statistic.at: str(T)}
    details = {name: f"a {name}" for name in statistic.columns if name not in ("receipt_id", statistic.at)}
    assert read_event(row, statistic.kind) == MessageEvent("r1", statistic.kind, T, details)


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_of_the_api_has_its_time_under_at(kind: str) -> None:
    raw = {"type": kind, "receipt_id": 1, "at": T, "link": "https://x", "screen_id": 2, "button_id": None}
    assert read_event(raw, kind) == MessageEvent("1", kind, T, {"link": "https://x", "screen_id": "2"})


def test_an_event_of_an_unknown_kind_keeps_everything_that_it_says() -> None:
    raw = {"type": "Carrier pigeon", "receipt_id": "1", "at": T, "feathers": 7, "name": "Gus", "lost": None}
    assert kind_of(raw) == "carrier_pigeon"
    assert read_event(raw, "carrier_pigeon").details == {"feathers": "7", "name": "Gus"}


@pytest.mark.parametrize(
    ("said", "is_machine"), [(True, True), ("true", True), (False, False), ("", False), (1, False)]
)
def test_an_event_says_whether_a_machine_made_it(said: Any, is_machine: bool) -> None:
    assert read_event({"receipt_id": "1", "at": T, "machine": said}, "open").machine is is_machine


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"at": T}, "receipt_id: is missing"),
        ({"receipt_id": "1"}, "clicked_at: is missing"),
        ({"receipt_id": "1", "clicked_at": ""}, "clicked_at: is missing"),
        ({"receipt_id": "1", "clicked_at": "soon", "at": T}, "clicked_at: 'soon' is neither"),
    ],
)
def test_what_is_not_an_event_is_refused_with_the_name_at_fault(raw: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read_event(raw, "click")


@pytest.mark.parametrize("said", [None, "", "  ", 7, "x" * 101, "a\0b", "\ud800"])
def test_a_kind_has_to_be_a_name(said: Any) -> None:
    with pytest.raises(Refused, match=r"^type: "):
        kind_of({"type": said})


def test_the_key_is_made_of_receipt_kind_second_details_and_ordinal() -> None:
    different = [
        event("click"),
        event("open"),
        event("click", 61),
        event("click", link="a"),
        event("click", link="b"),
        event("click", screen_id="a"),
        event("click", ordinal=1),
    ]
    assert len({one.key for one in different}) == len(different)
    assert event("click", machine=True).key == event("click").key


@given(st.lists(events(), max_size=8))
def test_stored_events_read_back_and_the_order_of_details_does_not_matter(some: list[MessageEvent]) -> None:
    for one in some:
        turned = MessageEvent(
            one.receipt_id, one.kind, one.at, dict(reversed(one.details.items())), one.machine, one.ordinal
        )
        assert event_from(stored_event(one)) == one
        assert (stored_event(turned), turned.key) == (stored_event(one), one.key)


@given(events())
def test_of_two_forms_of_one_event_the_one_by_a_machine_has_the_greater_bytes(one: MessageEvent) -> None:
    ours, machines = (
        stored_event(MessageEvent(one.receipt_id, one.kind, one.at, one.details, made, one.ordinal))
        for made in (False, True)
    )
    assert machines > ours


def test_half_of_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(Refused, match="half of a surrogate pair"):
        stored_event(event("click", link="\ud800"))
