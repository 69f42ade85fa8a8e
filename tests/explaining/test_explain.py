"""The entries and stretches listed with a value are those it is computed from."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.differences.reason import Reason
from indexer.differences.reasons import Hours
from indexer.explaining.explain import explain
from indexer.explaining.explanation import Entry, Explanation, Field
from indexer.explaining.field_path import names_of
from indexer.explaining.rows import ROWS
from indexer.explaining.rules import RULES
from indexer.metrics.office_time import median
from indexer.metrics.schema import Legacy, ReportingDocument, Statistics
from indexer.office_hours import ALWAYS_OPEN, OfficeHours, parse_office_hours
from indexer.sample import generate, office_hours
from tests.builders import conversation, document_of, parsed, part
from tests.metrics.strategies import conversations, schedules


def explained(
    raw: dict[str, Any],
    hours: OfficeHours = ALWAYS_OPEN,
    *,
    bots_interrupt: bool = False,
    as_of: int | None = None,
) -> Explanation:
    return explain(parsed(raw), "w", Hours(hours, {}), bots_interrupt=bots_interrupt, as_of=as_of)


def recomputed(field: Field, timeline: list[Entry]) -> object:
    """The value computed only from the entries and stretches listed with the field."""
    entries = [timeline[number] for number in field.parts]
    seconds = [sum(end - start for start, end in one.intervals) for one in field.stretches]
    match field.kind:
        case "time":
            return entries[0].at if entries else None
        case "duration":
            return sum(seconds)
        case "durations":
            return seconds
        case "median":
            return median(seconds) if seconds else None
        case "count":
            return len(entries) + field.more
        case "ranges":
            return [{"gte": one.start} | ({} if one.end is None else {"lt": one.end}) for one in field.stretches]
        case "ids":
            of_teams = field.name == "participating_team_ids"
            ids = list(dict.fromkeys(one.team_id if of_teams else one.author_id for one in entries))
            return [one for one in ids if one is not None]
    raise AssertionError(field.kind)


COMPUTED = [name for name, rule in RULES.items() if rule.kind not in {"fact", "flag"}]


def check(raw: dict[str, Any], hours: OfficeHours, *, bots_interrupt: bool = False) -> dict[str, Any]:
    """The document's fields by path; each of them follows from what the explanation lists."""
    found = explained(raw, hours, bots_interrupt=bots_interrupt)
    document = document_of(raw, hours, bots_interrupt=bots_interrupt)
    flat = {name: value for name, value in document.items() if name not in {"statistics", "legacy"}}
    for pipeline in ("statistics", "legacy"):
        flat |= {f"{pipeline}.{name}": value for name, value in document[pipeline].items()}
    assert {name: one.value for name, one in found.fields.items() if one.value is not None} == flat
    for name in COMPUTED:
        field = found.fields[name]
        if field.value is None:
            assert (field.parts, field.stretches) == ((), ()), name
            continue
        value = recomputed(field, found.timeline)
        assert value == ([field.value] if name == "statistics.last_closed_by_id" else field.value), name
        for one in field.stretches:
            assert one.seconds == sum(end - start for start, end in one.intervals)
            for number, at in ((one.first, one.start), (one.last, one.end)):
                assert number is None or found.timeline[number].at == at, name
    return flat


@given(conversations(), schedules(), st.booleans())
def test_every_value_follows_from_the_entries_and_stretches_listed_with_it(
    raw: dict[str, Any], schedule: dict[str, Any], bots_interrupt: bool
) -> None:
    check(raw, parse_office_hours(schedule), bots_interrupt=bots_interrupt)


def test_every_value_follows_in_a_sample_workspace_too_and_every_path_can_be_asked_for() -> None:
    hours = parse_office_hours(office_hours())
    for raw in generate(150, seed=7):
        for path, value in check(raw, hours).items():
            assert names_of(path) == [path]
            if isinstance(value, dict):
                assert all(names_of(f"{path}.{inner}") == [path] for inner in value)


EVERYTHING = conversation(
    part("O", "comment", 100),
    part("O", "assignment", 200, to="T1"),
    part("B", "assignment", 300, to="A"),
    part("A", "comment", 90_000),
    part("C", "comment", 91_000),
    part("O", "comment", 92_000),
    part("A", "comment", 200_000),
    part("A", "snoozed", 200_100),
    part("A", "unsnoozed", 210_000),
    part("A", "close", 300_000),
    part("C", "open", 310_000, body=True),
    part("B", "assignment", 310_000, to="B"),
    part("A", "comment", 380_000),
    part("A", "snoozed", 380_100),
    part("B", "close", 390_000),
    state="closed",
)
OFFICE = parse_office_hours(office_hours())


