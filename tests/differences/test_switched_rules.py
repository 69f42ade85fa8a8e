"""What each rule changes, by hand: the properties of test_reasons.py find them by their results."""

from typing import Any

import pytest

from indexer.conversation import Conversation
from indexer.differences import switched_rules
from indexer.differences.reason import Reason
from indexer.differences.switched_rules import Inputs, Rule
from indexer.differences.variants import ANYTHING, Variants
from indexer.office_hours import ALWAYS_OPEN, parse_office_hours
from tests.builders import conversation, parsed, part
from tests.metrics.strategies import START

Json = dict[str, Any]


def under(raw: Json, *rules: Rule) -> Conversation:
    inputs = Inputs(parsed(raw), ALWAYS_OPEN)
    for rule in rules:
        inputs = rule.change(inputs)
    return inputs.conversation


def document(raw: Json, *rules: Rule) -> Json:
    return Variants(Inputs(parsed(raw), ALWAYS_OPEN)).document(rules)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (switched_rules.source_message(), "without the message that started the conversation"),
        (switched_rules.before_anchor(), "with the events before the customer's first message"),
        (switched_rules.clock_start(), "from the creation on"),
        (switched_rules.bot_interrupts(), "with bots interrupting reply times"),
        (switched_rules.elapsed(), "in elapsed time"),
        (switched_rules.other_hours("late", ALWAYS_OPEN), "within the office hours 'late'"),
        (switched_rules.bot_as_human(accounts_only=True), "with bots with a teammate's account as one"),
        (switched_rules.bot_as_human(accounts_only=False), "with every bot as one"),
        (switched_rules.as_of(7), "from the parts up to 7"),
        (switched_rules.first_parts(2, total_known=True), "from the first 2 parts"),
        (switched_rules.last_parts(2, 3, total_known=True), "from the last 2 parts"),
        (switched_rules.thread_stamp(of_message=True), "with the thread and its message a second later"),
        (switched_rules.thread_stamp(of_message=False), "with the thread's stamp a second off"),
        (switched_rules.time_shift(5), "with all times +5 seconds off"),
        (switched_rules.time_shift_before(-5), "from times that are all -5 seconds off"),
    ],
)
def test_a_rule_says_in_words_what_it_changes(rule: Rule, words: str) -> None:
    assert rule.words == words
    assert rule.reason in Reason


BOTS = conversation(
    part("O", "comment", START + 5),
    part("A", "comment", START + 6, author={"type": "admin", "id": "9", "from_ai_agent": True}),
    part("O", "assignment", START + 7, assigned_to={"type": "bot", "id": "9"}, team_assignee_id="T1"),
    part("A", "assignment", START + 8, to="A"),
    part("C", "comment", START + 9),
    by="A",
    delivered_as="admin_initiated",
    at=START,
)


@pytest.mark.parametrize(("accounts_only", "teammates"), [(True, [6, 8]), (False, [5, 6, 7, 8])])
def test_bots_taken_for_teammates_write_replies_and_are_assigned_like_them(
    teammates: list[int], *, accounts_only: bool
) -> None:
    events = under(BOTS, switched_rules.bot_as_human(accounts_only=accounts_only)).events
    assert [event.at - START for event in events if event.by_teammate] == teammates
    assert [event.at - START for event in events if event.by_bot] == [at for at in (5, 7) if at not in teammates]
    assert [event.at - START for event in events if event.reply] == [at for at in (5, 6) if at in teammates]
    assert [event.assignee for event in events if event.assignee] == [("teammate", "9", "T1"), ("teammate", "A", "")]


