"""A conversation without its content has the same numbers as with it, and none of the content."""

import gzip
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.conversation import contact_ids, redacted
from indexer.errors import Refused
from indexer.office_hours import parse_office_hours
from indexer.sample import generate
from tests.builders import conversation, document_of, parsed, part
from tests.metrics.strategies import START, conversations, schedules

Json = dict[str, Any]

INCIDENTS = Path(__file__).parents[3] / "shared" / "data" / "incidents.ndjson.gz"
CONTENT = "Zq7"
"""Every text of the conversations below that must go holds it, and none that stays."""


def redaction_of(raw: object) -> Any:
    return orjson.loads(redacted(orjson.dumps(raw)))


def without_content(document: Json) -> Json:
    """The document as it must be afterwards: without the texts, and without a rating that was nothing but a text."""
    left = {name: value for name, value in document.items() if name != "title"}
    for holder, remark in (("rating", "remark"), ("ai", "rating_remark")):
        if holder in left:
            left[holder] = {name: value for name, value in left[holder].items() if name != remark}
    if left.get("rating") == {}:
        del left["rating"]
    return left


def parts_of(raw: Json) -> list[Json]:
    parts: list[Json] = raw["conversation_parts"]["conversation_parts"]
    return parts


def older(raw: Json) -> Json:
    """The same as an old version of the API tells it, with authors and parts as they are."""
    told = raw | {
        "conversation_message": raw["source"] | {"type": "conversation_message"},
        "customers": raw.get("contacts", {}).get("contacts", []),
        "user": {"type": "user", "id": "u1", "name": CONTENT, "email": f"{CONTENT}@example.com"},
        "assignee": {"type": "admin", "id": 3, "name": CONTENT},
        "open": True,
    }
    return {name: value for name, value in told.items() if name not in {"source", "contacts", "state"}}


def ticket(raw: Json) -> Json:
    """The same as a ticket."""
    told = raw | {
        "type": "ticket",
        "ticket_parts": {"ticket_parts": parts_of(raw), "total_count": 40},
        "ticket_attributes": {"seats": 7, "urgent": True, "ratio": 0.5, "left": None},
        "open": False,
    }
    return {name: value for name, value in told.items() if name not in {"source", "conversation_parts", "state"}}


FULL = conversation(
    part("C", "comment", START + 5, attachments=[{"name": CONTENT, "url": f"https://example.com/{CONTENT}"}]),
    part("A", "comment", START + 9, author={"type": "admin", "id": "A", "name": CONTENT, "email": f"{CONTENT}@b.com"}),
    part("A", "close", START + 10, body=True, metadata={"quick_reply_options": [{"text": CONTENT}]}),
    part("O", "conversation_sla_target_missed", START + 11, event_details={"target": "next_reply_time", "x": CONTENT}),
    part("O", "priority_changed", START + 12, event_details={"target": CONTENT}),
    part("A", "comment", START + 13, author={"type": "admin", "id": "7", "email": f"operator+{CONTENT}@intercom.io"}),
    at=START,
    title=CONTENT,
    state="closed",
    priority="priority",
    admin_assignee_id=3,
    team_assignee_id="0",
    tags={"tags": [{"id": "1", "name": "Billing", "applied_by": {"type": "admin", "name": CONTENT}}, {"id": 2}]},
    contacts={
        "contacts": [
            {
                "id": "c1", "external_id": CONTENT, "name": CONTENT, "email": CONTENT, "phone": CONTENT,
                "location": {"country": "Ireland", "continent_code": "EU", "city": CONTENT},
                "companies": {"data": [{"id": "k2", "name": CONTENT}]},
            },
            {"id": 5},
        ]
    },
    company={"type": "company", "id": "k1", "name": CONTENT},
    custom_attributes={"plan": "Pro", "seats": None},
    conversation_rating={
        "rating": 4, "remark": CONTENT, "requested_at": START + 20, "replied_at": START + 21,
        "teammate": {"type": "admin", "id": 3, "name": CONTENT}, "contact": {"id": "c1", "name": CONTENT},
    },
    sla_applied={"sla_name": "Gold", "sla_status": "missed", "note": CONTENT},
    statistics={"count_conversation_parts": 30, "note": CONTENT},
    ai_agent_participated=True,
    ai_agent={
        "last_answer_type": "ai_answer", "rating": 2, "rating_remark": CONTENT, "source_title": "Workflow",
        "content_sources": {"content_sources": [{"title": CONTENT, "url": CONTENT}]},
    },
    linked_objects={"data": [{"id": CONTENT}]},
    something_new={CONTENT: [CONTENT]},
)  # fmt: skip
FULL["source"] |= {
    "subject": CONTENT,
    "body": CONTENT,
    "url": CONTENT,
    "attachments": [{"url": CONTENT}],
    "author": {"type": "lead", "id": "c1", "name": CONTENT, "email": f"{CONTENT}@example.com"},
}
for one in parts_of(FULL):
    one["body"] = one["body"] and f"<p>{CONTENT}</p>"

