"""Parsing accepts many forms, and refuses the others exactly."""

from itertools import permutations
from typing import Any

import pytest

from indexer.conversation import parse_conversation
from indexer.conversation.wire import missed_target
from indexer.errors import Refused
from indexer.metrics import reporting_document
from tests.builders import author, conversation, document_of, facts_of, parsed, part


def parts_of(raw: dict[str, Any]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = raw["conversation_parts"]["conversation_parts"]
    return parts


def test_ids_may_be_numbers_or_texts() -> None:
    as_text = conversation(part("A", "assignment", 5, to="8"), team_assignee_id="7")
    as_number = conversation(part("A", "assignment", 5, to="8"), team_assignee_id=7, id=1)
    parts_of(as_number)[0] |= {"id": 1, "assigned_to": {"type": "admin", "id": 8}}
    assert document_of(as_text) == document_of(as_number)


@pytest.mark.parametrize("missing", [None, [], {}, {"conversation_parts": None}, {"type": "conversation_part.list"}])
def test_a_list_may_be_null_empty_or_missing(missing: object) -> None:
    raw = conversation() | {"conversation_parts": missing, "tags": missing, "contacts": missing}
    found = parsed(raw)
    assert (found.part_count, found.data_quality) == (0, [])


def test_the_parts_may_be_a_bare_list() -> None:
    wrapped = conversation(part("A", "comment", 5))
    bare = wrapped | {"conversation_parts": parts_of(wrapped)}
    assert document_of(bare) == document_of(wrapped)


def test_a_ticket_has_ticket_parts_and_ticket_attributes() -> None:
    parts = parts_of(conversation(part("C", "comment", 5), part("A", "comment", 9)))
    raw = {
        "type": "ticket",
        "id": "7",
        "created_at": 1,
        "ticket_attributes": {"_default_title_": "Broken"},
        "ticket_parts": {"type": "ticket_part.list", "ticket_parts": parts, "total_count": 2},
        "open": True,
    }
    found = parsed(raw)
    assert [event.at for event in found.events] == [5, 9]
    assert found.events[0].contact_message
    assert facts_of(raw) == {"title": "Broken", "state": "open", "custom": {"_default_title_": "Broken"}}


def test_the_older_shape_with_conversation_message_customers_and_assignee_is_read() -> None:
    raw = {
        "type": "conversation",
        "id": "7",
        "created_at": 10,
        "updated_at": 20,
        "conversation_message": {
            "type": "conversation_message",
            "subject": "Old",
            "body": "<p>Hi</p>",
            "author": {"type": "user", "id": "u1"},
        },
        "customers": [{"type": "user", "id": "u1"}],
        "user": {"type": "user", "id": "u1"},
        "assignee": {"type": "team", "id": 5},
        "open": False,
        "priority": True,
    }
    assert parsed(raw).started_by_contact
    assert facts_of(raw) == {
        "title": "Old",
        "state": "closed",
        "channel": "conversation",
        "priority": "priority",
        "team_assigned_id": "5",
        "contact_ids": ["u1"],
    }


@pytest.mark.parametrize(
    "admin",
    [
        {"type": "admin", "id": "9", "from_ai_agent": True},
        {"type": "admin", "id": "9", "email": "operator+abc123@intercom.io"},
        {"type": "admin", "id": "77"},
        {"type": "bot", "id": "9"},
    ],
)
def test_an_admin_that_is_a_bot_is_not_a_teammate(admin: dict[str, Any]) -> None:
    raw = conversation(part("A", "comment", 5, author=admin))
    event = parsed(raw, frozenset({"77"})).events[1]
    assert (event.by_teammate, event.by_bot, event.reply) == (False, True, False)


def test_the_name_of_an_author_decides_nothing() -> None:
    raw = conversation(part("A", "comment", 5, author={"type": "admin", "id": "9", "name": "Operator"}))
    assert parsed(raw).events[1].reply


@pytest.mark.parametrize(
    ("more", "visible"),
    [
        ({"body": ""}, False),
        ({"body": None}, False),
        ({"body": "<p></p>"}, True),
        ({"body": None, "attachments": [{"name": "a.png"}]}, True),
        ({"body": "<p>This message was deleted</p>", "redacted": True}, True),
    ],
)
def test_text_is_any_body_but_the_empty_one_or_an_attachment(more: dict[str, Any], visible: bool) -> None:
    event = parsed(conversation(part("C", "comment", 5) | more)).events[1]
    assert (event.visible, event.contact_message) == (visible, visible)


def test_a_quick_reply_without_a_body_is_not_a_text() -> None:
    events = parsed(conversation(part("C", "quick_reply", 5), part("C", "quick_reply", 6, body=True))).events
    assert [event.contact_message for event in events] == [True, False, True]


@pytest.mark.parametrize("part_id", ["1", "x", None])
@pytest.mark.parametrize("early", [[], [part("C", "note", 99, id="3")]], ids=["in order", "clock skew"])
def test_the_source_is_the_customers_message_with_a_place_of_its_own(early: list[Any], part_id: str | None) -> None:
    same_second = [part("A", "comment", 100, id=part_id), part("A", "comment", 100, id="2")]
    found = parsed(conversation(*same_second, *early, at=100))
    assert found.data_quality == (["clock_skew"] if early else [])
    source = found.events[len(early)]
    assert (source.type.name, source.author_id, source.part_id, source.assignee) == ("source", "C", None, None)
    assert (source.contact_message, source.visible) == (True, True)
    assert (source.by_teammate, source.by_bot, source.reply) == (False, False, False)
    assert len({event.place for event in found.events}) == len(found.events)


@pytest.mark.parametrize(
    ("by", "delivered_as", "started"),
    [
        ("C", "automated", True),
        ("A", "customer_initiated", True),
        ("A", "admin_initiated", False),
        ("O", "automated", False),
    ],
)
def test_the_source_is_an_event_if_the_customer_started_the_conversation(
    by: str, delivered_as: str, *, started: bool
) -> None:
    found = parsed(conversation(by=by, delivered_as=delivered_as, state="open"))
    assert found.started_by_contact is started
    assert [event.author_id for event in found.events] == ([by] if started else [])


@pytest.mark.parametrize(
    ("statistics", "total"), [(None, 0), ({}, 0), ({"count_conversation_parts": 3}, 3)], ids=["none", "empty", "given"]
)
@pytest.mark.parametrize("by", ["C", "A"])
def test_without_its_parts_a_conversation_has_its_facts_and_the_vendors_total(
    by: str, statistics: dict[str, int] | None, total: int
) -> None:
    raw = conversation(by=by, delivered_as="automated", state="open", statistics=statistics)
    del raw["conversation_parts"]
    found = parsed(raw)
    assert (found.id, found.events, found.part_count) == ("1", [], total)
    assert (found.started_by_contact, found.parts_missing) == (by == "C", True)
    assert found.data_quality == ["parts_missing"]


@pytest.mark.parametrize("odd", [{}, {"tags": 0}], ids=["typed", "tolerant"])
@pytest.mark.parametrize("parts", [None, []])
def test_the_vendors_total_counts_if_the_list_is_null_or_empty(odd: dict[str, Any], parts: list[Any] | None) -> None:
    holder = {"conversation_parts": parts, "total_count": 3}
    found = parsed(conversation(state="open") | {"conversation_parts": holder} | odd)
    assert (found.part_count, found.data_quality) == (3, ["parts_truncated"])


def test_parts_without_an_id_all_stay() -> None:
    found = parsed(conversation(*(part("A", "note", 5, id=part_id) for part_id in (None, "", 0, "7"))))
    assert [event.part_id for event in found.events[1:]] == [None, None, None, "7"]
    assert (found.part_count, found.data_quality) == (4, [])


def test_a_part_of_the_second_of_the_creation_is_not_early() -> None:
    assert parsed(conversation(part("A", "comment", 100), at=100)).data_quality == []
    assert parsed(conversation(part("A", "comment", 100), at=101)).data_quality == ["clock_skew"]


def test_the_source_stands_before_the_parts_of_its_second_and_after_earlier_ones() -> None:
    raw = conversation(part("C", "comment", 99), part("A", "comment", 100), part("A", "note", 101), at=100)
    found = parsed(raw)
    assert [(event.at, event.type.name) for event in found.events] == [
        (99, "comment"),
        (100, "source"),
        (100, "comment"),
        (101, "note"),
    ]
    assert found.data_quality == ["clock_skew"]


def test_parts_of_one_second_stand_in_the_order_of_their_numeric_ids() -> None:
    raw = conversation(*(part("A", "note", 5, id=part_id) for part_id in ("10", "9", "x", "a1")))
    assert [event.part_id for event in parsed(raw).events[1:]] == ["x", "a1", "9", "10"]


@pytest.mark.parametrize("given", list(permutations([(5, "2"), (5, "10"), (7, "2"), (9, "4")])))
def test_the_events_are_in_order_whatever_the_order_of_the_parts_and_their_versions(
    given: tuple[tuple[int, str], ...],
) -> None:
    parts = [part("A", "note", at, id=part_id) | {"updated_at": at} for at, part_id in given]
    events = parsed(conversation(*parts)).events
    assert [(event.at, event.part_id) for event in events[1:]] == [(5, "10"), (7, "2"), (9, "4")]


@pytest.mark.parametrize("given", list(permutations([(5, "2"), (5, "10"), (7, "3"), (9, "1")])))
def test_the_events_are_in_order_whatever_the_order_of_the_parts(given: tuple[tuple[int, str], ...]) -> None:
    events = parsed(conversation(*(part("A", "note", at, id=part_id) for at, part_id in given))).events
    assert [(event.at, event.part_id) for event in events[1:]] == [(5, "2"), (5, "10"), (7, "3"), (9, "1")]


@pytest.mark.parametrize("first", [0, 1])
def test_a_part_delivered_twice_counts_once_and_the_later_version_wins(first: int) -> None:
    versions = [
        part("C", "comment", 5, id="3"),
        part("C", "comment", 5, id="3") | {"updated_at": 8, "body": ""},
    ]
    found = parsed(conversation(versions[first], versions[1 - first]))
    assert (found.part_count, found.data_quality) == (1, ["duplicate_part"])
    assert not found.events[1].visible


@pytest.mark.parametrize(
    ("ids", "count"),
    [
        (["3", "1", "2"], 3),
        (["3", "1", "3"], 2),
        (["1", "2", "1"], 2),
        (["7", "007"], 2),
        (["a", "b"], 2),
        (["a", "b", "a"], 2),
        (["5", "a", "5"], 2),
        ([None, None, ""], 3),
    ],
)
def test_parts_are_versions_of_one_if_they_have_one_id(ids: list[str | None], count: int) -> None:
    found = parsed(conversation(*(part("A", "note", at) | {"id": id_} for at, id_ in enumerate(ids, 5))))
    assert found.part_count == count
    assert found.data_quality == (["duplicate_part"] if count < len(ids) else [])


@pytest.mark.parametrize(
    "total",
    [{"statistics": {"count_conversation_parts": 501}}, {"total_count": 501}],
    ids=["statistics", "list"],
)
def test_the_vendors_larger_total_of_parts_counts(total: dict[str, Any]) -> None:
    raw = conversation(part("A", "comment", 5))
    if "total_count" in total:
        raw["conversation_parts"] |= total
    else:
        raw |= total
    found = parsed(raw)
    assert (found.part_count, found.data_quality) == (501, ["parts_truncated"])


@pytest.mark.parametrize(
    ("name", "assignment", "reopen"),
    [
        ("brand_new", False, False),
        ("robot_assignment", True, False),
        ("merge_and_reopen", False, True),
        (None, False, False),
    ],
)
def test_an_unknown_type_is_judged_by_its_name(name: str | None, assignment: bool, reopen: bool) -> None:
    found = parsed(conversation(part("A", "comment", 5) | {"part_type": name}))
    part_type = found.events[1].type
    assert (part_type.name, part_type.text) == (name or "", False)
    assert (part_type.assignment, part_type.reopen) == (assignment, reopen)
    assert found.data_quality == ["unknown_part_type"]


PARTS = "conversation_parts.conversation_parts"
TIME = 1_709_588_400


LATER = 170_000_000_000
TOO_LATE = "170000000000 is not a time between 1970 and 2100"
NO_TIME = "{} is neither epoch seconds nor an ISO 8601 time"


@pytest.mark.parametrize(
    ("raw", "path", "reason"),
    [
        ([], "", "is a list, not a conversation object"),
        ("text", "", "is a text, not a conversation object"),
        ({"created_at": 1}, "id", "is missing"),
        ({"id": 0, "created_at": 1}, "id", "is missing"),
        ({"id": "", "created_at": 1}, "id", "is missing"),
        (conversation(id="", state="open"), "id", "is missing"),
        ({"id": 0.0, "created_at": 1}, "id", "is missing"),
        ({"id": 1.5, "created_at": 1}, "id", "is 1.5, not a whole number of up to 15 digits"),
        ({"id": 1e17, "created_at": 1}, "id", "is 1e+17, not a whole number of up to 15 digits"),
        ({"id": True, "created_at": 1}, "id", "is a boolean, not an id"),
        ({"id": ["1"], "created_at": 1}, "id", "is a list, not an id"),
        ({"type": "contact", "id": "1", "created_at": 1}, "type", "is 'contact', not 'conversation'"),
        (conversation(type="call"), "type", "is 'call', not 'conversation'"),
        ({"type": "error.list"}, "type", "is 'error.list', not 'conversation'"),
        ({"id": "1"}, "created_at", "is missing"),
        ({"id": "1", "created_at": True}, "created_at", "is a boolean, not a time in epoch seconds"),
        ({"id": "1", "created_at": -5}, "created_at", "-5 is not a time between 1970 and 2100"),
        (
            {"id": "1", "created_at": LATER},
            "created_at",
            TOO_LATE,
        ),
        ({"id": "1", "created_at": "soon"}, "created_at", NO_TIME.format("'soon'")),
        ({"id": "1", "created_at": "2024-01-01T00:00"}, "created_at", "'2024-01-01T00:00' has no time zone"),
        ({"id": "1", "created_at": 1, "updated_at": "x"}, "updated_at", NO_TIME.format("'x'")),
        ({"id": "1", "created_at": 1, "conversation_parts": "x"}, "conversation_parts", "is a text, not a list"),
        (
            conversation() | {"conversation_parts": {"conversation_parts": [None]}},
            PARTS + "[0]",
            "is null, not an object",
        ),
        (conversation() | {"conversation_parts": ["x"]}, "conversation_parts[0]", "is a text, not an object"),
        (conversation(part("A", "note", 1) | {"created_at": None}), PARTS + "[0].created_at", "is missing"),
        (conversation(conversation_rating={"requested_at": LATER}), "conversation_rating.requested_at", TOO_LATE),
        (conversation(conversation_rating={"replied_at": LATER}), "conversation_rating.replied_at", TOO_LATE),
        (conversation(ai_agent={"updated_at": LATER}), "ai_agent.updated_at", TOO_LATE),
        (
            conversation(conversation_rating={"created_at": "?"}),
            "conversation_rating.created_at",
            NO_TIME.format("'?'"),
        ),
    ],
)
def test_an_unusable_record_is_refused_with_the_path_of_the_field(raw: object, path: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        parsed(raw)
    assert (refused.value.path, refused.value.reason) == (path, reason)


@pytest.mark.parametrize("junk", [None, 0, 1.5, "x", [], [1], {}, {"type": []}, {"id": {}}, True])
@pytest.mark.parametrize(
    "name",
    [
        "source", "contacts", "tags", "teammates", "custom_attributes", "statistics", "sla_applied", "ai_agent",
        "company", "conversation_rating", "assignee", "priority", "state", "title", "team_assignee_id",
    ],
)  # fmt: skip
def test_junk_in_a_field_that_no_number_needs_is_ignored(name: str, junk: object) -> None:
    assert parsed(conversation(part("A", "comment", 5)) | {name: junk}).part_count == 1


@pytest.mark.parametrize("junk", [None, 0, 1.5, "x", [], {"type": []}, {"type": "admin", "id": {}, "email": 5}, True])
@pytest.mark.parametrize("name", ["author", "assigned_to", "body", "attachments", "event_details", "part_type", "id"])
def test_junk_in_a_part_costs_at_most_what_it_would_have_said(name: str, junk: object) -> None:
    raw = conversation(part("A", "assignment", 5, to="B"), part("A", "comment", 6))
    parts_of(raw)[0][name] = junk
    assert parsed(raw).events[-1].at == 6


def test_authors_of_the_tests_are_as_described() -> None:
    assert [author(letter)["type"] for letter in "COA"] == ["user", "bot", "admin"]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"id":"1","created_at":"1709588400", "conv', "is not JSON: Input data was truncated"),
        (b'{"id":1.5,"x":', "is not JSON: Input data was truncated"),
        (b'{"id":"1","created_at":5,"title":"\xff\xfe"}', "is not UTF-8"),
        (b'{"id":"1","created_at":5,"custom_attributes":{"a":"\xff"}}', "is not UTF-8"),
        (b'{"id":"1","created_at":5,"source":{},"conversation_parts":{},"state":"open",'
         b'"custom_attributes":{"a":"\xff"}}', "is not UTF-8"),
        (b'{"id":"1","created_at":5,"x":' + b"[" * 200_000, "is nested too deeply"),
        (b'{"id":"1","created_at":5,"x":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001, "is nested too deeply"),
        (b'{"id":"1\\u0000","created_at":5}', "id: holds a NUL character"),
    ],
)  # fmt: skip
def test_a_damaged_record_is_refused_whatever_else_is_odd_about_it(payload: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_conversation(payload)
    assert str(refused.value).startswith(reason)


def test_fields_of_older_versions_count_beside_those_of_the_present_one() -> None:
    raw = conversation(
        assignee={"type": "admin", "id": "77"}, user={"type": "user", "id": "u1"}, open=True, tags={"data": [{"id": 5}]}
    )
    assert facts_of(raw) == {
        "state": "open",
        "channel": "conversation",
        "delivered_as": "customer_initiated",
        "teammate_assigned_id": "77",
        "contact_ids": ["u1"],
        "tags": ["5"],
    }
    place = {"country_name": "Ireland", "continent_code": "EU"}
    facts = facts_of(conversation(state="open", contacts={"contacts": [{"id": "c", "location_data": place}]}))
    assert (facts["country"], facts["continent"]) == ("Ireland", "EU")
    ticket = conversation(state="open", ticket_parts={"ticket_parts": [part("A", "comment", 5)]})
    assert document_of(ticket)["first_response_at"] == 5


@pytest.mark.parametrize("odd", [{}, {"tags": 0}], ids=["typed", "tolerant"])
@pytest.mark.parametrize("updated_at", [None, 0, 5, 1_709_588_400_000, "yesterday", [], "2024-01-01"])
def test_a_parts_own_update_time_never_refuses_the_conversation(odd: dict[str, Any], updated_at: object) -> None:
    raw = conversation(part("A", "comment", 5) | {"updated_at": updated_at}, state="open", **odd)
    assert parsed(raw).part_count == 1


@pytest.mark.parametrize("odd", [{}, {"tags": 0}], ids=["typed", "tolerant"])
@pytest.mark.parametrize(
    ("assigned_to", "handled"),
    [
        ({"id": "6"}, 20),
        ({}, 20),
        (None, 20),
        ({"type": "admin", "id": None}, 20),
        ({"type": "nobody_admin", "id": None}, 10),
        ({"type": "admin", "id": 0}, 10),
        ({"type": "team", "id": "0"}, 10),
        (0, 10),
        ({"type": "admin", "id": "99"}, 10),
        ({"type": "team", "id": "6"}, 10),
        ({"type": "admin", "id": "6"}, 20),
        (6, 20),
    ],
)
def test_an_assignment_clears_the_teammate_only_if_it_says_so(
    odd: dict[str, Any], assigned_to: object, handled: int
) -> None:
    raw = conversation(
        part("O", "assignment", 10, to="5"),
        part("O", "assignment", 20) | {"assigned_to": assigned_to},
        part("O", "close", 30),
        state="closed",
        **odd,
    )
    document = reporting_document(parsed(raw, frozenset({"99"})), "w")
    assert document.handling_time == handled


MISSED = "conversation_sla_target_missed"


@pytest.mark.parametrize("odd", [{}, {"tags": 0}], ids=["typed", "tolerant"])
@pytest.mark.parametrize(
    ("details", "target"),
    [
        ({"sla_target_type": "first_reply_time"}, "first_reply_time"),
        ({"target": "next_reply_time"}, "next_reply_time"),
        ({"sla_target_type": "first_reply_time", "target": "next_reply_time"}, "first_reply_time"),
        ({"sla_target_type": "", "target": "next_reply_time"}, "next_reply_time"),
        ({"sla_target_type": 5, "target": "next_reply_time"}, "next_reply_time"),
        ({"sla_target_type": "first_reply_time", "target": []}, "first_reply_time"),
        ({"sla_target_type": "", "target": 5}, None),
        ({"sla_target_type": 5}, None),
        ({}, None),
        ([1], None),
        ("first_reply_time", None),
        (None, None),
    ],
)
def test_a_part_names_the_target_that_was_missed(odd: dict[str, Any], details: object, target: str | None) -> None:
    raw = conversation(
        part("O", MISSED, 5, event_details=details), part("O", "note", 6, event_details=details), state="open", **odd
    )
    assert [missed_target(one) for one in parsed(raw).said.parts] == [target, None]


def test_a_quick_reply_of_attachments_only_is_not_a_text_but_a_redacted_one_is() -> None:
    events = parsed(
        conversation(
            part("C", "quick_reply", 5, attachments=[{"name": "a.png"}]), part("C", "quick_reply", 6, redacted=True)
        )
    ).events
    assert [event.contact_message for event in events] == [True, False, True]


@pytest.mark.parametrize("part_id", ["-5", " 12 ", "1_0", -5])
def test_an_id_that_is_not_a_plain_number_orders_as_0(part_id: object) -> None:
    raw = conversation(part("A", "note", 100, id="1"), part("A", "assignment", 100, id=part_id), at=100)
    assert [event.type.name for event in parsed(raw).events] == ["source", "assignment", "note"]


def test_a_part_given_twice_is_not_missing_from_the_vendors_total() -> None:
    raw = conversation(part("A", "comment", 5, id="3"), part("A", "comment", 5, id="3"))
    raw["conversation_parts"]["total_count"] = 2
    found = parsed(raw)
    assert (found.part_count, found.data_quality) == (1, ["duplicate_part"])


def test_a_conversation_without_its_own_update_time_has_none() -> None:
    raw = conversation(part("A", "comment", 5))
    del raw["updated_at"]
    assert "updated_at" not in document_of(raw)
    assert parsed(raw).changed_at == 5


@pytest.mark.parametrize("updated_at", [8, None, "soon"])
@pytest.mark.parametrize("bodies", [("", "<p>Text.</p>"), ("<p>Text.</p>", "")])
def test_of_two_versions_as_old_the_later_in_the_list_counts(bodies: tuple[str, str], updated_at: object) -> None:
    versions = [part("C", "comment", 5, id="3") | {"updated_at": updated_at, "body": body} for body in bodies]
    found = parsed(conversation(*versions))
    assert found.events[1].visible is bool(bodies[1])


def test_versions_are_told_apart_in_whatever_form_their_times_are() -> None:
    later = part("C", "comment", TIME, id="3") | {"updated_at": (TIME + 1) * 1000, "body": ""}
    earlier = part("C", "comment", TIME, id="3") | {"updated_at": TIME + 2}
    for versions in ((earlier, later), (later, earlier)):
        assert parsed(conversation(*versions, at=TIME, state="open")).events[1].visible
