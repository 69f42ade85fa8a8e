from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from indexer.sample import workspace
from tests.sample.state_rules import is_teammate, is_visible, parts_of

Json = dict[str, Any]
Kind = tuple[str, str, bool]


@pytest.fixture(scope="module")
def part_kinds(conversations: list[Json]) -> Counter[Kind]:
    """How many parts there are of each type, kind of author, and with or without a body."""
    return Counter(
        (part["part_type"], _kind(part["author"]), bool(part["body"]))
        for conversation in conversations
        for part in parts_of(conversation)
    )


def _kind(author: Json) -> str:
    if author["type"] in ("user", "lead"):
        return "contact"
    return "teammate" if is_teammate(author) else "bot"


KINDS = [
    ("comment", "contact", True),
    ("comment", "contact", False),
    ("comment", "teammate", True),
    ("comment", "bot", True),
    ("quick_reply", "bot", True),
    ("quick_reply", "contact", True),
    ("note", "teammate", True),
    ("note_and_reopen", "teammate", True),
    ("note_and_unsnooze", "teammate", True),
    ("assignment", "teammate", False),
    ("assignment", "teammate", True),
    ("assignment", "bot", False),
    ("default_assignment", "bot", False),
    ("workflow_assignment", "bot", False),
    ("message_strategy_assignment", "bot", False),
    ("away_mode_assignment", "bot", False),
    ("assign_and_reopen", "teammate", False),
    ("assign_and_unsnooze", "teammate", False),
    ("open", "contact", True),
    ("open", "teammate", False),
    ("close", "teammate", True),
    ("close", "teammate", False),
    ("close", "bot", False),
    ("snoozed", "teammate", False),
    ("timer_unsnooze", "bot", False),
    ("unsnoozed", "teammate", True),
    ("unsnoozed", "teammate", False),
    ("attribute_collector", "bot", False),
    ("attribute_collected", "contact", False),
    ("user_became_idle", "bot", False),
    ("resolution_bot_found_no_answer", "bot", False),
    ("channel_and_reply_time_expectation", "bot", True),
    ("participant_added", "bot", False),
    ("conversation_rating_changed", "contact", False),
    ("conversation_rating_remark_added", "contact", False),
    ("conversation_tags_updated", "teammate", False),
    ("priority_changed", "teammate", False),
    ("priority_changed_by_rule", "bot", False),
    ("conversation_attribute_updated_by_admin", "teammate", False),
    ("conversation_attribute_updated_by_admin", "bot", False),
    ("conversation_attribute_updated_by_workflow", "bot", False),
    ("conversation_sla_applied_by_rule", "bot", False),
    ("conversation_sla_applied_by_workflow", "bot", False),
    ("conversation_sla_removed", "bot", False),
    ("conversation_sla_target_missed", "bot", False),
    ("call_summary", "bot", True),
    ("language_detection_details", "bot", False),
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_kind_of_part_occurs(part_kinds: Counter[Kind], kind: Kind) -> None:
    assert part_kinds[kind] > 0


TRAITS: dict[str, Callable[[Json], object]] = {
    "a part is redacted": lambda c: any(part["redacted"] for part in parts_of(c)),
    "the source is redacted": lambda c: c["source"]["redacted"],
    "the source has an attachment": lambda c: c["source"]["attachments"],
    "a message is an attachment only": lambda c: any(p["attachments"] and not p["body"] for p in parts_of(c)),
    "a bot looks like an admin": lambda c: any(
        part["author"]["type"] == "admin" and not is_teammate(part["author"]) for part in parts_of(c)
    ),
    "it is unassigned": lambda c: any(
        part["assigned_to"] and part["assigned_to"]["type"] == "nobody_admin" for part in parts_of(c)
    ),
    "it is still open": lambda c: c["state"] == "open",
    "it is snoozed": lambda c: c["state"] == "snoozed",
    "a customer waits": lambda c: c["waiting_since"],
    "outbound that nobody answered": lambda c: c["first_contact_reply"] is None,
    "several teammates": lambda c: len(c["teammates"]["teammates"]) > 2,
    "several teams": lambda c: len({id_of_team(part) for part in parts_of(c)} - {None}) > 1,
    "several contacts": lambda c: len(c["contacts"]["contacts"]) > 1,
    "a lead": lambda c: c["contacts"]["contacts"][0]["external_id"] is None,
    "no company": lambda c: c["company"] is None,
    "no location": lambda c: c["contacts"]["contacts"][0]["location"]["country"] is None,
    "no title": lambda c: c["title"] is None,
    "a rating that was asked for but not given": lambda c: (r := c["conversation_rating"]) and "rating" not in r,
    "a rating with a remark": lambda c: (r := c["conversation_rating"]) and r.get("rating") and r.get("remark"),
    "a rating of the AI agent with a remark": lambda c: c["ai_agent"] and c["ai_agent"]["rating_remark"],
}


def id_of_team(part: Json) -> str | None:
    return part["assigned_to"]["id"] if (part["assigned_to"] or {}).get("type") == "team" else None


@pytest.mark.parametrize("trait", TRAITS)
def test_every_trait_occurs(conversations: list[Json], trait: str) -> None:
    assert any(TRAITS[trait](conversation) for conversation in conversations)


def test_channels_and_ways_to_start_have_their_shares(conversations: list[Json]) -> None:
    starts = Counter(conversation["source"]["delivered_as"] for conversation in conversations)
    channels = Counter(conversation["source"]["type"] for conversation in conversations)
    total = len(conversations)
    assert 0.83 < starts["customer_initiated"] / total < 0.87
    assert set(starts) == {"customer_initiated", "automated", "admin_initiated", "operator_initiated"}
    assert 0.40 < channels["conversation"] / total < 0.52
    assert 0.25 < channels["email"] / total < 0.36
    for channel in ("whatsapp", "phone_call"):
        assert 0.05 < channels[channel] / total < 0.10
    assert set(channels) >= {"instagram", "facebook", "sms", "push"}


def test_outbound_is_mostly_unanswered_and_then_without_an_end(conversations: list[Json]) -> None:
    automated = [c for c in conversations if c["source"]["delivered_as"] == "automated"]
    unanswered = [c for c in automated if c["first_contact_reply"] is None]
    assert 0.65 < len(unanswered) / len(automated) < 0.85
    assert {c["state"] for c in unanswered} == {"closed"}


def test_every_resolution_and_service_level_occurs(conversations: list[Json]) -> None:
    ai_agents = [conversation["ai_agent"] for conversation in conversations if conversation["ai_agent"]]
    assert {agent["resolution_state"] for agent in ai_agents} == {
        "assumed_resolution", "confirmed_resolution", "escalated", "negative_feedback", "procedure_handoff", None
    }  # fmt: skip
    assert {agent["last_answer_type"] for agent in ai_agents} == {"ai_answer", "custom_answer", None}
    levels = {
        conversation["sla_applied"]["sla_status"] for conversation in conversations if conversation["sla_applied"]
    }
    assert levels == {"hit", "missed", "active", "cancelled"}
    assert {conversation["priority"] for conversation in conversations} == {"none", "low", "medium", "high", "urgent"}


def test_every_missed_target_is_a_part_and_decides_the_status(conversations: list[Json]) -> None:
    seen = set()
    for conversation in conversations:
        kinds = [part["part_type"] for part in parts_of(conversation)]
        missed = {
            part["event_details"]["sla_target_type"]
            for part in parts_of(conversation)
            if part["part_type"] == "conversation_sla_target_missed"
        }
        applied = conversation["sla_applied"]
        assert (applied is not None) == any(kind.startswith("conversation_sla_applied") for kind in kinds)
        if applied and applied["sla_status"] != "cancelled":
            assert bool(missed) == (applied["sla_status"] == "missed")
        seen |= missed
    assert seen == {"first_reply_time", "next_reply_time", "time_to_close"}


def test_a_rating_is_given_after_it_is_asked_for_about_a_teammate_who_took_part(conversations: list[Json]) -> None:
    scores: Counter[int | None] = Counter()
    for conversation in conversations:
        if rating := conversation["conversation_rating"]:
            scores[rating.get("rating")] += 1
            assert rating["created_at"] >= conversation["created_at"]
            assert rating["updated_at"] >= rating["created_at"]
            assert ("rating" in rating) == (rating["updated_at"] > rating["created_at"])
            assert rating["teammate"]["id"] in workspace()["teammates"]
    assert set(scores) == {None, 1, 2, 3, 4, 5}
    assert scores[5] > scores[1] > scores[2]


def test_the_ai_agent_took_part_where_it_wrote_something(conversations: list[Json]) -> None:
    for conversation in conversations:
        wrote = any(part["author"].get("from_ai_agent") for part in parts_of(conversation))
        assert conversation["ai_agent_participated"] == wrote == (conversation["ai_agent"] is not None)


def test_names_of_the_workspace_cover_all_that_conversations_mention(conversations: list[Json]) -> None:
    names = workspace()
    for conversation in conversations:
        for part in parts_of(conversation):
            author = part["author"]
            if is_teammate(author):
                assert names["teammates"][author["id"]] == author["name"]
            elif author["type"] == "admin":
                assert author["id"] in names["bot_admin_ids"]
        if team_id := conversation["team_assignee_id"]:
            assert str(team_id) in names["teams"]
        for tag in conversation["tags"]["tags"]:
            assert names["tags"][tag["id"]] == tag["name"]


def test_a_contact_is_the_same_person_in_every_conversation(conversations: list[Json]) -> None:
    people: dict[str, Json] = {}
    for conversation in conversations:
        first, *_ = conversation["contacts"]["contacts"]
        person = {
            "contact": first,
            "company": conversation["company"],
            "plan": conversation["custom_attributes"]["plan"],
        }
        assert people.setdefault(first["id"], person) == person
    assert len(people) < len(conversations)


def test_messages_are_made_up_paragraphs(conversations: list[Json]) -> None:
    for conversation in conversations:
        bodies = [part["body"] for part in parts_of(conversation) if is_visible(part) and part["body"]]
        assert all("%" not in body for body in [conversation["source"]["body"], *bodies])
        assert conversation["source"]["body"].startswith("<p>")
