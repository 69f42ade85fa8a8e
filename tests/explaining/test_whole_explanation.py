"""One conversation explained in full: its timeline, its assignments, and why the pipelines differ."""

import pytest

from indexer.differences.reason import Reason
from indexer.differences.reasons import Hours
from indexer.explaining import Explanation, explain
from indexer.explaining.explanation import Assigned, Entry
from indexer.metrics import METRICS_VERSION
from indexer.office_hours import ALWAYS_OPEN, parse_office_hours
from tests.builders import conversation, parsed, part

NINE_TO_FIVE = parse_office_hours(
    {
        "time_zone_name": "UTC",
        "twenty_four_seven": False,
        "time_intervals": [{"start_minute": 1_440 * day + 540, "end_minute": 1_440 * day + 1_020} for day in range(5)],
    }
)
MONDAY, HOUR = 1_709_542_800, 3_600
"""9:00 on 4 March 2024."""
TUESDAY = MONDAY + 24 * HOUR

ANSWERED_AND_REOPENED = conversation(
    part("O", "assignment", MONDAY + 10, to="T1"),
    part("A", "assignment", MONDAY + 10, to="A", team_assignee_id="T2"),
    part("O", "comment", MONDAY + 20),
    part("A", "comment", MONDAY + HOUR),
    part("A", "snoozed", MONDAY + HOUR),
    part("A", "unsnoozed", TUESDAY),
    part("A", "close", TUESDAY + 600),
    part("C", "open", TUESDAY + HOUR, body=True),
    part("B", "priority_changed", TUESDAY + HOUR + 60, author=None),
    part("B", "close", TUESDAY + 2 * HOUR, body=True),
    at=MONDAY,
)


@pytest.fixture(scope="module")
def found() -> Explanation:
    return explain(parsed(ANSWERED_AND_REOPENED), "acme", Hours(NINE_TO_FIVE, {}), revision=7, time_zone="Asia/Tokyo")


def test_an_explanation_says_of_which_document_it_is(found: Explanation) -> None:
    assert (found.workspace_id, found.conversation_id, found.time_zone) == ("acme", "1", "Asia/Tokyo")
    assert (found.metrics_version, found.office_hours_id) == (METRICS_VERSION, NINE_TO_FIVE.id)
    assert found.fields["revision"].value == 7


def test_the_timeline_says_what_each_part_is_and_whose_time_it_is(found: Explanation) -> None:
    assert found.timeline == [
        Entry(0, MONDAY, "creation", names=("legacy.conversation_created_at",)),
        Entry(
            1, MONDAY, "source", author_type="user", author_id="C",
            roles=("anchor", "customer"), names=("started_at", "statistics.first_contact_reply_at"),
        ),
        Entry(
            2, MONDAY + 10, "assignment", "1", "bot", "O", assigned_to=("team", "T1"),
            roles=("assignment",), names=("statistics.first_assignment_at", "legacy.first_assignment_at"),
        ),
        Entry(
            3, MONDAY + 10, "assignment", "2", "admin", "A", assigned_to=("teammate", "A"), beside_team_id="T2",
            team_id="T1", roles=("assignment",),
            names=(
                "statistics.last_assignment_at", "statistics.last_assignment_admin_reply_at",
                "legacy.last_assignment_at",
            ),
        ),
        Entry(4, MONDAY + 20, "comment", "3", "bot", "O", team_id="T2", teammate_id="A", roles=("bot",)),
        Entry(
            5, MONDAY + HOUR, "comment", "4", "admin", "A", team_id="T2", teammate_id="A", roles=("reply",),
            names=("first_response_at", "statistics.first_admin_reply_at", "legacy.first_admin_reply_at"),
        ),
        Entry(6, MONDAY + HOUR, "snoozed", "5", "admin", "A", team_id="T2", teammate_id="A", roles=("snooze",)),
        Entry(7, TUESDAY, "unsnoozed", "6", "admin", "A", team_id="T2", teammate_id="A", roles=("unsnooze",)),
        Entry(
            8, TUESDAY + 600, "close", "7", "admin", "A", team_id="T2", teammate_id="A", roles=("close",),
            names=("statistics.first_close_at", "legacy.first_close_at"),
        ),
        Entry(
            9, TUESDAY + HOUR, "open", "8", "user", "C", team_id="T2", teammate_id="A", roles=("customer", "reopen"),
            names=("statistics.last_contact_reply_at", "legacy.first_user_reply_at"),
        ),
        Entry(10, TUESDAY + HOUR + 60, "priority_changed", "9", team_id="T2", teammate_id="A"),
        Entry(
            11, TUESDAY + 2 * HOUR, "close", "10", "admin", "B", team_id="T2", teammate_id="A",
            roles=("reply", "close"),
            names=(
                "last_closed_at", "last_closed_by_human_at", "statistics.last_admin_reply_at",
                "statistics.last_close_at", "legacy.last_close_at",
            ),
        ),
    ]  # fmt: skip