FORMS = {"present": FULL, "older": older(FULL), "ticket": ticket(FULL)}


@pytest.fixture(params=FORMS)
def full(request: pytest.FixtureRequest) -> Json:
    return deepcopy(FORMS[request.param])


def test_the_conversations_of_these_tests_are_full_of_content(full: Json) -> None:
    assert orjson.dumps(full).count(CONTENT.encode()) > 15
    assert CONTENT in orjson.dumps(document_of(full)).decode()


def test_no_content_is_left(full: Json) -> None:
    assert CONTENT.encode() not in redacted(orjson.dumps(full))


def test_the_numbers_of_a_full_conversation_stay(full: Json) -> None:
    document = document_of(redaction_of(full))
    assert document == without_content(document_of(full))
    assert CONTENT not in orjson.dumps(document).decode()


def test_a_redacted_message_still_counts_as_a_message() -> None:
    first, second, *_ = parts_of(redaction_of(FULL))
    assert first == {
        "created_at": START + 5,
        "id": "1",
        "part_type": "comment",
        "body": "[redacted]",
        "author": {"type": "user", "id": "C"},
        "attachments": [{}],
        "redacted": False,
        "updated_at": START + 5,
    }
    assert second["author"] == {"type": "admin", "id": "A"}


def test_the_operator_stays_a_bot_under_a_neutral_address() -> None:
    last = parts_of(redaction_of(FULL))[-1]
    assert last["author"] == {"type": "admin", "id": "7", "email": "operator+redacted@intercom.io"}


def test_of_a_tickets_attributes_only_numbers_and_flags_stay() -> None:
    raw = ticket(conversation(part("A", "comment", 5), at=START))
    raw["ticket_attributes"] |= {
        "_default_title_": CONTENT,
        "_default_description_": CONTENT,
        "files": [{"name": CONTENT, "url": CONTENT}],
    }
    left = redaction_of(raw)
    assert left["custom_attributes"] == {"seats": 7, "urgent": True, "ratio": 0.5, "left": None}
    assert document_of(left) == without_content(document_of(raw)) | {"custom": left["custom_attributes"]}
    assert "custom_attributes" not in redaction_of(raw | {"ticket_attributes": {"_default_title_": CONTENT}})


@pytest.mark.parametrize(
    "raw",
    [
        conversation(sla_applied={"sla_name": 5}, at=START),
        conversation(ai_agent={"x": 1}, at=START),
        conversation(conversation_rating={"remark": CONTENT}, at=START),
        conversation(part("A", "note", 5, updated_at="1" * 19), tags=0, at=START),
        conversation(part("A", "note", 5, updated_at=1e300), tags=0, at=START),
        conversation(custom_attributes={"a": {"b": "c"}}, state="", at=START),
        conversation(conversation_rating={"rating": 3, "created_at": 9}, at=START),
        conversation(by="C", delivered_as="automated", at=5),
        conversation(source={"author": {"type": "bot", "id": 1}, "created_at": 3}, at=5),
        conversation(state="open", at=START) | {"conversation_parts": {"total_count": 3}},
        {"id": 7, "created_at": "1970-01-01T00:00:05Z"},
    ],
)
def test_odd_conversations_keep_their_numbers_too(raw: Json) -> None:
    assert document_of(redaction_of(raw)) == without_content(document_of(raw))


