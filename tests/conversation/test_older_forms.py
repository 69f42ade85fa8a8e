"""Forms of older versions and of tickets: in a record that otherwise is of the present they count as well."""

from copy import deepcopy
from typing import Any

import orjson
import pytest

from indexer.conversation import parse_conversation, redacted, wire
from indexer.conversation.present import is_of_the_present
from tests.builders import conversation, document_of, facts_of, parsed, part
from tests.conversation.test_redaction_fields import full

Json = dict[str, Any]

PRESENT = conversation(part("A", "comment", 5), state="open", contacts={"contacts": [{"id": "c1"}]})
FACTS = {
    "state": "open",
    "channel": "conversation",
    "delivered_as": "customer_initiated",
    "contact_ids": ["c1"],
}
PLACE = {"country": "Peru", "continent": "South America"}


def test_the_record_of_these_tests_is_of_the_present() -> None:
    assert is_of_the_present(wire.DECODER.decode(orjson.dumps(PRESENT)))
    assert facts_of(PRESENT) == FACTS


@pytest.mark.parametrize(
    ("form", "facts"),
    [
        ({"assignee": {"type": "admin", "id": 5}}, {"teammate_assigned_id": "5"}),
        ({"assignee": {"type": "team", "id": 5}}, {"team_assigned_id": "5"}),
        ({"assignee": {"type": "admin", "id": 5}, "admin_assignee_id": "6"}, {"teammate_assigned_id": "6"}),
        ({"assignee": {"type": "admin", "id": 5}, "admin_assignee_id": "0"}, {"teammate_assigned_id": "5"}),
        ({"assignee": {"type": "admin", "id": "0"}}, {}),
        ({"assignee": {"type": "nobody_admin", "id": None}}, {}),
        ({"contacts": None, "customers": [{"id": 7}, {"id": "8"}]}, {"contact_ids": ["7", "8"]}),
        ({"contacts": None, "customers": {"customers": [{"id": 7}]}}, {"contact_ids": ["7"]}),
        ({"customers": [{"id": 7}]}, {}),
        ({"contacts": None, "customer": {"id": 7}}, {"contact_ids": ["7"]}),
        ({"contacts": None, "user": {"id": 7}}, {"contact_ids": ["7"]}),
        ({"contacts": {"data": [{"id": 7}]}}, {"contact_ids": ["7"]}),
        ({"contacts": {"contacts": [], "data": [{"id": 7}]}}, {"contact_ids": ["7"]}),
        ({"contacts": {"type": "contact.list"}}, {"contact_ids": None}),
        ({"contacts": {"contacts": [{"id": 7, "location_data": PLACE}]}},
         {"contact_ids": ["7"], "country": "Peru", "continent": "South America"}),
        ({"contacts": {"contacts": [{"id": 7, "companies": {"companies": [{"id": 4}]}}]}},
         {"contact_ids": ["7"], "company_ids": ["4"]}),
        ({"tags": {"data": [{"name": "Billing"}]}}, {"tags": ["Billing"]}),
        ({"tags": {"tags": [], "data": [{"name": "Billing"}]}}, {"tags": ["Billing"]}),
        ({"source": {}, "conversation_message": {"type": "conversation_message", "subject": "Old"}},
         {"title": "Old", "delivered_as": None}),
        ({"ticket_attributes": {"_default_title_": "Broken"}},
         {"title": "Broken", "custom": {"_default_title_": "Broken"}}),
        ({"state": None, "open": True}, {}),
        ({"state": None, "open": False}, {"state": "closed"}),
        ({"state": "", "open": True, "snoozed_until": 99}, {"state": "snoozed"}),
        ({"state": None, "open": False, "snoozed_until": 99}, {"state": "snoozed"}),
        ({"state": None, "open": "yes"}, {"state": None}),
        ({"priority": True}, {"priority": "priority"}),
        ({"priority": False}, {"priority": "not_priority"}),
        ({"custom_attributes": {}, "ticket_attributes": {"seats": 3}}, {"custom": {"seats": 3}}),
        ({"custom_attributes": "plan", "ticket_attributes": {"seats": 3}}, {"custom": {"seats": 3}}),
        ({"custom_attributes": "plan"}, {}),
        ({"custom_attributes": []}, {}),
        ({"sla_applied": []}, {}),
    ],
)  # fmt: skip
def test_a_form_of_another_version_is_read(form: Json, facts: Json) -> None:
    expected = {name: value for name, value in (FACTS | facts).items() if value is not None}
    assert facts_of(deepcopy(PRESENT) | form) == expected


@pytest.mark.parametrize("form", [{"ticket_parts": [part("A", "comment", 9)]}, {"assignee": {}, "customers": []}])
def test_a_record_with_both_lists_of_parts_has_those_of_the_ticket(form: Json) -> None:
    assert [event.at for event in parsed(PRESENT | form).events] == [0, 9 if "ticket_parts" in form else 5]


def test_a_record_of_another_type_is_refused_even_if_it_looks_like_a_conversation() -> None:
    with pytest.raises(ValueError, match=r"^type: is 'call', not 'conversation'$"):
        parsed(PRESENT | {"type": "call"})
    assert facts_of(PRESENT | {"type": None}) == FACTS


def test_every_field_is_read_the_same_if_another_field_is_of_an_older_version() -> None:
    raw = full(wire.Conversation)
    payloads = [orjson.dumps(raw), orjson.dumps(raw | {"customers": [{"id": "unread"}]})]
    assert [is_of_the_present(wire.DECODER.decode(one)) for one in payloads] == [True, False]
    first, second = (parse_conversation(one) for one in payloads)
    assert first.events == second.events
    assert document_of(raw) == document_of(raw | {"customers": [{"id": "unread"}]})
    assert orjson.loads(redacted(payloads[0])) == orjson.loads(redacted(payloads[1]))


@pytest.mark.parametrize(
    "odd",
    [
        {"company": {"id": []}},
        {"admin_assignee_id": 7.5},
        {"contacts": {"contacts": [{"id": {}}]}},
        {"tags": {"tags": [{"id": True, "name": "a"}]}},
        {"conversation_rating": {"rating": 3, "teammate": {"type": "admin", "id": 7.5}}},
        {"conversation_parts": [part("A", "note", 5, id=[])]},
        {"conversation_parts": [part("A", "note", 5, author={"type": "admin", "id": 1.5})]},
        {"conversation_parts": [part("A", "assignment", 5, assigned_to={"type": "admin", "id": "x" * 600})]},
        {"_unreadable_id": True},
        {"_unreadable_id": True, "customers": [{"id": 1}]},
    ],
)
def test_an_id_that_cannot_be_read_is_flagged_and_the_flag_outlives_redaction(odd: Json) -> None:
    raw = PRESENT | odd
    assert "unreadable_id" in parsed(raw).data_quality
    assert "unreadable_id" in parse_conversation(redacted(orjson.dumps(raw | {"created_at": 1}))).data_quality


@pytest.mark.parametrize(
    "plain", [{"tags": 0}, {"admin_assignee_id": 0.0, "company": {"id": 7.0}}, {"_unreadable_id": False, "tags": 0}]
)
def test_an_odd_value_that_is_not_an_id_or_is_read_as_one_is_not_flagged(plain: Json) -> None:
    assert parsed(PRESENT | plain).data_quality == []
