"""Explanations of receipts: the events that made each field, and those that do not count, with the reason."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.explaining.field_path import UnknownField
from indexer.explaining.receipt_explanation import (
    NumberedEvent,
    ReceiptExplanation,
    explain_receipt,
    names_of_receipt,
    only_fields,
)
from indexer.messages.event import MessageEvent
from indexer.messages.judged_events import LeftOut
from indexer.messages.receipt import Receipt
from indexer.messages.receipt_document import RECEIPT_VERSION, receipt_document
from tests.messages.made_receipts import T, event, events, receipt, receipts


def explained(one: Receipt, *happened: MessageEvent) -> ReceiptExplanation:
    return explain_receipt(one, happened, "w", revision=7, saved_at=T + 86_400)


def numbers(explanation: ReceiptExplanation, name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return explanation.fields[name].events, explanation.fields[name].left_out


def test_a_field_names_the_events_that_made_it_and_those_that_do_not_count() -> None:
    found = explained(
        receipt(),
        event("open", 90),
        event("open", 30, machine=True),
        event("open", 60),
        event("click", 70),
        event("click", 80),
        event("dismissal", 95),
        event("carrier_pigeon", 96),
        event("reply", 30 * 86_400),
    )
    assert [(one.number, one.at - T, one.kind) for one in found.events] == [
        (1, 30, "open"),
        (2, 60, "open"),
        (3, 70, "click"),
        (4, 80, "click"),
        (5, 90, "open"),
        (6, 95, "dismissal"),
        (7, 96, "carrier_pigeon"),
        (8, 30 * 86_400, "reply"),
    ]
    assert numbers(found, "first_open_at") == numbers(found, "time_to_open") == ((2,), (1, 5))
    assert numbers(found, "first_click_at") == ((3,), ())
    assert numbers(found, "machine_opens") == ((1,), ())
    assert numbers(found, "impossible_events") == ((6,), ())
    assert numbers(found, "first_dismissal_at") == ((), (6,))
    assert numbers(found, "events") == ((2, 3, 4, 7, 8), (1, 5, 6))
    assert numbers(found, "data_quality") == ((6, 7, 8), ())
    assert numbers(found, "email") == ((), ())
    assert {one.number: one.reason for one in found.events if one.reason} == {
        1: "A mail proxy or a scanner made it, not the recipient.",
        5: "Only the first open counts.",
        6: "Content of this type cannot have such an event.",
    }
    assert [one.number for one in found.events if one.skewed] == [8]
    assert found.fields["first_open_at"].value == T + 60
    assert found.fields["first_open_at"].rule.startswith("When the recipient opened the message for the first time")


def test_an_explanation_of_a_receipt_says_of_which_document_it_is() -> None:
    found = explained(receipt("r1"))
    assert (found.workspace_id, found.receipt_id, found.time_zone) == ("w", "r1", "UTC")
    assert (found.metrics_version, found.revision) == (RECEIPT_VERSION, 7)
    assert [found.fields[name].value for name in ("metrics_version", "revision")] == [RECEIPT_VERSION, 7]


def test_an_event_at_the_moment_itself_is_among_those_until_then() -> None:
    happened = [event("open", 60), event("click", 61)]
    then = explain_receipt(receipt(), happened, "w", as_of=T + 60)
    assert [one.kind for one in then.events] == ["open"]


def test_an_event_has_what_was_said_of_it() -> None:
    found = explained(receipt(), event("click", 30, link="https://a.example"), event("open", 20, machine=True))
    assert found.events == [
        NumberedEvent(1, T + 20, "open", {}, machine=True, skewed=False, left_out=LeftOut.MACHINE,
                      reason="A mail proxy or a scanner made it, not the recipient."),
        NumberedEvent(2, T + 30, "click", {"link": "https://a.example"}, machine=False, skewed=False),
    ]  # fmt: skip


@given(receipts(), st.lists(events(), max_size=8, unique_by=lambda one: one.key))
def test_the_values_are_those_of_the_document_and_every_event_is_accounted_for(
    one: Receipt, happened: list[MessageEvent]
) -> None:
    found = explained(one, *happened)
    document = msgspec.to_builtins(receipt_document(one, happened, "w", 7, T + 86_400))
    assert {name: field.value for name, field in found.fields.items() if field.value is not None} == document
    whole = found.fields["events"]
    assert sorted((*whole.events, *whole.left_out)) == [each.number for each in found.events]
    for name, field in found.fields.items():
        if name.startswith("first_"):
            assert (field.value is not None) is (len(field.events) == 1)
            assert all(found.events[number - 1].at == field.value for number in field.events)
    for name in ("machine_opens", "machine_clicks", "impossible_events"):
        assert len(found.fields[name].events) == (found.fields[name].value or 0)


@given(receipts(), st.lists(events(), max_size=8, unique_by=lambda one: one.key), st.integers(-100, 10_000))
def test_as_of_a_moment_the_receipt_is_what_its_events_until_then_make_of_it(
    one: Receipt, happened: list[MessageEvent], seconds: int
) -> None:
    moment = T + seconds
    then = explain_receipt(one, happened, "w", as_of=moment)
    assert then.as_of == moment
    until = [each for each in happened if each.at <= moment]
    assert {**vars_of(then), "as_of": None} == vars_of(explain_receipt(one, until, "w"))


def vars_of(explanation: ReceiptExplanation) -> dict[str, object]:
    return {name: getattr(explanation, name) for name in explanation.__dataclass_fields__}


def test_every_field_of_the_catalogue_can_be_named() -> None:
    for field in MESSAGE_RECEIPTS.fields:
        assert names_of_receipt(field.path) == [field.path.partition(".")[0]]
    assert set(names_of_receipt(None)) == {field.path.partition(".")[0] for field in MESSAGE_RECEIPTS.fields}
    assert list(only_fields(explained(receipt()), ["email"]).fields) == ["email"]


@pytest.mark.parametrize("path", ["first_opne_at", "events.colour", "legacy.first_close_at", ""])
def test_a_field_that_there_is_not_is_unknown(path: str) -> None:
    with pytest.raises(UnknownField):
        names_of_receipt(path)


def test_an_unknown_field_is_refused_with_a_similar_one_of_receipts() -> None:
    with pytest.raises(UnknownField, match="did you mean first_open_at"):
        names_of_receipt("first_opne_at")