@pytest.mark.parametrize(
    ("odd", "flag"),
    [
        (part("A", "brand_new", START + 5), "unknown_part_type"),
        (part("A", "assignment", START + 5, assigned_to={"type": "robot", "id": "1"}), "assignee_unknown"),
    ],
)
def test_a_flag_goes_with_the_last_part_that_causes_it(odd: Json, flag: str) -> None:
    known = part("A", "assignment", START + 51, to="B")
    raw = conversation(odd, known, odd | {"created_at": START + 60}, at=START)
    assert parsed(raw).data_quality == [flag]
    assert under(raw, switched_rules.first_parts(2, total_known=False)).data_quality == [flag]
    assert under(raw, switched_rules.last_parts(2, 3, total_known=False)).data_quality == [flag]
    assert under(raw, switched_rules.as_of(START)).data_quality == []
    assert (
        under(conversation(odd, known, at=START), switched_rules.last_parts(1, 2, total_known=False)).data_quality == []
    )


def test_the_flags_of_time_and_of_double_parts_go_with_their_parts() -> None:
    early = conversation(part("A", "note", START + 5), part("A", "note", START + 10), at=START + 10)
    assert parsed(early).data_quality == ["clock_skew"]
    assert under(early, switched_rules.last_parts(1, 2, total_known=False)).data_quality == []
    assert under(early, switched_rules.first_parts(1, total_known=False)).data_quality == ["clock_skew"]
    twice = conversation(
        *(part("A", "note", START + at, id="3") for at in (5, 6)), part("A", "note", START + 7), at=START
    )
    assert parsed(twice).data_quality == ["duplicate_part"]
    assert under(twice, switched_rules.as_of(START + 6)).data_quality == []
    assert under(twice, switched_rules.as_of(START + 7)).data_quality == ["duplicate_part"]


@pytest.mark.parametrize(("at", "status"), [(START + 4, "active"), (START + 5, "missed"), (START + 9, "missed")])
def test_an_sla_is_missed_from_its_first_miss_on(at: int, status: str) -> None:
    miss = part("O", "conversation_sla_target_missed", START + 5, event_details={"target": "first_reply_time"})
    raw = conversation(
        miss, part("A", "note", START + 6), at=START, sla_applied={"sla_name": "Gold", "sla_status": "missed"}
    )
    said = under(raw | {"state": "closed", "updated_at": START + 99}, switched_rules.as_of(at)).said
    assert said.sla_applied is not None
    assert (said.sla_applied.sla_name, said.sla_applied.sla_status) == ("Gold", status)
    assert (said.updated_at, said.state) == (at, None)


@pytest.mark.parametrize("status", ["hit", "active", None])
def test_an_sla_that_was_not_missed_stays_as_it_is(status: str | None) -> None:
    raw = conversation(part("A", "note", START + 5), at=START, sla_applied={"sla_name": "Gold", "sla_status": status})
    said = under(raw, switched_rules.as_of(START + 4)).said
    assert said.sla_applied is not None
    assert said.sla_applied.sla_status == status
    assert under(conversation(at=START), switched_rules.as_of(START + 4)).said.sla_applied is None


@pytest.mark.parametrize(
    ("stamp", "of_message", "then", "messages"),
    [
        (None, False, START + 1, START),
        (None, True, START + 1, START + 1),
        (START, True, START + 1, START + 1),
        (START + 1, False, START, START),
        (START + 1, True, START, START),
        (START + 2, False, START + 1, START),
    ],
)
def test_a_threads_stamp_is_a_second_later_or_no_longer_and_its_message_with_it(
    stamp: int | None, then: int, messages: int, *, of_message: bool
) -> None:
    raw = conversation(part("A", "comment", START), part("A", "comment", START + 5), at=START)
    raw["source"]["created_at"] = stamp
    found = under(raw, switched_rules.thread_stamp(of_message=of_message))
    assert found.said.source.created_at == then
    assert [event.at for event in found.events if event.type.name == "source"] == [messages]
    assert [event.at for event in found.events if event.type.name != "source"] == [START, START + 5]
    assert found.events == sorted(found.events)