@pytest.mark.parametrize("bots_interrupt", [False, True])
def test_every_value_follows_if_everything_happens(bots_interrupt: bool) -> None:
    values = check(EVERYTHING, OFFICE, bots_interrupt=bots_interrupt)
    found = explained(EVERYTHING, OFFICE, bots_interrupt=bots_interrupt).fields
    parts = {name: found[name].parts for name in found}
    assert parts["bot_inbox"] == parts["bot_inbox_time"] == (1, 3)
    assert parts["first_response_time_without_bot"] == (3, 5)
    assert parts["statistics.last_closed_by_id"] == parts["last_closed_by_human_at"] == (16,)
    assert parts["closed_on_first_contact"] == (5, 8, 11, 14, 16)
    assert parts["statistics.count_conversation_parts"] == tuple(range(2, 17))
    assert parts["reply_times"] == ((12, 14) if bots_interrupt else (1, 5, 6, 8, 12, 14))
    assert [(one.first, one.last) for one in found["open_during"].stretches] == [(1, 11), (12, 16)]
    assert [(one.first, one.last) for one in found["snoozed_during"].stretches] == [(9, 10), (15, 16)]
    of_office = {name for name in found if name.endswith("_ooo") or name.startswith("statistics.")}
    for name, field in found.items():
        assert {one.hours for one in field.stretches} <= {"office" if name in of_office else "elapsed"}, name
    assert {"handling_time", "handling_time_ooo", "reply_times_ooo", "statistics.time_to_first_close"} <= values.keys()
    assert found["handling_time"].stretches
    assert all(one.first and one.last for one in found["handling_time"].stretches)


def test_the_entry_of_an_assignment_and_a_close_of_one_second_measures_no_time_between_them() -> None:
    raw = conversation(
        part("B", "assignment", 60, to="A"), part("A", "comment", 60), part("A", "close", 60), part("A", "note", 70),
    )  # fmt: skip
    values, found = check(raw, OFFICE), explained(raw, OFFICE)
    assert values["first_assignment_to_close"] == 0
    assert found.fields["first_assignment_to_close"].parts == (2, 4)


def test_a_reply_that_assigns_is_not_an_assignment_after_the_first_reply() -> None:
    raw = conversation(part("A", "assignment", 60, to="B", body=True), part("B", "assignment", 90, to="A"))
    values, found = check(raw, ALWAYS_OPEN), explained(raw)
    assert (values["first_response_at"], values["reassignments_after_first_reply"]) == (60, 1)
    assert found.fields["reassignments_after_first_reply"].parts == (3,)


def test_handling_begins_with_the_customers_message_if_a_teammate_is_assigned_already() -> None:
    raw = conversation(
        part("A", "assignment", 10, to="A"), part("C", "comment", 60), part("A", "note", 60), part("A", "close", 100),
        by="A", delivered_as="admin_initiated",
    )  # fmt: skip
    assert check(raw, ALWAYS_OPEN)["handling_time"] == 40
    assert explained(raw).fields["handling_time"].parts == (2, 4)


@given(conversations())
def test_closed_on_first_contact_follows_from_the_parts_named(raw: dict[str, Any]) -> None:
    found = explained(raw)
    field = found.fields["closed_on_first_contact"]
    entries = [found.timeline[number] for number in field.parts]
    anchor = next((one.number for one in found.timeline if "anchor" in one.roles), None)
    closes = [one for one in entries if "close" in one.roles and anchor is not None and one.number > anchor]
    authors = {one.author_id for one in entries if "reply" in one.roles and one.author_id is not None}
    assert field.value == (len(closes) == 1 and len(authors) == 1)


def test_every_field_has_a_rule_and_stands_in_one_row() -> None:
    fields = [
        *(name for name in ReportingDocument.__struct_fields__ if name not in {"statistics", "legacy"}),
        *(f"statistics.{name}" for name in Statistics.__struct_fields__),
        *(f"legacy.{name}" for name in Legacy.__struct_fields__),
    ]
    assert sorted(RULES) == sorted(fields)
    assert sorted(name for row in ROWS for name in row.names) == sorted(fields)
    assert all(rule.words.endswith(".") for rule in RULES.values())


