"""Values, authors and events in words, as people read them in explanations."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from indexer.differences.reasons import Hours
from indexer.differences.tolerance import FieldKind
from indexer.explaining import Entry, explain
from indexer.explaining.entry_words import author_words, counts_as
from indexer.explaining.explanation import Field
from indexer.explaining.field_words import field_text, local, shown_values, value_text
from indexer.explaining.receipt_explanation import NumberedEvent, explain_receipt
from indexer.explaining.receipt_words import counts_words, event_words, field_words, shown_fields
from indexer.messages.judged_events import LeftOut
from indexer.office_hours import ALWAYS_OPEN
from tests.builders import conversation, parsed, part
from tests.messages.made_receipts import T, event, receipt
from tests.metrics.strategies import START

DUBLIN, TOKYO = ZoneInfo("Europe/Dublin"), ZoneInfo("Asia/Tokyo")
AT = 1_719_835_200
"""12:00 UTC on 1 July 2024."""


def test_a_time_is_local_with_its_offset() -> None:
    assert local(AT, DUBLIN) == "2024-07-01 13:00:00+01:00"
    assert local(AT, TOKYO) == "2024-07-01 21:00:00+09:00"


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (FieldKind.TIMESTAMP, AT, f"2024-07-01 13:00:00+01:00 ({AT})"),
        (FieldKind.TIMESTAMP, None, "none"),
        (FieldKind.TIMESTAMP, "soon", "soon"),
        (FieldKind.DURATION, 3_660, "1 h 1 m (3,660 s)"),
        (FieldKind.DURATION, [60, 3_660], "1 m (60 s), 1 h 1 m (3,660 s)"),
        (FieldKind.DURATION, [], "none"),
        (FieldKind.DURATION, None, "none"),
        (FieldKind.OTHER, 3_660, "3660"),
        (FieldKind.OTHER, 0, "0"),
        (FieldKind.OTHER, None, "none"),
        (FieldKind.OTHER, True, "yes"),
        (FieldKind.OTHER, False, "no"),
        (FieldKind.OTHER, ["a", 1], "a, 1"),
        (FieldKind.OTHER, [], "none"),
        (FieldKind.OTHER, {"plan": "Pro", "seats": 4}, "plan Pro, seats 4"),
        (FieldKind.OTHER, "open", "open"),
    ],
)
def test_a_value_is_in_the_words_of_its_kind(kind: FieldKind, value: Any, words: str) -> None:
    assert value_text(kind, value, DUBLIN) == words


@pytest.mark.parametrize(
    ("name", "kind", "value", "words"),
    [
        ("started_at", "time", AT, f"2024-07-01 13:00:00+01:00 ({AT})"),
        ("statistics.time_to_admin_reply", "duration", 60, "1 m (60 s)"),
        ("statistics.count_reopens", "count", 3, "3"),
        ("started_at", "time", None, "none"),
        ("open_during", "ranges", None, "none"),
        ("open_during", "ranges", [], "never"),
        ("open_during", "ranges", [{"gte": AT, "lt": AT + 60}, {"gte": AT + 90}],
         "2024-07-01 13:00:00+01:00 to 2024-07-01 13:01:00+01:00, 2024-07-01 13:01:30+01:00 to now"),
        ("actions", "count", [{"kind": "reply"}, {"kind": "close"}], "2 actions"),
        ("actions", "count", None, "none"),
    ],
)  # fmt: skip
def test_a_field_of_a_conversation_is_in_words(name: str, kind: Any, value: Any, words: str) -> None:
    assert field_text(Field(name, "new", kind, value, "A rule."), DUBLIN) == words


def test_all_values_of_an_explanation_are_in_the_zone_of_its_readers() -> None:
    raw = conversation(part("A", "comment", START + 60), at=START, state="open")
    found = explain(parsed(raw), "w", Hours(ALWAYS_OPEN, {}), time_zone="Asia/Tokyo")
    words = shown_values(found)
    assert words.keys() == found.fields.keys()
    assert words["started_at"] == f"2024-03-01 09:00:00+09:00 ({START})"
    assert words["first_response_time"] == "1 m (60 s)"
    assert words["state"] == "open"


NAMES = {"teammate 7": "Ada", "teammate 9": "Fin", "team 5": "Billing", "teammate 5": "Not a team"}


@pytest.mark.parametrize(
    ("kind", "id_", "words"),
    [
        ("admin", "7", "teammate Ada (7)"),
        ("admin", "8", "teammate 8"),
        ("bot", "9", "bot Fin (9)"),
        ("bot", None, "bot"),
        ("user", "7", "user 7"),
        ("lead", None, "lead"),
        (None, "7", "7"),
        (None, None, ""),
    ],
)
def test_an_author_is_named_by_kind_name_and_id(kind: str | None, id_: str | None, words: str) -> None:
    assert author_words(Entry(1, AT, "comment", author_type=kind, author_id=id_), NAMES) == words


@pytest.mark.parametrize(
    ("roles", "assigned_to", "beside", "words"),
    [
        ((), None, None, ""),
        (("reply", "close"), None, None, "reply, close"),
        (("assignment",), ("team", "5"), None, "assignment, → team Billing"),
        (("assignment",), ("team", "6"), None, "assignment, → team 6"),
        ((), ("teammate", "7"), None, "→ teammate Ada"),
        ((), ("teammate", "8"), "5", "→ teammate 8, → team Billing"),
        ((), ("bot", "9"), "6", "→ bot Fin, → team 6"),
        ((), ("nobody", ""), None, "→ nobody"),
    ],
)
def test_an_entry_counts_in_its_roles_and_as_an_assignment(
    roles: tuple[str, ...], assigned_to: tuple[str, str] | None, beside: str | None, words: str
) -> None:
    entry = Entry(1, AT, "comment", roles=roles, assigned_to=assigned_to, beside_team_id=beside)
    assert counts_as(entry, NAMES) == words


def numbered(*, left_out: LeftOut | None = None, skewed: bool = False, **details: str) -> NumberedEvent:
    return NumberedEvent(1, AT, "click", details, machine=False, skewed=skewed, left_out=left_out)


def test_an_event_of_a_receipt_is_named_with_its_details() -> None:
    assert event_words(numbered()) == "click"
    assert event_words(numbered(url="https://example.com", button="2")) == "click, button 2, url https://example.com"


def test_an_event_counts_or_not_and_its_clock_may_be_wrong() -> None:
    assert counts_words(numbered()) == "yes"
    assert counts_words(numbered(skewed=True)) == "yes, clock skew"
    assert counts_words(numbered(left_out=LeftOut.LATER_OPEN)) == "no: later open"
    assert counts_words(numbered(left_out=LeftOut.LATER_OPEN, skewed=True)) == "no: later open, clock skew"


def test_the_fields_of_a_receipt_are_in_words_in_the_zone_of_its_readers() -> None:
    opens = event("open", 60), event("open", 90), event("click", 70)
    found = explain_receipt(receipt(), opens, "w", time_zone="Asia/Tokyo")
    words = shown_fields(found)
    assert words.keys() == found.fields.keys()
    assert words["first_open_at"] == f"{local(T + 60, TOKYO)} ({T + 60})"
    assert words["time_to_open"] == "1 m (60 s)"
    assert words["events"] == "2 that count"
    assert words["first_reply_at"] == "none"
    without = explain_receipt(receipt(), [], "w").fields["events"]
    assert field_words(without, TOKYO) == "none"
