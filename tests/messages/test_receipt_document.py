"""The document of a receipt: everything that happened to it and counts, and what is unusual about the rest."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import to_builtins

from indexer.datasets.dataset import Computation, Stored
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.messages.event import MessageEvent, stored_event
from indexer.messages.judged_events import LeftOut, judge_events
from indexer.messages.receipt import Receipt, stored_receipt
from indexer.messages.receipt_document import FIRSTS, FLAGS, MOST_EVENTS, receipt_document
from indexer.messages.receipt_schema import DocumentEvent, ReceiptDocument
from indexer.messages.statistics import EVENTS
from tests.messages.made_receipts import HOSTILE, T, event, events, receipt, receipts
from tests.messages.plain_document import plain_document

LATER = T + 30 * 86_400
"""When everything was saved, unless a test says otherwise."""


def document(one: Receipt, *happened: MessageEvent, saved_at: int = LATER) -> dict[str, Any]:
    """The document as JSON has it."""
    stored = Stored(
        "w", "r1", stored_receipt(one), 7, deleted=False, saved_at=saved_at, events=tuple(map(stored_event, happened))
    )
    found: dict[str, Any] = json.loads(MESSAGE_RECEIPTS.document(stored, Computation("w"), 9))
    return found


def test_a_receipt_without_events_has_its_facts_alone() -> None:
    assert document(receipt(company_id="c", content_title="Hello", country="IE")) == {
        "workspace_id": "w",
        "receipt_id": "r1",
        "metrics_version": 1,
        "received_at": T,
        "revision": 9,
        "company_id": "c",
        "country": "IE",
        "content_type": "email",
        "content_title": "Hello",
    }


def test_every_fact_of_a_receipt_is_in_the_field_of_its_name() -> None:
    texts = {name: f"the {name}" for name in Receipt.__struct_fields__ if name != "received_at"}
    found = document(Receipt(**texts, received_at=T))
    assert {name: found[name] for name in texts} == texts


def test_everything_that_happened_is_in_the_document() -> None:
    happened = event("open", 60), event("click", 90, link="https://x"), event("click", 95), event("unsubscribe", 99)
    found = document(receipt(), *happened)
    assert found["events"] == [
        {"at": T + 60, "kind": "open"},
        {"at": T + 90, "kind": "click", "link": "https://x"},
        {"at": T + 95, "kind": "click"},
        {"at": T + 99, "kind": "unsubscribe"},
    ]
    assert {name: found[name] - T for name in found if name.startswith("first_")} == {
        "first_open_at": 60,
        "first_click_at": 90,
        "first_unsubscribe_at": 99,
    }
    assert (found["time_to_open"], found["time_to_click"], "data_quality" in found) == (60, 90, False)


@given(receipts(), st.lists(events(), max_size=8, unique_by=lambda one: one.key), st.integers(T, T + 500 * 86_400))
def test_a_document_is_what_the_description_says(one: Receipt, happened: list[MessageEvent], saved_at: int) -> None:
    found = document(one, *happened, saved_at=saved_at)
    plain = plain_document(to_builtins(one), [to_builtins(each) for each in happened], saved_at)
    found |= {"kinds": sorted(each["kind"] for each in found.get("events", []))}
    found |= {"times": sorted(each["at"] for each in found.get("events", []))}
    names = {*FIRSTS.values(), "content_type", "time_to_open", "time_to_click", "machine_opens", "machine_clicks"}
    names |= {"impossible_events", "data_quality", "kinds", "times"}
    assert {name: found[name] for name in names & found.keys() if found[name] != []} == plain


@given(st.data(), receipts(), st.lists(events(), max_size=8, unique_by=lambda one: one.key))
def test_the_order_of_events_does_not_matter(data: st.DataObject, one: Receipt, happened: list[MessageEvent]) -> None:
    assert document(one, *data.draw(st.permutations(happened))) == document(one, *happened)


@pytest.mark.parametrize("kind", EVENTS)
def test_every_kind_of_event_has_a_field_for_the_first(kind: str) -> None:
    found = receipt_document(receipt(content_type="survey"), [event(kind, 9), event(kind, 5)], "w")
    assert getattr(found, FIRSTS[kind]) == T + 5


def test_there_is_a_first_of_no_other_kind() -> None:
    firsts = {name for name in ReceiptDocument.__struct_fields__ if name.startswith("first_")}
    assert firsts == set(FIRSTS.values())


def test_the_details_of_an_event_are_with_it() -> None:
    happened = [
        event("tour_step_failure", 1, step_id="s1", failed_selector="#a", failure_url="https://x"),
        event("series_completion", 2, completion_node_ruleset_id="n1"),
        event("series_disengagement", 3, disengaged_node_ruleset_id="n2"),
        event("permission_grant", 4, permission_type="camera"),
        event("reaction", 5, reaction="🎉"),
        event("screen_view", 6, screen_id="1"),
        event("button_tap", 7, button_id="2"),
        event("collected_email", 8, email="a@example.com"),
    ]
    assert receipt_document(receipt(content_type=None), happened, "w").events == [
        DocumentEvent(T + 1, "tour_step_failure", step_id="s1"),
        DocumentEvent(T + 2, "series_completion", node_ruleset_id="n1"),
        DocumentEvent(T + 3, "series_disengagement", node_ruleset_id="n2"),
        DocumentEvent(T + 4, "permission_grant", permission_type="camera"),
        DocumentEvent(T + 5, "reaction", reaction="🎉"),
        DocumentEvent(T + 6, "screen_view", screen_id="1"),
        DocumentEvent(T + 7, "button_tap", button_id="2"),
        DocumentEvent(T + 8, "collected_email"),
    ]


def test_an_event_that_the_content_type_cannot_have_is_flagged_and_counts_nowhere() -> None:
    found = document(receipt(content_type="Push"), event("click"), event("dismissal"), event("open", 70))
    assert (found["impossible_events"], found["data_quality"]) == (2, ["impossible_event"])
    assert [one["kind"] for one in found["events"]] == ["open"]
    assert not {"first_click_at", "time_to_click"} & found.keys()


def test_opens_and_clicks_by_machines_count_only_as_such() -> None:
    happened = (
        event("open", 1, machine=True),
        event("open", 2, machine=True),
        event("click", 3, machine=True),
        event("open", 60),
        event("soft_bounce", 70, machine=True),
    )
    found = document(receipt(), *happened)
    assert (found["machine_opens"], found["machine_clicks"]) == (2, 1)
    assert (found["first_open_at"], "first_click_at" in found, found["first_soft_bounce_at"]) == (T + 60, False, T + 70)
    assert [one["kind"] for one in found["events"]] == ["open", "soft_bounce"]


def test_only_the_first_open_counts() -> None:
    found = document(receipt(), event("open", 90), event("open", 60), event("open", 60, ordinal=1), event("open", 500))
    assert found["events"] == [{"at": T + 60, "kind": "open"}]
    assert found["first_open_at"] == T + 60


def test_an_open_that_does_not_count_does_not_hide_one_that_does() -> None:
    judged = judge_events(receipt(), [event("open", 90), event("open", 60, machine=True), event("open", 95)])
    assert [one.left_out for one in judged] == [LeftOut.MACHINE, None, LeftOut.LATER_OPEN]


@pytest.mark.parametrize(
    ("after", "saved_at", "is_skewed"),
    [(0, LATER, False), (-1, LATER, True), (86_400, T, False), (86_401, T, True)],
)
def test_clocks_that_disagree_are_flagged(after: int, saved_at: int, is_skewed: bool) -> None:
    found = document(receipt(), event("open", after), saved_at=saved_at)
    assert ("clock_skew" in found.get("data_quality", [])) is is_skewed
    assert found["first_open_at"] == T + after
    assert found.get("time_to_open") == max(0, after)


def test_an_event_that_does_not_count_says_nothing_of_clocks() -> None:
    assert document(receipt(content_type="push"), event("click", -5))["data_quality"] == ["impossible_event"]


def test_an_unknown_content_type_is_shown_as_given_and_can_have_every_event() -> None:
    found = document(receipt(content_type="Carrier Pigeon"), event("dismissal"), event("hard_bounce"))
    assert (found["content_type"], found["data_quality"]) == ("Carrier Pigeon", ["unknown_content_type"])
    assert {"first_dismissal_at", "first_hard_bounce_at"} <= found.keys()
    assert "data_quality" not in document(receipt(content_type=None), event("dismissal"))


def test_an_event_of_an_unknown_kind_is_there_as_given() -> None:
    found = document(receipt(), event("carrier_pigeon", feathers="7"))
    assert found["events"] == [{"at": T + 60, "kind": "carrier_pigeon"}]
    assert found["data_quality"] == ["unknown_statistic"]


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_a_title_is_in_the_document_to_the_letter(title: str) -> None:
    assert document(receipt(content_title=title, series_title=title))["content_title"] == title


def test_five_hundred_clicks_are_five_hundred_events_of_one_receipt() -> None:
    clicks = [event("click", number // 2, ordinal=number % 2) for number in range(500)]
    found = document(receipt(), *clicks)
    assert (len(found["events"]), found["first_click_at"], found["time_to_click"]) == (500, T, 0)


def test_a_document_has_no_more_events_than_an_index_takes() -> None:
    clicks = [event("click", number) for number in range(MOST_EVENTS + 1)]
    assert receipt_document(receipt(), clicks[:-1], "w").data_quality is None
    found = receipt_document(receipt(), [*clicks, event("open", MOST_EVENTS + 5)], "w")
    assert (len(found.events), found.data_quality) == (MOST_EVENTS, ["events_truncated"])
    assert (found.first_click_at, found.first_open_at) == (T, T + MOST_EVENTS + 5)


def test_every_flag_is_listed() -> None:
    clicks = [event("click", number) for number in range(-1, MOST_EVENTS)]
    flags = document(receipt(content_type="x"), *clicks, event("carrier_pigeon"))["data_quality"]
    flags += document(receipt(content_type="push"), event("click"))["data_quality"]
    assert sorted(flags) == list(FLAGS)
