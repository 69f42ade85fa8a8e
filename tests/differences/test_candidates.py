"""The rules that are tried on two documents of one shape, told by their words."""

from typing import Any

import pytest

from indexer.conversation import Conversation
from indexer.differences.candidates import across, between_copies, between_pipelines
from indexer.differences.pair import Pair, same
from indexer.differences.reason import Reason
from indexer.differences.switched_rules import Inputs
from indexer.office_hours import ALWAYS_OPEN, OfficeHours, parse_office_hours
from tests.builders import conversation, parsed, part
from tests.metrics.strategies import START

Json = dict[str, Any]

ALWAYS_TRIED = [
    "with bots with a teammate's account as one",
    "with every bot as one",
    "with bots interrupting reply times",
    "without the message that started the conversation",
    "with the events before the customer's first message",
    "from the creation on",
    "from the creation on",
    "with the thread's stamp a second off",
    "with the thread and its message a second later",
]
DAY = [{"start_minute": 0, "end_minute": 60}]
EARLY, LATE = (
    parse_office_hours({"time_zone_name": zone, "twenty_four_seven": False, "time_intervals": DAY})
    for zone in ("Asia/Tokyo", "Europe/Dublin")
)
OTHERS = {"24/7": ALWAYS_OPEN, "early": EARLY, "late": LATE}


def with_parts(number: int = 3, **more: Any) -> Conversation:
    """As many parts, in the seconds 5, 6 and so on after its creation; last changed in second 99."""
    notes = (part("A", "note", START + 5 + place) for place in range(number))
    return parsed(conversation(*notes, at=START, **{"updated_at": START + 99} | more))


def document(count: int | None = 3, **more: Any) -> Json:
    """With that number of parts, and the office hours that documents of these tests share."""
    counted = {} if count is None else {"statistics": {"count_conversation_parts": count}}
    return counted | {"office_hours_id": "shared"} | more


def tried(
    left: Json, right: Json, others: dict[str, OfficeHours] | None = None, *, of: Conversation | None = None
) -> list[str]:
    """The words of the rules, without those that are always tried."""
    words = [rule.words for rule in between_copies(of or with_parts(), others or {}, left, right)]
    assert words[len(words) - len(ALWAYS_TRIED) :] == ALWAYS_TRIED
    return words[: len(words) - len(ALWAYS_TRIED)]


def ends(*counts: int) -> list[str]:
    return [f"from the {end} {count} parts" for count in counts for end in ("first", "last")]


def up_to(*seconds: int) -> list[str]:
    return [f"from the parts up to {START + second}" for second in seconds]


def test_documents_that_say_the_same_of_their_origin_are_tried_with_nothing_else() -> None:
    assert tried(document(), document(), OTHERS) == []


@pytest.mark.parametrize(
    ("left", "right", "hours"),
    [
        ("shared", "shared", []),
        (None, None, ["elapsed", "early", "late"]),
        ("shared", None, ["elapsed", "early", "late"]),
        (None, EARLY.id, ["elapsed", "early", "late"]),
        ("shared", EARLY.id, ["early"]),
        (LATE.id, EARLY.id, ["early", "late"]),
        (LATE.id, "24/7", ["elapsed", "late"]),
        ("shared", "unknown", []),
    ],
)
def test_other_office_hours_are_those_that_a_document_names_or_all_if_one_names_none(
    left: str | None, right: str | None, hours: list[str]
) -> None:
    words = {name: f"within the office hours '{name}'" for name in OTHERS} | {"elapsed": "in elapsed time"}
    documents = document(office_hours_id=left), document(office_hours_id=right)
    assert tried(*documents, OTHERS) == [words[name] for name in hours]


@pytest.mark.parametrize(
    ("left", "right", "seconds"),
    [
        ({"updated_at": START + 6}, {}, [6]),
        ({"updated_at": START + 6}, {"updated_at": START + 7}, [7, 6]),
        ({}, {"updated_at": START + 99}, []),
        ({"updated_at": START + 99}, {"updated_at": START + 100}, []),
        ({"updated_at": START + 99, "revision": 1}, {"updated_at": START + 99, "revision": 2}, [99]),
        ({"updated_at": START + 100, "revision": 1}, {"updated_at": START + 99, "revision": 2}, [99]),
        ({"revision": 1}, {"revision": 2}, [7, 6, 5, 0]),
        ({"revision": 1}, {"updated_at": START + 20, "revision": 2}, [20, 7, 6, 5, 0]),
        ({"updated_at": START + 20, "revision": 1}, {"revision": 2}, [20, 7, 6, 5, 0]),
        ({"revision": 1}, {"revision": 1}, []),
        ({"revision": 1}, {}, []),
        ({"updated_at": "then"}, {}, []),
    ],
)
def test_earlier_states_are_those_that_a_document_names_or_all_if_an_earlier_revision_names_none(
    left: Json, right: Json, seconds: list[int]
) -> None:
    assert tried(document(**left), document(**right)) == up_to(*seconds)


