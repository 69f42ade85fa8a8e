import tracemalloc
from collections import Counter
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.conversation import parse_conversation
from indexer.sample import DEFAULT_END, MOST_CONVERSATIONS, History, generate
from tests.sample.state_rules import (
    final_assignment,
    final_state,
    final_waiting_since,
    is_from_contact,
    is_teammate,
    parts_of,
)

Json = dict[str, Any]
DAY = 86_400

seeds = st.integers(-(2**31), 2**63)
ends = st.integers(1_000_000_000, 2_500_000_000)
days = st.integers(1, 70)
histories = given(seed=seeds, end=ends, days=days)
few = settings(max_examples=20, deadline=None)


@few
@histories
def test_everything_happens_in_order_and_inside_the_history(seed: int, end: int, days: int) -> None:
    for conversation in generate(60, seed, end, days):
        times = [conversation["created_at"], *(part["created_at"] for part in parts_of(conversation))]
        assert times == sorted(times)
        assert end - days * DAY <= times[0]
        assert times[-1] <= conversation["updated_at"] < end
        assert conversation["snoozed_until"] is None or conversation["snoozed_until"] >= end


@few
@histories
def test_state_and_assignment_are_those_of_the_parts(seed: int, end: int, days: int) -> None:
    for conversation in generate(60, seed, end, days):
        assert conversation["state"] == final_state(conversation)
        assert conversation["open"] == (conversation["state"] != "closed")
        assert (conversation["team_assignee_id"], conversation["admin_assignee_id"]) == final_assignment(conversation)
        assert conversation["waiting_since"] == final_waiting_since(conversation)
        assert (conversation["snoozed_until"] is not None) == (conversation["state"] == "snoozed")


@few
@histories
def test_the_parser_reads_every_conversation_without_a_complaint(seed: int, end: int, days: int) -> None:
    for conversation in generate(60, seed, end, days):
        assert parse_conversation(orjson.dumps(conversation)).data_quality == []


@few
@given(seed=seeds, count=st.integers(0, 40), number=st.integers(0, MOST_CONVERSATIONS - 1))
def test_a_conversation_depends_on_its_number_alone(seed: int, count: int, number: int) -> None:
    longer, shorter = list(generate(count + 7, seed, days=30)), list(generate(count, seed, days=30))
    assert longer[:count] == shorter
    history = History(seed, days=30)
    first = orjson.dumps(history.conversation(number))
    history.conversation(3)
    assert orjson.dumps(history.conversation(number)) == first


def test_another_seed_is_another_history() -> None:
    assert list(generate(5, seed=1)) != list(generate(5, seed=2))
    assert list(generate(5, seed=1)) != list(generate(5, seed=-1))


def test_ids_are_numbers_in_strings_and_unique(conversations: list[Json]) -> None:
    parts = [int(part["id"]) for conversation in conversations for part in parts_of(conversation)]
    sources = [int(conversation["source"]["id"]) for conversation in conversations]
    assert len({*parts, *sources}) == len(parts) + len(sources)
    assert len({int(conversation["id"]) for conversation in conversations}) == len(conversations)


def test_part_ids_increase_within_a_conversation_and_conversation_ids_with_time(conversations: list[Json]) -> None:
    for conversation in conversations:
        numbers = [int(part["id"]) for part in parts_of(conversation)]
        assert numbers == sorted(numbers)
        assert conversation["conversation_parts"]["total_count"] == len(numbers)
    by_time = sorted(conversations, key=lambda conversation: conversation["created_at"])
    by_id = sorted(conversations, key=lambda conversation: int(conversation["id"]))
    assert [c["created_at"] for c in by_id] == [c["created_at"] for c in by_time]


def test_a_conversation_has_about_ten_parts_and_a_few_have_dozens(conversations: list[Json]) -> None:
    counts = [len(parts_of(conversation)) for conversation in conversations]
    assert 9 <= sum(counts) / len(counts) <= 11
    assert 45 <= max(counts) <= 70


def test_participants_are_the_teammates_who_wrote_a_part(conversations: list[Json]) -> None:
    for conversation in conversations:
        listed = [teammate["id"] for teammate in conversation["teammates"]["teammates"]]
        wrote = dict.fromkeys(part["author"]["id"] for part in parts_of(conversation) if is_teammate(part["author"]))
        assert listed == list(wrote)


def test_the_first_contact_reply_is_the_first_message_of_a_contact(conversations: list[Json]) -> None:
    for conversation in conversations:
        if conversation["source"]["delivered_as"] == "customer_initiated":
            first = conversation["created_at"]
        else:
            first = next((p["created_at"] for p in parts_of(conversation) if is_from_contact(p)), None)
        told = conversation["first_contact_reply"]
        assert (told and told["created_at"]) == first


def test_a_customer_writes_comments_to_open_conversations_and_opens_the_others(conversations: list[Json]) -> None:
    for conversation in conversations:
        state = "open" if conversation["source"]["delivered_as"] == "customer_initiated" else "closed"
        for part in parts_of(conversation):
            if part["author"]["type"] in ("user", "lead") and part["part_type"] in ("comment", "open"):
                by_bot = conversation["source"]["delivered_as"] == "operator_initiated"
                assert (part["part_type"] == "open") == (state != "open") or by_bot
            state = part["state"]


def test_nothing_of_a_conversation_is_shared_with_the_next() -> None:
    def containers(value: object) -> set[int]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        found = {id(value)} if isinstance(value, dict | list) else set()
        return found.union(*map(containers, inner))

    alive = list(generate(300, seed=5))
    seen = Counter(container for conversation in alive for container in containers(conversation))
    assert max(seen.values()) == 1


def test_a_long_history_needs_no_more_memory_than_a_short_one() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in generate(count, seed=9, days=60):
            pass
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(100)
    assert peak(10_000) <= peak(1_000) * 1.05


@pytest.mark.parametrize(
    ("count", "end", "days"),
    [(-1, DEFAULT_END, 30), (MOST_CONVERSATIONS + 1, DEFAULT_END, 30), (1, DEFAULT_END, 0), (1, 5 * DAY, 6)],
)
def test_an_impossible_history_is_refused_at_once(count: int, end: int, days: int) -> None:
    with pytest.raises(ValueError, match=r"conversations|days"):
        generate(count, 1, end, days)


def test_a_number_without_a_conversation_is_refused() -> None:
    with pytest.raises(ValueError, match="numbers go from 0"):
        History(1).conversation(MOST_CONVERSATIONS)
