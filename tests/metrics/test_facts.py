"""The facts of a conversation, as the document has them."""

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


def test_nothing_described_says_nothing_of_an_agent_an_sla_or_a_rating() -> None:
    for nothing in ({}, {"rating": None}, {"something_new": 1}):
        facts = facts_of(conversation(state="open", ai_agent=nothing, sla_applied=nothing, conversation_rating=nothing))
        assert not {"ai", "sla", "rating"} & facts.keys()


def test_an_sla_that_was_hit_has_missed_no_target_whatever_its_events_say() -> None:
    missed = part("O", "conversation_sla_target_missed", 6, event_details={"target": "next_reply_time"})
    facts = facts_of(conversation(missed, sla_applied={"sla_name": "Gold", "sla_status": "hit"}))
    assert facts["sla"] == {"name": "Gold", "status": "hit"}


PLACE = {"country": "Peru", "country_name": "Perú", "continent": "South America", "continent_code": "SA"}


@pytest.mark.parametrize(
    ("places", "country", "continent"),
    [
        ([PLACE], "Peru", "South America"),
        ([{"country_name": "Perú", "continent_code": "SA"}], "Perú", "SA"),
        ([{"country_name": "Chile"}, PLACE], "Chile", "South America"),
        ([{"continent_code": "EU"}, PLACE], "Peru", "EU"),
        ([{"country": ""}, None, PLACE], "Peru", "South America"),
    ],
)
def test_the_first_place_that_a_contact_gives_is_the_conversations(
    places: list[dict[str, str] | None], country: str, continent: str
) -> None:
    contacts = [{"id": str(number), "location": place} for number, place in enumerate(places)]
    facts = facts_of(conversation(contacts={"contacts": contacts}))
    assert (facts["country"], facts["continent"]) == (country, continent)


@pytest.mark.parametrize(
    ("left_out", "changes", "rated_at"),
    [
        ((), (), 20),
        ((), (30, 40), 20),
        (("replied_at",), (30, 40), 40),
        (("replied_at",), (), 19),
        (("replied_at", "updated_at"), (), 11),
        (("replied_at", "updated_at", "created_at"), (), None),
    ],
)
def test_a_rating_was_given_when_it_says_so_or_its_latest_change_does(
    left_out: tuple[str, ...], changes: tuple[int, ...], rated_at: int | None
) -> None:
    given = {"rating": 1, "remark": "Why?", "requested_at": 10, "created_at": 11, "updated_at": 19, "replied_at": 20}
    for name in left_out:
        del given[name]
    parts = [part("C", "conversation_rating_changed", at) for at in changes]
    found = facts_of(conversation(*parts, part("C", "comment", 50), conversation_rating=given))["rating"]
    assert (found["requested_at"], found["remark"], found.get("rated_at")) == (10, "Why?", rated_at)


@pytest.mark.parametrize(("rating", "score"), [(0, None), (1, 1), (5, 5), (6, None)])
def test_a_score_is_1_to_5(rating: int, score: int | None) -> None:
    facts = facts_of(conversation(conversation_rating={"rating": rating, "created_at": 7}, ai_agent={"rating": rating}))
    assert facts["rating"].get("score") == score
    assert facts.get("ai", {}).get("rating") == score


def test_the_facts_about_an_ai_agent_have_the_names_of_the_document() -> None:
    agent = {"source_type": "workflow", "source_title": "Refunds", "rating_remark": "Quick", "updated_at": 9}
    facts = facts_of(conversation(ai_agent=agent, ai_agent_participated=False))
    assert facts["ai"] == {"participated": False, **agent}
    assert facts_of(conversation(ai_agent_participated=False))["ai"] == {"participated": False}


def test_a_miss_that_names_no_target_is_one_of_an_unknown_target() -> None:
    missed = part("O", "conversation_sla_target_missed", 6), part("O", "conversation_sla_target_missed", 7)
    applied = {"sla_name": "Gold", "sla_status": "missed"}
    assert facts_of(conversation(*missed, sla_applied=applied))["sla"]["missed_targets"] == ["unknown"]


def test_the_subject_stands_for_a_title_and_a_team_for_itself() -> None:
    source = {"type": "email", "subject": "Help", "delivered_as": "customer_initiated", "author": {"type": "user"}}
    facts = facts_of(conversation(source=source, team_assignee_id=9))
    assert (facts["title"], facts["channel"], facts["team_assigned_id"]) == ("Help", "email", "9")