def test_an_assignment_that_another_one_replaces_in_the_same_second_took_no_time(found: Explanation) -> None:
    assert found.assignments == [Assigned(MONDAY + 10, None, "T2", "A", with_bot=False)]


def test_a_field_has_its_pipeline_and_its_rule(found: Explanation) -> None:
    fields = [found.fields[name] for name in ("started_at", "statistics.count_reopens", "legacy.message_type")]
    assert [(one.pipeline, one.kind, one.value) for one in fields] == [
        ("new", "time", MONDAY),
        ("rest", "count", 1),
        ("legacy", "fact", "UserMessage"),
    ]
    assert fields[1].rule == "The parts after the customer's first message that reopen it."


def test_a_bots_message_before_a_reply_leaves_the_reply_time_unless_the_literal_rule_is_asked_for(
    found: Explanation,
) -> None:
    literal = explain(parsed(ANSWERED_AND_REOPENED), "acme", Hours(ALWAYS_OPEN, {}), bots_interrupt=True)
    assert [one.fields["reply_times"].value for one in (found, literal)] == [[HOUR, HOUR], [HOUR]]


def test_parts_that_were_not_delivered_are_counted_beside_the_entries() -> None:
    raw = conversation(part("C", "comment", 10), part("A", "comment", 60), statistics={"count_conversation_parts": 7})
    fields = explain(parsed(raw), "acme", Hours(ALWAYS_OPEN, {})).fields
    count = fields["statistics.count_conversation_parts"]
    assert (count.value, count.parts, count.more) == (7, (2, 3), 5)
    assert {name for name, field in fields.items() if field.more} == {"statistics.count_conversation_parts"}


def test_every_difference_between_two_pipelines_has_its_reason_and_a_sentence() -> None:
    raw = conversation(
        part("A", "assignment", 60, to="A"),
        part("A", "comment", 100),
        part("C", "comment", 3_600),
        part("B", "comment", 7_200),
        part("B", "close", 7_300),
        by="A",
        delivered_as="admin_initiated",
    )
    differences = explain(parsed(raw), "acme", Hours(NINE_TO_FIVE, {})).differences  # at night
    elapsed, start, before = (Reason.ELAPSED_OR_OFFICE,), (Reason.CLOCK_START,), (Reason.BEFORE_ANCHOR,)
    assert [(one.left, one.right, one.reasons, one.words.partition(":")[0]) for one in differences] == [
        ("first_response_time", "statistics.time_to_admin_reply", elapsed, "3600 and 0"),
        ("time_to_last_close", "statistics.time_to_last_close", elapsed, "3700 and 0"),
        ("median_reply_time", "statistics.median_time_to_reply", elapsed, "3600 and 0"),
        ("reply_times", "statistics.reply_times", elapsed, "[3600] and [0]"),
        ("started_at", "legacy.conversation_created_at", start, "3600 and 0"),
        ("first_response_at", "legacy.first_admin_reply_at", before, "7200 and 100"),
        ("first_response_time", "legacy.time_to_admin_reply", (*before, *start), "3600 and 100"),
        ("time_to_last_close", "legacy.time_to_last_close", start, "3700 and 7300"),
        ("statistics.first_admin_reply_at", "legacy.first_admin_reply_at", before, "7200 and 100"),
        ("statistics.first_assignment_at", "legacy.first_assignment_at", before, "nothing and 60"),
        ("statistics.last_assignment_at", "legacy.last_assignment_at", before, "nothing and 60"),
        ("statistics.count_assignments", "legacy.count_assignments", before, "0 and 1"),
    ]
    assert differences[0].words == "3600 and 0: computed in elapsed time, the one gives the other."