STARTED_BY_TEAMMATE = conversation(
    part("A", "assignment", 60, to="A"),
    part("A", "comment", 100),
    part("C", "comment", 3600),
    part("B", "comment", 7200),
    part("B", "close", 7300),
    by="A",
    delivered_as="admin_initiated",
)


def test_a_difference_between_pipelines_has_its_reason() -> None:
    found = {(one.left, one.right): one for one in explained(STARTED_BY_TEAMMATE).differences}
    assert Reason.BEFORE_ANCHOR in found["first_response_at", "legacy.first_admin_reply_at"].reasons


def test_legacy_clocks_start_at_the_creation_and_all_others_at_the_customers_message() -> None:
    check(STARTED_BY_TEAMMATE, OFFICE)
    fields = explained(STARTED_BY_TEAMMATE).fields
    ends = {name: [(one.first, one.last) for one in field.stretches] for name, field in fields.items()}
    assert {name: found for name, found in ends.items() if found and not name.endswith("_ooo")} == {
        "first_response_time": [(3, 4)],
        "first_response_time_without_bot": [(3, 4)],
        "time_to_last_close": [(3, 5)],
        "time_to_last_close_by_human": [(3, 5)],
        "reply_times": [(3, 4)],
        "median_reply_time": [(3, 4)],
        "handling_time": [(3, 5)],
        "open_during": [(3, 5)],
        "statistics.time_to_admin_reply": [(3, 4)],
        "statistics.time_to_first_close": [(3, 5)],
        "statistics.time_to_last_close": [(3, 5)],
        "statistics.reply_times": [(3, 4)],
        "statistics.median_time_to_reply": [(3, 4)],
        "legacy.time_to_first_assignment": [(0, 1)],
        "legacy.time_to_admin_reply": [(0, 2)],
        "legacy.time_to_first_close": [(0, 5)],
        "legacy.time_to_last_close": [(0, 5)],
    }


def test_as_of_leaves_out_later_parts() -> None:
    then = explained(STARTED_BY_TEAMMATE, as_of=7200)
    assert [one.at for one in then.timeline] == [0, 60, 100, 3600, 7200]
    assert (then.fields["first_response_time"].value, then.fields["last_closed_at"].value) == (3600, None)


def test_a_stretch_names_what_began_and_ended_it_among_others_of_that_second() -> None:
    found = explained(
        conversation(
            part("B", "assignment", 0, to="A"), part("A", "close", 60), part("B", "assignment", 60, to="A"),
            part("C", "open", 90), part("B", "assignment", 90, to="A"),
        )
    )  # fmt: skip
    assert [(one.first, one.last) for one in found.fields["open_during"].stretches] == [(1, 3), (5, None)]


def test_a_bot_with_an_admins_account_is_called_a_bot() -> None:
    raw = conversation(part("A", "comment", 10))
    raw["conversation_parts"]["conversation_parts"][0]["author"]["from_ai_agent"] = True
    assert explained(raw).timeline[-1].author_type == "bot"


@pytest.mark.parametrize("total", [None, 7])
def test_a_conversation_without_its_parts_is_explained_by_its_facts(total: int | None) -> None:
    raw = conversation(at=5, state="closed", statistics={"count_conversation_parts": total})
    del raw["conversation_parts"]
    found = explain(parsed(raw), "w", Hours(ALWAYS_OPEN, {}))
    assert [entry.type for entry in found.timeline] == ["creation"]
    assert found.fields["data_quality"].value == ["parts_missing"]
    assert found.fields["statistics.count_conversation_parts"].value == total
    assert found.fields["legacy.message_type"].value == "UserMessage"
    assert {found.fields[name].value for name in ("started_at", "teammate_replies_count", "open_during")} == {None}


def test_a_span_that_the_conversations_own_state_ends_has_no_part_at_its_end() -> None:
    found = explain(parsed(conversation(at=5, updated_at=90, state="closed")), "w", Hours(ALWAYS_OPEN, {}))
    (stretch,) = found.fields["open_during"].stretches
    assert (stretch.start, stretch.end, stretch.first, stretch.last) == (5, 90, 1, None)
