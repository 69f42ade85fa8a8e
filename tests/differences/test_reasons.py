"""Each rule, found again in a document that was made by it in another way, and nothing else."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexer.differences.fields import EVERY_FIELD, differing
from indexer.differences.pair import same
from indexer.differences.reason import Reason
from indexer.differences.reasons import Finding, Hours, reasons_of
from indexer.differences.tolerance import EXACT, Tolerance
from indexer.metrics import METRICS_VERSION
from indexer.office_hours import ALWAYS_OPEN, parse_office_hours
from tests.builders import conversation, document_of, parsed, part
from tests.metrics.strategies import START, conversations

Document = dict[str, Any]


def weekdays(start: int, end: int) -> Document:
    intervals = [{"start_minute": day * 1440 + start, "end_minute": day * 1440 + end} for day in range(5)]
    return {"time_zone_name": "Europe/Dublin", "twenty_four_seven": False, "time_intervals": intervals}


OURS = parse_office_hours(weekdays(9 * 60, 17 * 60))
THEIRS = parse_office_hours(weekdays(7 * 60, 12 * 60))
HOURS = Hours(OURS, {"early team": THEIRS, "24/7": ALWAYS_OPEN})


def findings(raw: Document, left: Document, right: Document) -> list[Finding]:
    pairs = [same(found.path) for found in differing(left, right) if EVERY_FIELD.takes(found.path)]
    return reasons_of(parsed(raw), HOURS, left, right, pairs, EXACT)


def assert_only(reason: Reason, raw: Document, odd: Document) -> None:
    """Whichever side is the odd one."""
    right = document_of(raw, OURS)
    assert {found.pair.left: found.reasons for found in findings(raw, odd, right)} == dict.fromkeys(
        (found.path for found in differing(odd, right) if EVERY_FIELD.takes(found.path)), (reason,)
    )
    assert {found.reasons for found in findings(raw, right, odd)} <= {(reason,)}


def parts_of(raw: Document) -> list[Document]:
    found: list[Document] = raw["conversation_parts"]["conversation_parts"]
    return found


def latest(raw: Document) -> int:
    return max([raw["created_at"], *(one["created_at"] for one in parts_of(raw))])


@given(conversations())
def test_equal_documents_have_nothing_to_explain(raw: Document) -> None:
    assert findings(raw, document_of(raw, OURS), document_of(raw, OURS)) == []


@given(conversations())
def test_other_office_hours_are_found_by_their_name(raw: Document) -> None:
    odd = document_of(raw, THEIRS)
    assert_only(Reason.OTHER_OFFICE_HOURS, raw, odd)
    assert all("early team" in found.words for found in findings(raw, document_of(raw, OURS), odd))


@given(conversations())
def test_elapsed_time_is_found(raw: Document) -> None:
    assert_only(Reason.ELAPSED_OR_OFFICE, raw, document_of(raw, ALWAYS_OPEN))


@given(conversations())
def test_bots_taken_for_teammates_are_found(raw: Document) -> None:
    odd = deepcopy(raw)
    for one in parts_of(odd):
        if one["author"]["type"] == "bot":
            one["author"]["type"] = "admin"
    assert_only(Reason.BOT_AS_HUMAN, raw, document_of(odd, OURS))


@given(conversations(), st.sampled_from([{"from_ai_agent": True}, {"email": "operator+1@intercom.io"}]))
def test_accounts_of_the_operator_and_of_ai_agents_taken_for_teammates_are_found(raw: Document, mark: Document) -> None:
    odd = deepcopy(raw)
    for one in parts_of(raw):
        if one["author"]["id"] == "B":
            one["author"] |= mark
    assert_only(Reason.BOT_AS_HUMAN, raw, document_of(odd, OURS))


@given(conversations())
def test_bots_that_interrupt_are_found(raw: Document) -> None:
    assert_only(Reason.BOT_INTERRUPTS, raw, document_of(raw, OURS, bots_interrupt=True))


@given(conversations(), st.integers(0, 11))
def test_a_stale_document_is_stale_everywhere(raw: Document, place: int) -> None:
    raw |= {"updated_at": latest(raw) + 10, "state": "closed", "title": "Now"}
    times = sorted({raw["created_at"], *(one["created_at"] for one in parts_of(raw))})
    then = times[min(place, len(times) - 1)]
    old = deepcopy(raw) | {"updated_at": then, "state": "open", "title": "Then"}
    parts_of(old)[:] = [one for one in parts_of(old) if one["created_at"] <= then]
    assert_only(Reason.STALE, raw, document_of(old, OURS) | {"revision": 3})


@given(conversations(), st.integers(0, 11), st.booleans(), st.booleans())
def test_parts_that_are_missing_at_one_end_are_found(raw: Document, count: int, first: bool, counted: bool) -> None:
    parts = parts_of(raw)
    assume(count < len(parts))
    odd = deepcopy(raw)
    parts_of(odd)[:] = parts[:count] if first else parts[len(parts) - count :]
    if counted:
        odd["conversation_parts"]["total_count"] = len(parts)
    assert_only(Reason.PARTS_TRUNCATED, raw, document_of(odd, OURS))


@given(conversations())
def test_a_thread_a_second_late_is_found(raw: Document) -> None:
    odd = deepcopy(raw)
    odd["source"]["created_at"] = raw["created_at"] + 1
    assert_only(Reason.THREAD_STAMP, raw, document_of(odd, OURS))


@given(conversations(), st.integers(-24, 24).filter(bool), st.booleans())
def test_times_that_are_all_off_by_hours_are_found(raw: Document, hours: int, before: bool) -> None:
    odd = document_of(raw, OURS)
    shifted = deepcopy(raw)
    for one in (shifted, *parts_of(shifted)):
        one["created_at"] += hours * 3600
        one["updated_at"] += hours * 3600
    moved = document_of(shifted, OURS if before else ALWAYS_OPEN)
    if not before:
        for holder, theirs in ((moved, odd), (moved["statistics"], odd["statistics"]), (moved["legacy"], odd["legacy"]),
                               *zip(moved["actions"], odd["actions"], strict=True)):  # fmt: skip
            holder |= {name: value for name, value in theirs.items() if "time" in name or name.endswith("_ooo")}
        moved["office_hours_id"] = odd["office_hours_id"]
    assert_only(Reason.TIME_SHIFT, raw, moved)


@given(conversations())
def test_a_source_that_does_not_count_is_found(raw: Document) -> None:
    odd = deepcopy(raw)
    odd["source"] |= {"delivered_as": "automated", "author": {"type": "bot", "id": "O"}}
    ours, theirs = document_of(raw, OURS), document_of(odd, OURS)
    assume("started_at" in theirs)
    theirs["delivered_as"] = ours["delivered_as"]
    theirs["legacy"].pop("message_type", None)
    theirs["legacy"] |= {name: value for name, value in ours["legacy"].items() if name == "message_type"}
    if "started_by" in ours:
        theirs["started_by"] = ours["started_by"]
    assert_only(Reason.SOURCE_MESSAGE, raw, theirs)


NUMBERS = ("created_at", "teammate_replies_count", "reassignments_after_first_reply", "first_response_time",
           "statistics.count_reopens", "statistics.first_close_at", "legacy.time_to_last_close_ooo",
           "legacy.count_assignments", "first_response_time_ooo", "last_closed_at")  # fmt: skip


@given(conversations(), st.sampled_from(NUMBERS), st.integers(10**7, 10**8), st.sampled_from([0, 1, 2]))
def test_noise_has_no_reason(raw: Document, field: str, noise: int, version: int) -> None:
    left, right = document_of(raw, OURS), document_of(raw, OURS)
    holder, _, name = field.rpartition(".")
    inner = right[holder] if holder else right
    assume(name in inner)
    inner[name] += noise
    assert [(found.pair, found.reasons) for found in findings(raw, left, right)] == [
        (same(field), (Reason.UNEXPLAINED,))
    ]
    right["metrics_version"] = version
    expected = Reason.UNEXPLAINED if version == left["metrics_version"] else Reason.METRICS_VERSION
    assert [found.reasons for found in findings(raw, left, right)] == [(expected,)]


def test_noise_beside_a_rule_stays_the_only_thing_without_a_reason() -> None:
    raw = conversation(part("A", "comment", START + 90_000), part("A", "close", START + 200_000), at=START)
    odd = document_of(raw, THEIRS)
    odd["teammate_replies_count"] += 5
    found = {one.pair.left: one.reasons for one in findings(raw, document_of(raw, OURS), odd)}
    assert found.pop("teammate_replies_count") == (Reason.UNEXPLAINED,)
    assert set(found.values()) == {(Reason.OTHER_OFFICE_HOURS,)}


def test_each_field_has_the_one_of_two_rules_that_matters_for_it() -> None:
    raw = conversation(
        part("O", "comment", START + 40_000),
        part("A", "comment", START + 90_000),
        part("A", "close", START + 200_000),
        at=START,
    )
    odd = deepcopy(raw)
    parts_of(odd)[0]["author"]["type"] = "admin"
    found = {one.pair.left: one.reasons for one in findings(raw, document_of(raw, OURS), document_of(odd, THEIRS))}
    assert found["first_response_at"] == (Reason.BOT_AS_HUMAN,)
    assert found["time_to_last_close_ooo"] == (Reason.OTHER_OFFICE_HOURS,)
    assert set(found["first_response_time_ooo"]) == {Reason.BOT_AS_HUMAN, Reason.OTHER_OFFICE_HOURS}


def test_a_stale_document_of_other_office_hours_has_both_reasons_and_no_third() -> None:
    answered = [part("A", "comment", START + 40_000), part("A", "close", START + 60_000)]
    raw = conversation(*answered, part("C", "open", START + 90_000), at=START, updated_at=START + 90_000)
    old = conversation(*answered, at=START, updated_at=START + 70_000)
    found = findings(raw, document_of(raw, OURS), document_of(old, THEIRS))
    assert {reason for one in found for reason in one.reasons} == {Reason.STALE, Reason.OTHER_OFFICE_HOURS}
    reasons = {one.pair.left: one.reasons for one in found}
    assert reasons["statistics.count_conversation_parts"] == (Reason.STALE,)
    assert reasons["first_response_time_ooo"] == (Reason.OTHER_OFFICE_HOURS,)


def test_two_sides_that_are_both_odd_have_the_reason_in_which_they_part() -> None:
    raw = conversation(part("A", "comment", START + 90_000), part("A", "close", START + 200_000), at=START)
    found = findings(raw, document_of(raw, THEIRS), document_of(raw, ALWAYS_OPEN))
    assert found
    assert {one.reasons for one in found} == {(Reason.ELAPSED_OR_OFFICE, Reason.OTHER_OFFICE_HOURS)}


def test_a_rule_is_no_reason_if_it_would_change_a_value_that_both_sides_share() -> None:
    raw = conversation(
        part("C", "comment", START + 51), part("A", "comment", START + 169), part("A", "close", START + 300),
        at=START, by="A", delivered_as="admin_initiated",
    )  # fmt: skip
    ours = {"first_response_time": 118, "time_to_last_close": 249}
    for of_close, reasons in ((300, {Reason.CLOCK_START}), (249, {Reason.UNEXPLAINED})):
        theirs = {"first_response_time": 169, "time_to_last_close": of_close}
        assert {reason for one in findings(raw, ours, theirs) for reason in one.reasons} == reasons


def test_statistics_alone_are_enough_of_a_side() -> None:
    raw = conversation(
        part("A", "comment", 50), part("C", "comment", 100), part("A", "comment", 160), by="A",
        delivered_as="admin_initiated",
    )  # fmt: skip
    ours = document_of(raw)
    vendors = {"statistics": {**ours["statistics"], "first_admin_reply_at": 50, "time_to_admin_reply": 50}}
    found = reasons_of(
        parsed(raw), Hours(ALWAYS_OPEN, {}), ours, vendors,
        [same("statistics.first_admin_reply_at"), same("statistics.time_to_admin_reply")], EXACT,
    )  # fmt: skip
    assert [one.reasons for one in found] == [
        (Reason.BEFORE_ANCHOR,),
        (Reason.BEFORE_ANCHOR, Reason.CLOCK_START),
    ]


def test_a_document_of_a_record_without_its_parts_is_compared_like_any_other() -> None:
    raw = conversation(part("A", "comment", 60), part("A", "close", 90), at=5, state="closed")
    listed = {name: value for name, value in raw.items() if name != "conversation_parts"}
    whole, facts = document_of(raw, OURS), document_of(listed, OURS)
    assert findings(listed, facts, facts) == []
    for now in (raw, listed):
        paths = {found.pair.left for found in findings(now, facts, whole)}
        assert {"first_response_at", "data_quality", "actions", "teammate_replies_count"} <= paths


def test_the_words_of_a_reason_name_both_values_and_the_rules_in_the_order_of_the_reasons() -> None:
    raw = conversation(
        part("O", "comment", START + 40_000), part("A", "comment", START + 90_000), part("A", "close", START + 200_000),
        at=START,
    )  # fmt: skip
    odd = deepcopy(raw)
    parts_of(odd)[0]["author"]["type"] = "admin"
    left, right = document_of(raw, OURS), document_of(odd, THEIRS)
    words = {one.pair.left: one.words for one in findings(raw, left, right)}
    assert words["first_response_at"] == (
        f"{START + 90_000} and {START + 40_000}: computed with every bot as one, the one gives the other."
    )
    assert words["first_response_time_ooo"] == (
        f"{left['first_response_time_ooo']} and {right['first_response_time_ooo']}: computed with every bot as one, "
        "within the office hours 'early team', the one gives the other."
    )


def test_the_words_of_a_difference_without_a_rule_name_both_values_at_most_40_characters_of_each() -> None:
    raw = conversation(part("A", "comment", START + 5), at=START, state="open")
    left, right = document_of(raw, OURS), document_of(raw, OURS) | {"priority": "x" * 40, "channel": "y" * 41}
    del right["state"], left["channel"]
    said = {one.pair.left: one.words for one in findings(raw, left, right)}
    assert said == {
        "channel": f"No known rule makes this difference. (nothing, {'y' * 37}...)",
        "priority": f"No known rule makes this difference. (nothing, {'x' * 40})",
        "state": "No known rule makes this difference. (open, nothing)",
    }
    both = dict.fromkeys(("left", "right"), document_of(raw, OURS))
    found = findings(raw, both["left"] | {"metrics_version": 1}, both["right"] | {"teammate_replies_count": 7})
    assert [(one.pair, one.reasons, one.words) for one in found] == [
        (
            same("teammate_replies_count"),
            (Reason.METRICS_VERSION,),
            f"1 and 7: version {METRICS_VERSION} of the definitions, at hand, gives only one.",
        )
    ]


ANSWERED = conversation(
    part("A", "comment", START + 90_000), part("A", "close", START + 200_000), at=START, state="closed",
    title="Now", custom_attributes={"plan": "Now"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"metrics_version": 1}, {"metrics_version": 1}),
        ({"title": "Then", "custom": {"plan": "Then"}}, {"title": "Then", "custom": {"plan": "Then"}}),
        ({"rating": {"score": 5}}, {"rating": None}),
    ],
)
def test_facts_that_both_sides_share_do_not_hide_a_rule(left: Document, right: Document) -> None:
    one, other = document_of(ANSWERED, OURS), document_of(ANSWERED, THEIRS)
    expected = {found.pair.left: found.reasons for found in findings(ANSWERED, one, other)}
    assert set(expected.values()) == {(Reason.OTHER_OFFICE_HOURS,)}
    found = {found.pair.left: found.reasons for found in findings(ANSWERED, one | left, other | right)}
    assert found.pop("rating", (Reason.UNEXPLAINED,)) == (Reason.UNEXPLAINED,)
    assert found == expected


def test_hours_that_both_sides_share_but_are_not_known_do_not_hide_a_rule() -> None:
    answered = [part("A", "comment", START + 40_000), part("A", "close", START + 60_000)]
    raw = conversation(*answered, part("C", "open", START + 90_000), at=START, updated_at=START + 90_000)
    old = conversation(*answered, at=START, updated_at=START + 70_000)
    unknown = {"office_hours_id": "unknown"}
    found = findings(raw, document_of(raw, OURS) | unknown, document_of(old, OURS) | unknown)
    assert found
    assert {one.reasons for one in found} == {(Reason.STALE,)}


def test_one_value_as_a_rule_would_make_it_is_unexplained_if_the_rule_would_change_others() -> None:
    left, elapsed = document_of(ANSWERED, OURS), document_of(ANSWERED, ALWAYS_OPEN)
    changed = {found.path for found in differing(left, elapsed) if EVERY_FIELD.takes(found.path)}
    assert {"first_response_time_ooo", "time_to_last_close_ooo"} <= changed
    right = left | {"first_response_time_ooo": elapsed["first_response_time_ooo"]}
    assert [one.reasons for one in findings(ANSWERED, left, right)] == [(Reason.UNEXPLAINED,)]


def test_a_rule_that_gives_a_value_within_the_tolerance_is_its_reason() -> None:
    left, right = document_of(ANSWERED, OURS), document_of(ANSWERED, THEIRS)
    right["first_response_time_ooo"] += 2
    pair = [same("first_response_time_ooo")]
    for seconds, reason in ((2, Reason.OTHER_OFFICE_HOURS), (1, Reason.UNEXPLAINED)):
        near = Tolerance(duration=seconds)
        [found] = reasons_of(parsed(ANSWERED), HOURS, left, right, pair, near)
        assert found.reasons == (reason,)


def test_several_reasons_of_a_value_are_named_in_the_order_of_the_list_of_reasons() -> None:
    parts = part("C", "comment", START + 30_000), part("A", "comment", START + 90_000)
    raw = conversation(*parts, at=START)
    odd = conversation(*parts, at=START, by="A", delivered_as="automated")
    found = {one.pair.left: one for one in findings(raw, document_of(raw, OURS), document_of(odd, THEIRS))}
    both = found["first_response_time_ooo"]
    assert both.reasons == (Reason.SOURCE_MESSAGE, Reason.OTHER_OFFICE_HOURS)
    assert "computed without the message that started the conversation, within the office hours" in both.words


def test_office_hours_that_are_known_under_several_names_leave_room_for_a_second_rule() -> None:
    answered = [part("A", "comment", START + 40_000), part("A", "close", START + 60_000)]
    raw = conversation(*answered, part("C", "open", START + 90_000), at=START, updated_at=START + 90_000)
    old = conversation(*answered, at=START, updated_at=START + 70_000)
    left, right = document_of(raw, OURS), document_of(old, THEIRS)
    pairs = [same(found.path) for found in differing(left, right) if EVERY_FIELD.takes(found.path)]
    hours = Hours(OURS, dict.fromkeys("abcd", OURS) | {"early team": THEIRS})
    found = reasons_of(parsed(raw), hours, left, right, pairs, EXACT)
    assert {reason for one in found for reason in one.reasons} == {Reason.STALE, Reason.OTHER_OFFICE_HOURS}


def test_an_object_that_one_side_has_as_null_is_unexplained_and_hides_no_rule() -> None:
    left, right = document_of(ANSWERED, OURS), document_of(ANSWERED, THEIRS) | {"legacy": None}
    found = {one.pair.left: one.reasons for one in findings(ANSWERED, left, right)}
    assert found.pop("legacy") == (Reason.UNEXPLAINED,)
    assert set(found.values()) == {(Reason.OTHER_OFFICE_HOURS,)}