def test_custom_attributes_stay_as_they_are_written() -> None:
    payload = orjson.dumps(conversation(state="open", at=START, custom_attributes={"plan": "Pro"}))
    payload = payload.replace(b'{"plan":"Pro"}', b'{\n  "plan" : "Pr\\u006f"\n}')
    assert b'{\n  "plan" : "Pr\\u006f"\n}' in redacted(payload)


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b'{"id":"1"}', b'{"id":"1","created_at":5,"source":{"created_at":-1}}']
)
def test_what_cannot_be_read_is_refused(payload: bytes) -> None:
    with pytest.raises(Refused):
        redacted(payload)


@st.composite
def any_form(draw: st.DrawFn) -> Json:
    """Conversations of all kinds, with more odd parts and facts than the metrics' own tests need."""
    raw = draw(conversations())
    for place in range(len(parts_of(raw))):
        parts_of(raw)[place] |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "id": st.sampled_from([1, 2, "3", None]),
                    "attachments": st.sampled_from([None, [{"name": CONTENT}]]),
                    "redacted": st.booleans(),
                    "updated_at": st.sampled_from([None, 0, START, START + 9, "9" * 18, 1e300]),
                    "author": st.sampled_from(
                        [
                            None,
                            {"type": "admin", "id": 9, "email": f"operator+{CONTENT}@intercom.io"},
                            {"type": "user", "id": 9, "email": f"operator+{CONTENT}@intercom.io"},
                            {"type": "admin", "id": "9", "from_ai_agent": True, "email": CONTENT},
                        ]
                    ),
                    "assigned_to": st.sampled_from([None, {}, {"type": "team", "id": 0}, {"type": "admin", "id": 9}]),
                    "event_details": st.sampled_from([None, {}, {"target": "first_reply_time"}, {"target": 5}]),
                },
            )
        )
    facts = draw(st.lists(st.sampled_from(list(FULL)[6:]), unique=True))
    raw |= {name: FULL[name] for name in facts}
    return draw(st.sampled_from([lambda it: it, older, ticket, lambda it: it | {"tags": 0}]))(raw)


@given(any_form(), schedules())
def test_the_numbers_of_any_conversation_stay(raw: Json, schedule: Json) -> None:
    office_hours = parse_office_hours(schedule)
    assert document_of(redaction_of(raw), office_hours) == without_content(document_of(raw, office_hours))


@given(any_form())
def test_redacting_again_changes_nothing_and_nothing_is_left_to_redact(raw: Json) -> None:
    once = redacted(orjson.dumps(raw))
    assert redacted(once) == once
    assert CONTENT.encode() not in once


def test_the_numbers_of_a_sample_workspace_stay() -> None:
    for raw in generate(2_000, seed=3):
        left = redaction_of(raw)
        assert document_of(left) == without_content(document_of(raw))
        assert {one["body"] for one in parts_of(left) if "body" in one} <= {"[redacted]"}


def test_the_numbers_of_real_ticket_histories_stay() -> None:
    if not INCIDENTS.exists():
        pytest.skip(f"the real ticket histories are not beside the project ({INCIDENTS.name})")
    with gzip.open(INCIDENTS) as lines:
        for line in islice(lines, 3_000):
            raw = orjson.loads(line)
            assert document_of(redaction_of(raw)) == without_content(document_of(raw))


def test_the_ids_of_the_contacts_are_those_of_the_document(full: Json) -> None:
    assert contact_ids(parsed(full)) == document_of(full)["contact_ids"]
    assert contact_ids(parsed(conversation())) == []
    assert contact_ids(parsed(conversation(contacts={"contacts": [{"id": 5}, {"id": "5"}, {}]}))) == ["5"]