def test_a_shift_moves_all_times_and_no_duration_and_no_attribute() -> None:
    raw = conversation(
        part("A", "comment", START + 5), part("A", "close", START + 9), at=START, state="closed",
        custom_attributes={"seen_at": START, "seats": 4},
    )  # fmt: skip
    plain, moved = document(raw), document(raw, switched_rules.time_shift(60))
    assert moved["started_at"] == plain["started_at"] + 60
    assert moved["statistics"]["first_close_at"] == START + 69
    assert [action["at"] for action in moved["actions"]] == [action["at"] + 60 for action in plain["actions"]]
    assert moved["first_response_time"] == plain["first_response_time"] == 5
    assert moved["custom"] == plain["custom"] == {"seen_at": START, "seats": 4}
    assert "custom" not in document(conversation(at=START), switched_rules.time_shift(60))


def test_bots_that_interrupt_leave_no_reply_time() -> None:
    raw = conversation(part("O", "comment", START + 5), part("A", "comment", START + 9), at=START)
    assert document(raw)["reply_times"] == [9]
    assert document(raw, switched_rules.bot_interrupts())["reply_times"] == []


def test_hours_move_with_times_that_were_off_before_the_document_was_computed() -> None:
    day = [{"start_minute": start + 9 * 60, "end_minute": start + 17 * 60} for start in range(0, 10_080, 1440)]
    hours = parse_office_hours({"time_zone_name": "UTC", "twenty_four_seven": False, "time_intervals": day})
    raw = conversation(part("A", "comment", START + 43_200), at=START)
    moved = conversation(part("A", "comment", START + 46_800), at=START + 3_600)
    variants = Variants(Inputs(parsed(raw), hours))
    expected = Variants(Inputs(parsed(moved), hours)).document()
    found = variants.document((switched_rules.time_shift_before(3_600),))
    for name in ("started_at", "first_response_at", "first_response_time", "first_response_time_ooo"):
        assert found.get(name) == expected.get(name)
    assert (variants.document()["first_response_time_ooo"], found["first_response_time_ooo"]) == (10_800, 14_400)


def test_a_duration_of_a_clock_from_the_creation_is_never_negative_and_attributes_are_left_alone() -> None:
    raw = conversation(
        part("A", "comment", START - 50), part("A", "close", START + 9), by="A", delivered_as="admin_initiated",
        at=START, state="closed", custom_attributes={"balance": -4},
    )  # fmt: skip
    found = document(raw, switched_rules.before_anchor(), switched_rules.clock_start())
    assert found["first_response_time"] == 0
    assert found["custom"] == {"balance": -4}


def test_a_conversation_is_open_and_assigned_from_a_clock_that_starts_at_the_creation() -> None:
    raw = conversation(
        part("A", "assignment", 10, to="A"), part("C", "comment", 60), part("A", "close", 100),
        by="A", delivered_as="admin_initiated", state="closed",
    )  # fmt: skip
    assert document(raw)["open_during"] == [{"gte": 60, "lt": 100}]
    found = document(raw, switched_rules.clock_start())
    assert (found["open_during"], found["handling_time"]) == ([{"gte": 0, "lt": 100}], 90)


def test_of_an_earlier_state_every_fact_may_have_been_anything_but_the_numbers_are_computed() -> None:
    raw = conversation(part("A", "close", START + 5), at=START, state="closed", ai_agent={"rating": 3})
    variants, stale = Variants(Inputs(parsed(raw), ALWAYS_OPEN)), [switched_rules.as_of(START + 4)]
    assert variants.value("state", stale) is ANYTHING
    assert variants.value("ai.rating", stale) is ANYTHING
    assert variants.value("data_quality", stale) is ANYTHING
    assert variants.value("statistics.count_conversation_parts", stale) == 0
    assert (variants.value("state"), variants.value("ai.rating")) == ("closed", 3)


def test_without_a_customers_message_events_count_and_no_clock_has_a_start() -> None:
    raw = conversation(
        part("A", "comment", START + 5), part("A", "close", START + 9), by="A", delivered_as="automated", at=START
    )
    found = document(raw, switched_rules.before_anchor())
    assert (found["first_response_at"], found["statistics"]["first_close_at"]) == (START + 5, START + 9)
    for holder in (found, found["statistics"]):
        assert (
            not {"started_at", "first_contact_reply_at", "first_response_time", "time_to_first_close"} & holder.keys()
        )
