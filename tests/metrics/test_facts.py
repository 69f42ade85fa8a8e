"""What a conversation says of itself, as the document has it."""

import pytest

from tests.builders import conversation, facts_of, part


def test_facts_stand_under_the_names_of_the_document() -> None:
    raw = conversation(
            part("O", "conversation_sla_target_missed", 6, event_details={"target": "next_reply_time"}),
            title="Broken",
            state="snoozed",
            priority="high",
            admin_assignee_id=3,
            team_assignee_id=0,
            tags={"type": "tag.list", "tags": [{"id": "1", "name": "Billing"}, {"id": 2}]},
            contacts={"contacts": [{"id": "c1", "location": {"country": "Ireland", "continent_code": "EU"}}]},
            company={"type": "company", "id": "k1"},
            custom_attributes={"plan": "Pro", "seats": None, "trial": False},
            conversation_rating={
                "rating": 5, "remark": "", "created_at": 7, "replied_at": 9, "teammate": {"type": "admin", "id": 3},
            },
            sla_applied={"sla_name": "Gold", "sla_status": "missed"},
            ai_agent_participated=True,
            ai_agent={"last_answer_type": "ai_answer", "resolution_state": "escalated", "rating": 2, "created_at": 6},
        )  # fmt: skip
    assert facts_of(raw) == {
        "title": "Broken",
        "state": "snoozed",
        "channel": "conversation",
        "delivered_as": "customer_initiated",
        "priority": "high",
        "teammate_assigned_id": "3",
        "tags": ["Billing", "2"],
        "contact_ids": ["c1"],
        "company_ids": ["k1"],
        "country": "Ireland",
        "continent": "EU",
        "custom": {"plan": "Pro", "seats": None, "trial": False},
        "rating": {"score": 5, "requested_at": 7, "rated_at": 9, "teammate_id": "3"},
        "sla": {"name": "Gold", "status": "missed", "missed_targets": ["next_reply_time"]},
        "ai": {
            "participated": True, "last_answer_type": "ai_answer", "resolution_state": "escalated", "rating": 2,
            "created_at": 6,
        },
    }  # fmt: skip


def test_a_rating_that_was_requested_but_not_given_has_no_time_of_rating() -> None:
    facts = facts_of(conversation(conversation_rating={"rating": None, "created_at": 7}))
    assert facts["rating"] == {"requested_at": 7}


def test_the_company_of_the_conversation_comes_first() -> None:
    raw = conversation(
        company={"id": 3},
        contacts={"contacts": [{"id": "c", "companies": {"data": [{"id": 1}, {"id": 3}]}}, {"companies": [{"id": 2}]}]},
    )
    assert facts_of(raw)["company_ids"] == ["3", "1", "2"]


@pytest.mark.parametrize(
    ("state", "present"),
    [("routed_to_team", "escalated"), ("abandoned", "negative_feedback"), ("escalated", "escalated"), ("new", "new")],
)
def test_a_renamed_resolution_state_counts_under_its_present_name(state: str, present: str) -> None:
    facts = facts_of(conversation(state="open", ai_agent={"resolution_state": state}))
    assert facts["ai"] == {"participated": True, "resolution_state": present}


def test_nothing_described_says_nothing_of_an_agent_or_an_sla() -> None:
    for nothing in ({}, {"rating": None}, {"something_new": 1}):
        facts = facts_of(conversation(state="open", ai_agent=nothing, sla_applied=nothing))
        assert not {"ai", "sla"} & facts.keys()
