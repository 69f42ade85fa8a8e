"""The values of actions besides their kind: the clocks of closing, handled stretches, and the SLA's outcome."""

from typing import Any

from tests.builders import conversation, document_of, part


def values(raw: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    """Time, kind and the named values of the actions that have one of them."""
    return [
        (action["at"], action["kind"], *(action.get(name) for name in names))
        for action in document_of(raw)["actions"]
        if any(name in action for name in names)
    ]


CLOSES = ("team_time_to_close", "teammate_time_to_close")


def test_every_close_of_a_stint_is_measured_from_its_beginning() -> None:
    raw = conversation(
        part("O", "assignment", 10, to="T1"),
        part("A", "assignment", 20, to="A"),
        part("A", "close", 100),
        part("C", "open", 200, body=True),
        part("A", "close", 300, body=True),
    )
    assert values(raw, *CLOSES) == [(100, "close", 90, 80), (300, "close", 290, 280)]


def test_a_close_by_a_bot_or_an_unassigned_teammate_counts_for_the_team_only() -> None:
    raw = conversation(
        part("O", "assignment", 10, to="T1"),
        part("A", "assignment", 20, to="A"),
        part("B", "close", 100),
        part("O", "close", 110),
    )
    assert values(raw, *CLOSES) == [(100, "close", 90, None), (110, "close", 100, None)]


def test_a_close_before_the_customer_wrote_has_no_clock_and_later_ones_start_at_the_anchor() -> None:
    raw = conversation(
        part("A", "assignment", 1, to="T1"),
        part("A", "assignment", 2, to="A"),
        part("A", "close", 5),
        part("C", "open", 50, body=True),
        part("A", "close", 80),
        by="A",
        delivered_as="admin_initiated",
    )
    assert values(raw, *CLOSES) == [(80, "close", 30, 30)]


def test_a_close_with_the_customers_first_message_comes_before_all_clocks() -> None:
    raw = conversation(
        part("A", "assignment", 1, to="T1"),
        part("C", "close", 5, body=True),
        part("A", "close", 9),
        by="A",
        delivered_as="admin_initiated",
    )
    assert document_of(raw)["started_at"] == 5
    assert values(raw, *CLOSES) == [(9, "close", 4, None)]


def test_a_reply_before_the_customer_wrote_stops_no_clock_and_the_next_one_does() -> None:
    raw = conversation(
        part("A", "assignment", 1, to="T1"),
        part("A", "assignment", 2, to="A"),
        part("A", "comment", 3),
        part("C", "comment", 10),
        part("A", "comment", 25),
        by="A",
        delivered_as="admin_initiated",
    )
    assert values(raw, "team_first_response_time", "teammate_first_response_time") == [(25, "reply", 15, 15)]


def test_an_assignment_to_the_present_assignee_begins_nothing_anew() -> None:
    raw = conversation(
        part("A", "assignment", 20, to="A"), part("B", "assignment", 40, to="A"), part("A", "close", 100)
    )
    assert values(raw, "teammate_time_to_close", "handling_time") == [(100, "close", 80, 80)]
    raw = conversation(
        part("A", "assignment", 20, to="T1"), part("B", "assignment", 40, to="T1"), part("B", "close", 100)
    )
    assert values(raw, "team_time_to_close") == [(100, "close", 80)]


def test_another_team_beside_the_present_teammate_begins_the_clock_of_that_team_alone() -> None:
    raw = conversation(
        part("O", "assignment", 10, to="T1"),
        part("A", "assignment", 20, to="A"),
        part("A", "assignment", 50, to="A", team_assignee_id="T2"),
        part("A", "assignment", 70, to="A", team_assignee_id="T2"),
        part("A", "close", 100),
    )
    names = (*CLOSES, "team_id", "assigned_teammate_id", "handling_time")
    assert values(raw, *names)[-1] == (100, "close", 50, 80, "T2", "A", 80)


def test_a_bot_that_is_assigned_leaves_the_team_and_its_clock_as_they_were() -> None:
    operator = {"type": "bot", "id": "7"}
    raw = conversation(
        part("O", "assignment", 10, to="T1"),
        part("A", "assignment", 20, to="A"),
        part("A", "assignment", 50, assigned_to=operator),
        part("A", "close", 100),
    )
    assert values(raw, *CLOSES, "team_id", "assigned_teammate_id")[-1] == (100, "close", 90, None, "T1", None)


def test_handling_ends_with_snooze_reassignment_unassignment_and_close_each_on_its_own_entry() -> None:
    raw = conversation(
        part("O", "assignment", 10, to="A"),
        part("A", "snoozed", 20),
        part("O", "timer_unsnooze", 50),
        part("A", "assignment", 60, body=True, to="B"),
        part("B", "assignment", 75, to="nobody"),
        part("B", "assign_and_reopen", 80, to="B"),
        part("A", "assignment", 90, to="T1"),
        part("A", "assignment", 100, to="A"),
        part("A", "close", 103, body=True),
        part("A", "close", 110),
    )
    assert values(raw, "handling_time") == [
        (20, "snooze", 10),
        (60, "assignment", 10),
        (75, "assignment", 15),
        (90, "assignment", 10),
        (103, "close", 3),
    ]
    assert document_of(raw)["handling_time"] == 48


def test_handled_stretches_are_there_before_the_conversation_is_closed() -> None:
    raw = conversation(part("O", "assignment", 10, to="A"), part("A", "snoozed", 20))
    assert values(raw, "handling_time") == [(20, "snooze", 10)]
    assert "handling_time" not in document_of(raw)


def test_a_stretch_without_length_is_none() -> None:
    raw = conversation(part("A", "assignment", 0, to="A"), part("A", "close", 0))
    assert values(raw, "handling_time") == []
    assert values(raw, "teammate_time_to_close") == [(0, "close", 0)]


def outcomes(raw: dict[str, Any], status: str | None) -> list[tuple[Any, ...]]:
    return values(raw | {"sla_applied": {"sla_name": "Gold", "sla_status": status}}, "sla_target", "sla_outcome")


def missed(at: int, target: str) -> dict[str, Any]:
    return part("O", "conversation_sla_target_missed", at, event_details={"target": target})


THREE_REPLIES = (
    part("A", "comment", 100),
    part("A", "comment", 110),
    part("C", "comment", 200),
    part("A", "comment", 300),
    part("C", "comment", 400),
    part("A", "close", 500, body=True),
)


def test_a_miss_belongs_to_the_nearest_reply_of_its_target() -> None:
    raw = conversation(*THREE_REPLIES, missed(101, "next_reply_time"), missed(499, "next_reply_time"))
    assert outcomes(raw, "missed") == [
        (100, "reply", "first_reply_time", "hit"),
        (300, "reply", "next_reply_time", "missed"),
        (500, "reply", "next_reply_time", "missed"),
    ]
    raw = conversation(*THREE_REPLIES, missed(100, "first_reply_time"), missed(300, "time_to_close"))
    assert [outcome for _, _, _, outcome in outcomes(raw, "missed")] == ["missed", "hit", "hit"]


def test_an_sla_that_was_hit_has_no_misses_and_one_that_was_removed_no_outcomes() -> None:
    raw = conversation(*THREE_REPLIES, missed(100, "first_reply_time"))
    assert {outcome for _, _, _, outcome in outcomes(raw, "hit")} == {"hit"}
    assert outcomes(raw, "cancelled") == outcomes(raw, None) == []
    assert values(raw, "sla_target") == []


def test_of_two_replies_as_near_the_earlier_one_missed() -> None:
    raw = conversation(*THREE_REPLIES, missed(400, "next_reply_time"))
    assert [outcome for _, _, _, outcome in outcomes(raw, "active")] == ["hit", "missed", "hit"]


def test_a_team_has_taken_part_once_a_teammate_replied_while_it_was_assigned() -> None:
    raw = conversation(
        part("O", "assignment", 1, to="T1"),
        part("O", "assignment", 2, to="T2"),
        part("A", "comment", 5),
        part("A", "assignment", 6, body=True, to="T3"),
        part("A", "note", 7),
    )
    document = document_of(raw)
    assert document["participating_team_ids"] == ["T2"]
    assert document_of(conversation())["participating_team_ids"] == []
