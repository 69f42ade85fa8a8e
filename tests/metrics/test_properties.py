"""What holds of the numbers of every conversation."""

from copy import deepcopy
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from indexer.conversation import redacted
from indexer.office_hours import parse_office_hours
from tests.builders import document_of, part
from tests.metrics.strategies import conversations, parts, schedules

Document = dict[str, Any]

BOT_INBOX = {
    name + suffix
    for name in ("bot_inbox", "bot_inbox_time", "first_response_time_without_bot")
    for suffix in ("", "_ooo")
}


def parts_of(raw: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = raw["conversation_parts"]["conversation_parts"]
    return found


def with_another(raw: dict[str, Any], another: dict[str, Any]) -> dict[str, Any]:
    more = deepcopy(raw)
    parts_of(more).append({"id": str(len(parts_of(raw)) + 1), **another})
    return more


def elapsed_and_office_pairs(document: Document) -> list[tuple[int, int]]:
    """All pairs X and X_ooo anywhere in a document."""
    pairs: list[tuple[int, int]] = []
    for holder in (document, document["legacy"], *document["actions"]):
        for name, value in holder.items():
            if name.endswith("_ooo"):
                elapsed = holder[name.removesuffix("_ooo")]
                pairs.extend(zip(elapsed, value, strict=True) if isinstance(value, list) else [(elapsed, value)])
    return pairs


def human_metrics(document: Document) -> Document:
    """The document without what counts or lists parts that are not a human's visible ones, or is about bots."""
    left_out = {"data_quality", "actions", "updated_at", *BOT_INBOX}
    kept = {name: value for name, value in document.items() if name not in left_out}
    kept["statistics"] = {k: v for k, v in document["statistics"].items() if k != "count_conversation_parts"}
    kept["replies"] = [action for action in document["actions"] if action["kind"] == "reply"]
    return kept


@given(conversations(), schedules(), st.randoms(use_true_random=False))
def test_the_order_of_the_parts_in_the_input_does_not_matter(raw: Document, schedule: Document, random: Any) -> None:
    shuffled = deepcopy(raw)
    random.shuffle(parts_of(shuffled))
    office_hours = parse_office_hours(schedule)
    assert document_of(shuffled, office_hours) == document_of(raw, office_hours)


@given(conversations(), parts(st.just("note")), st.sampled_from("AB"))
def test_a_note_never_moves_a_human_metric(raw: Document, note: Document, letter: str) -> None:
    note = note | {"part_type": "note", "author": part(letter, "note", 0)["author"]}
    assert human_metrics(document_of(with_another(raw, note))) == human_metrics(document_of(raw))


@given(conversations(), parts(st.just("comment")))
def test_a_bots_comment_never_moves_a_human_metric(raw: Document, comment: Document) -> None:
    comment = comment | {"author": part("O", "comment", 0)["author"]}
    assert human_metrics(document_of(with_another(raw, comment))) == human_metrics(document_of(raw))


@given(conversations(), parts(st.just("something_new")))
def test_an_unknown_part_never_moves_a_human_metric(raw: Document, unknown: Document) -> None:
    assert human_metrics(document_of(with_another(raw, unknown))) == human_metrics(document_of(raw))


@given(conversations(), st.data())
def test_redaction_moves_nothing(raw: Document, data: st.DataObject) -> None:
    redacted = deepcopy(raw)
    with_body = [one for one in parts_of(redacted) if one["body"]]
    for one in data.draw(st.lists(st.sampled_from(with_body))) if with_body else []:
        one |= {"redacted": True, "body": data.draw(st.sampled_from([None, "<p>This message was deleted</p>"]))}
    assert document_of(redacted) == document_of(raw)


@given(conversations(), schedules())
def test_time_within_office_hours_is_at_most_elapsed_time_and_never_negative(raw: Document, schedule: Document) -> None:
    for elapsed, within in elapsed_and_office_pairs(document_of(raw, parse_office_hours(schedule))):
        assert 0 <= within <= elapsed


@given(conversations(), schedules(), st.integers(0, 10_000), st.integers(1, 2_000))
def test_adding_office_hours_never_lowers_time_within_them(
    raw: Document, schedule: Document, start: int, length: int
) -> None:
    longer = deepcopy(schedule)
    longer["time_intervals"].append({"start_minute": start, "end_minute": min(10_080, start + length)})
    before = elapsed_and_office_pairs(document_of(raw, parse_office_hours(schedule)))
    after = elapsed_and_office_pairs(document_of(raw, parse_office_hours(longer)))
    assert all(more >= less for (_, less), (_, more) in zip(before, after, strict=True))


@given(conversations())
def test_started_at_is_the_earliest_timestamp_of_the_new_pipeline(raw: Document) -> None:
    document = document_of(raw)
    later = [document.get(name) for name in ("first_response_at", "last_closed_at", "last_closed_by_human_at")]
    assert all(document["started_at"] <= at for at in later if at is not None)


@given(conversations(), schedules())
def test_always_open_and_no_schedule_measure_elapsed_time(raw: Document, schedule: Document) -> None:
    always = parse_office_hours(schedule | {"twenty_four_seven": True})
    assert all(elapsed == within for elapsed, within in elapsed_and_office_pairs(document_of(raw, always)))
    assert document_of(raw, always) == document_of(raw)


@given(conversations())
def test_open_and_snoozed_spans_follow_each_other_and_have_a_length(raw: Document) -> None:
    document = document_of(raw)
    for name in ("open_during", "snoozed_during"):
        spans = document.get(name, [])
        ends = [span.get("lt", float("inf")) for span in spans]
        assert all(span["gte"] < end for span, end in zip(spans, ends, strict=True))
        assert all(end <= following["gte"] for end, following in zip(ends, spans[1:], strict=False))
        assert all(span["gte"] >= document["started_at"] for span in spans)


@given(conversations())
def test_the_document_says_the_same_of_the_same_event_in_both_generations(raw: Document) -> None:
    document = document_of(raw)
    statistics = document["statistics"]
    for new, rest in (
        ("started_at", "first_contact_reply_at"),
        ("first_response_at", "first_admin_reply_at"),
        ("last_closed_at", "last_close_at"),
        ("first_response_time_ooo", "time_to_admin_reply"),
        ("time_to_last_close_ooo", "time_to_last_close"),
        ("reply_times_ooo", "reply_times"),
        ("median_reply_time_ooo", "median_time_to_reply"),
    ):
        assert document.get(new) == statistics.get(rest)


@given(conversations())
def test_handling_time_is_at_most_the_time_that_the_conversation_was_open(raw: Document) -> None:
    document = document_of(raw)
    if "handling_time" in document:
        assert document["handling_time"] <= sum(span["lt"] - span["gte"] for span in document.get("open_during", []))
        assert "waiting_since" not in document


@given(conversations(), schedules())
def test_a_conversation_that_needs_the_tolerant_reading_has_the_same_numbers(raw: Document, schedule: Document) -> None:
    office_hours = parse_office_hours(schedule)
    assert document_of(raw | {"tags": "not a list"}, office_hours) == document_of(raw, office_hours)


@given(conversations(), schedules())
def test_the_handled_stretches_add_up_to_the_handling_time_of_a_closed_conversation(
    raw: Document, schedule: Document
) -> None:
    document = document_of(raw, parse_office_hours(schedule))
    for name in ("handling_time", "handling_time_ooo"):
        if name in document:
            assert sum(action.get(name, 0) for action in document["actions"]) == document[name]


@given(conversations())
def test_handling_ends_with_an_assignment_a_snooze_or_a_close_and_had_a_handler(raw: Document) -> None:
    for action in document_of(raw)["actions"]:
        if "handling_time" in action:
            assert action["handling_time"] > 0
            assert action["kind"] in ("assignment", "snooze", "close")
            assert "assigned_teammate_id" in action


@given(conversations(), schedules())
def test_the_bot_inbox_time_and_the_rest_add_up_to_the_first_response_time(raw: Document, schedule: Document) -> None:
    document = document_of(raw, parse_office_hours(schedule))
    for suffix in ("", "_ooo"):
        whole = document.get("first_response_time" + suffix)
        without = document.get("first_response_time_without_bot" + suffix)
        by_bot = document.get("bot_inbox_time" + suffix, 0)
        assert (without is None) == (whole is None)
        if whole is not None and without is not None:
            assert by_bot + without == whole
            assert without >= 0
    assert document["bot_inbox"] if "bot_inbox_time" in document else True
    assert ("bot_inbox" in document) == ("started_by" in document) == ("started_at" in document)


@given(conversations(), schedules(), schedules())
def test_the_clocks_of_a_team_run_in_its_own_hours_and_no_others_do(
    raw: Document, own: Document, teams: Document
) -> None:
    with_team = document_of(raw, parse_office_hours(own | {"teams": {"T1": teams}}))
    both = document_of(raw, parse_office_hours(own)), document_of(raw, parse_office_hours(teams))
    for found, by_own, by_teams in zip(with_team["actions"], both[0]["actions"], both[1]["actions"], strict=True):
        source = by_teams if found.get("team_id") == "T1" else by_own
        for name in ("team_first_response_time_ooo", "team_time_to_close_ooo"):
            assert found.get(name) == source.get(name)
        for name in ("teammate_time_to_close_ooo", "handling_time_ooo", "response_time_ooo"):
            assert found.get(name) == by_own.get(name)
    assert {name: with_team.get(name) for name in BOT_INBOX} == {name: both[0].get(name) for name in BOT_INBOX}


@given(conversations())
def test_the_clocks_of_closing_stand_on_closes_after_the_anchor_alone(raw: Document) -> None:
    document = document_of(raw)
    for action in document["actions"]:
        names = {name for name in ("team_time_to_close", "teammate_time_to_close") if name in action}
        if names:
            assert action["kind"] == "close"
            assert all(0 <= action[name] <= action["at"] - document["started_at"] for name in names)
        if "teammate_time_to_close" in names:
            assert action["teammate_id"] == action["assigned_teammate_id"]
        if "team_time_to_close" in names:
            assert "team_id" in action


@given(conversations(), st.sampled_from(["hit", "missed", "active", "cancelled", None]), st.data())
def test_of_an_sla_in_force_every_answering_reply_after_the_anchor_has_one_outcome(
    raw: Document, status: str | None, data: st.DataObject
) -> None:
    targets = data.draw(st.lists(st.sampled_from(["first_reply_time", "next_reply_time", "time_to_close"]), max_size=4))
    for target in targets:
        miss = data.draw(parts(st.just("conversation_sla_target_missed")))
        raw = with_another(raw, miss | {"event_details": {"target": target}})
    raw = raw | {"sla_applied": {"sla_name": "Gold", "sla_status": status}}
    document = document_of(raw)
    assert document_of(orjson.loads(redacted(orjson.dumps(raw)))) == document
    replies = [action for action in document["actions"] if action["kind"] == "reply"]
    measured = [action for action in document["actions"] if "sla_outcome" in action]
    misses = [one for one in parts_of(raw) if one["part_type"] == "conversation_sla_target_missed"]
    unknown = len(misses) > len(targets) or (status == "missed" and not misses)
    flagged = unknown and status in ("active", "missed")
    assert ("sla_target_unknown" in document.get("data_quality", ())) == flagged
    if flagged or status in ("cancelled", None):
        assert measured == []
        return
    assert measured == [action for action in replies if action["first_response"] or "response_time" in action]
    assert [action["first_response"] for action in measured] == [
        action["sla_target"] == "first_reply_time" for action in measured
    ]
    missed = [action["sla_target"] for action in measured if action["sla_outcome"] == "missed"]
    assert all(missed.count(target) <= targets.count(target) for target in missed)
    for target in {action["sla_target"] for action in measured}:
        assert (target in missed) == (target in targets and status != "hit")