def test_a_conversation_without_its_own_time_may_have_been_in_any_state_that_is_named() -> None:
    found = tried(document(updated_at=START + 500), document(), of=with_parts(updated_at=None))
    assert found == up_to(500)


def test_the_latest_earlier_states_are_tried_if_there_are_many() -> None:
    found = tried(document(80, revision=1), document(80, revision=2), of=with_parts(80))
    assert found == up_to(*range(84, 24, -1))


@pytest.mark.parametrize(
    ("left", "right", "seconds"),
    [
        ({"started_at": 10, "closed_at": 20}, {"started_at": 70, "closed_at": 80}, 60),
        ({"started_at": 10, "legacy": {"closed_at": 20}}, {"started_at": 11, "legacy": {"closed_at": 21}}, 1),
        ({"started_at": 10, "closed_at": 20}, {"started_at": 70, "closed_at": 81}, None),
        ({"started_at": 10, "closed_at": 20}, {"started_at": 10, "closed_at": 20}, None),
        ({"started_at": 10, "closed_at": 20}, {"started_at": 70}, None),
        ({"started_at": 10, "handling_time": 20}, {"started_at": 70, "handling_time": 80}, None),
        ({"started_at": 10, "closed_at": None}, {"started_at": 70, "closed_at": 80}, None),
    ],
)
def test_a_shift_is_tried_if_several_times_have_the_same_distance(left: Json, right: Json, seconds: int | None) -> None:
    ways = "with all times {} seconds off", "from times that are all {} seconds off"
    signs = () if seconds is None else (f"+{seconds}", f"-{seconds}")
    assert sorted(tried(document(**left), document(**right))) == sorted(
        way.format(one) for one in signs for way in ways
    )


CUT: Json = {"data_quality": ["clock_skew", "parts_truncated"]}


@pytest.mark.parametrize(
    ("left", "right", "counts"),
    [
        (document(2), document(3), [2]),
        (document(3), document(0), [0]),
        (document(1), document(2), [2, 1]),
        (document(1), document(1), [1]),
        (document(4), document(-1), []),
        (document(None), document(3), [2, 1, 0]),
        (document(3), document(None), [2, 1, 0]),
        (document(3, **CUT), document(3), [2, 1, 0]),
        (document(3), document(3, **CUT), [2, 1, 0]),
        (document(3, **CUT), document(3, **CUT), []),
        (document(1, **CUT), document(3, **CUT), [1]),
    ],
)
def test_either_end_of_the_parts_is_tried_with_as_many_as_a_document_counts_or_any_number(
    left: Json, right: Json, counts: list[int]
) -> None:
    assert tried(left, right) == ends(*counts)


@pytest.mark.parametrize(("number", "counts"), [(0, []), (1, [0]), (60, list(range(59, -1, -1))), (61, [])])
def test_any_number_of_parts_is_tried_only_of_a_short_list(number: int, counts: list[int]) -> None:
    assert tried(document(number), document(None), of=with_parts(number)) == ends(*counts)


@pytest.mark.parametrize(("left", "total"), [(document(3, **CUT), 3), (document(1), 1)])
def test_the_vendors_total_may_have_come_with_a_list_that_is_flagged_as_cut(left: Json, total: int) -> None:
    found = with_parts()
    rules = [rule for rule in between_copies(found, {}, left, document()) if rule.words in ends(1)]
    assert len(rules) == 2
    for rule in rules:
        changed = rule.change(Inputs(found, ALWAYS_OPEN)).conversation
        assert (len(changed.events), changed.part_count) == (2, total)
        assert ("parts_truncated" in changed.data_quality) is (total == 3)


def test_pipelines_part_by_their_clocks_their_anchors_and_their_hours() -> None:
    of_legacy = [Reason.BEFORE_ANCHOR, Reason.CLOCK_START, Reason.SOURCE_MESSAGE]
    assert [rule.reason for rule in between_pipelines("new", "legacy")] == of_legacy
    assert [rule.reason for rule in between_pipelines("legacy", "rest")] == of_legacy
    assert [rule.reason for rule in between_pipelines("new", "rest")] == [Reason.ELAPSED_OR_OFFICE]


def test_pairs_are_across_if_one_is_of_two_pipelines() -> None:
    two = Pair("started_at", "legacy.started_at")
    assert across([same("started_at"), two])
    assert not across([same("started_at"), same("legacy.started_at"), Pair("started_at", "closed_at")])
    assert not across([])
