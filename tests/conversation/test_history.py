"""Two records of one conversation put together: whichever comes first, what one of them does not say is not lost."""

import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.conversation.history import History, Version, history_of, merged, together

Record = dict[str, Any]

NOW = 1_800_000_000


def part(number: int, version: int = 1, **more: Any) -> Record:
    return {"id": str(number), "part_type": "comment", "created_at": number, "updated_at": version, **more}


def record(*parts: Record, total: int | None = None, **more: Any) -> Record:
    total = len(parts) if total is None else total
    holder = {"type": "conversation_part.list", "conversation_parts": list(parts), "total_count": total}
    return {"id": "1", "created_at": 1, "conversation_parts": holder, **more}


def facts(**more: Any) -> Record:
    return {"id": "1", "created_at": 1, **more}


def put_together(older: Record, newer: Record) -> Record:
    written = json.dumps(newer).encode()
    found: Record = json.loads(merged(json.dumps(older).encode(), written, history_of(written), NOW))
    return found


def part_ids(said: Record) -> list[str]:
    return [one["id"] for one in said["conversation_parts"]["conversation_parts"]]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (record(part(1)), History.WHOLE),
        (record(), History.WHOLE),
        (record(part(1), total=2), History.SHORT),
        (record(total=2), History.SHORT),
        (record(part(1), statistics={"count_conversation_parts": 2}), History.SHORT),
        (facts(conversation_parts=[part(1)]), History.WHOLE),
        (facts(conversation_parts=[], statistics={}), History.WHOLE),
        (facts(ticket_parts={"ticket_parts": [part(1)], "total_count": "2"}), History.SHORT),
        (facts(), History.MISSING),
        (facts(conversation_parts=None), History.MISSING),
        (facts(conversation_parts={"type": "conversation_part.list"}), History.MISSING),
    ],
)
def test_how_much_of_its_history_a_record_brings(said: Record, expected: History) -> None:
    assert history_of(json.dumps(said).encode()) is expected


def test_newer_facts_are_taken_with_the_parts_that_are_known() -> None:
    stored = record(part(1), part(2), state="open", rating=None, title="before")
    found = put_together(stored, facts(state="closed", tags=["a"], rating={"score": 5}, conversation_parts=None))
    assert found == stored | {"state": "closed", "tags": ["a"], "rating": {"score": 5}}


def test_statistics_that_a_page_has_as_null_are_not_said() -> None:
    stored = record(part(1), statistics={"count_conversation_parts": 1}, sla_applied={"sla_name": "a"})
    found = put_together(stored, facts(statistics=None, sla_applied=None))
    assert found["statistics"] == {"count_conversation_parts": 1}
    assert found["sla_applied"] is None


def test_of_short_lists_the_parts_of_both_count_in_their_later_versions() -> None:
    stored = record(part(1, 5), part(2, 5), part(3, 5))
    found = put_together(stored, record(part(3, 6, body="new"), part(1, 4, body="late"), part(4), total=9))
    assert found["conversation_parts"]["conversation_parts"] == [
        part(1, 5), part(2, 5), part(3, 6, body="new"), part(4),
    ]  # fmt: skip
    assert found["conversation_parts"]["total_count"] == 9


def test_a_version_of_a_part_that_is_ahead_counts_as_the_earliest() -> None:
    ahead = NOW + 90_000
    stored = record(part(1, ahead, body="stored"), part(2, 5))
    found = put_together(stored, record(part(1, 6, body="corrected"), part(2, ahead), total=9))
    assert found["conversation_parts"]["conversation_parts"] == [part(1, 6, body="corrected"), part(2, 5)]


def test_if_forced_the_record_given_is_the_newer_one_whatever_the_times_are() -> None:
    stored = Version(json.dumps(record(part(1), state="open")).encode(), 9, History.WHOLE)
    given = Version(json.dumps(facts(state="closed")).encode(), 5, History.MISSING)
    found = together(stored, given, NOW, force=True)
    assert (json.loads(found.payload)["state"], found.updated_at) == ("closed", 5)
    assert part_ids(json.loads(found.payload)) == ["1"]


def test_a_list_that_is_whole_is_whole_even_if_it_is_shorter() -> None:
    assert put_together(record(part(1), part(2)), record(part(2))) == record(part(2))


def test_parts_of_an_older_shape_are_kept_under_the_name_that_the_newer_record_uses() -> None:
    found = put_together(facts(ticket_parts=[part(1)]), record(part(2), total=3))
    assert "ticket_parts" not in found
    assert part_ids(found) == ["1", "2"]


def test_of_equal_versions_of_a_part_that_of_the_newer_record_counts() -> None:
    found = put_together(record(part(1, 5, body="stored"), part(2, 6)), record(part(1, 5, body="newer"), total=9))
    assert found["conversation_parts"]["conversation_parts"] == [part(1, 5, body="newer"), part(2, 6)]


@pytest.mark.parametrize("none", [None, 0, "soon", NOW + 90_000])
def test_a_part_without_a_time_of_its_own_counts_as_the_earliest_version(none: object) -> None:
    bare = part(1, body="bare") | {"updated_at": none}
    dated = part(1, 1, body="dated")
    assert put_together(record(bare), record(total=9))["conversation_parts"]["conversation_parts"] == [bare]
    for one, other in ((bare, dated), (dated, bare)):
        assert put_together(record(one), record(other, total=9))["conversation_parts"]["conversation_parts"] == [dated]


def test_the_parts_of_both_records_stand_by_time_then_by_the_length_of_their_ids() -> None:
    parts = [(7, "1"), (5, "10"), (5, "9"), (3, "11"), (5, "8")]
    written = [part(at) | {"id": part_id} for at, part_id in parts]
    found = put_together(record(*written[:2]), record(*written[2:], total=9))
    assert part_ids(found) == ["11", "8", "9", "10", "1"]
    assert put_together(record(*reversed(written)), record(total=9)) == found


def test_a_bare_list_of_parts_stays_bare() -> None:
    short = {"count_conversation_parts": 3}
    found = put_together(facts(conversation_parts=[part(1)]), facts(conversation_parts=[part(2)], statistics=short))
    assert found == facts(conversation_parts=[part(1), part(2)], statistics=short)


def test_records_put_together_are_written_without_blanks_and_by_name() -> None:
    spaced = json.dumps(facts(state="a b", title="x"), indent=2).encode()
    found = merged(json.dumps(record(part(1))).encode(), spaced, History.MISSING, NOW)
    said = dict(sorted((record(part(1)) | {"state": "a b", "title": "x"}).items()))
    assert found == json.dumps(said, separators=(",", ":")).encode()


def test_of_records_as_old_and_as_whole_the_second_is_the_newer_one() -> None:
    one, other = (Version(json.dumps(record(part(1), state=state)).encode(), 5, History.WHOLE) for state in "ab")
    assert (together(one, other, NOW), together(other, one, NOW)) == (other, one)
    earlier = one._replace(updated_at=4)
    assert (together(earlier, other, NOW), together(other, earlier, NOW)) == (other, other)


@pytest.mark.parametrize(
    ("older", "newer", "expected"),
    [
        (record(part(1)), facts(), History.SHORT),
        (record(part(1), total=2), facts(), History.SHORT),
        (facts(), facts(), History.MISSING),
        (facts(), record(part(1), total=2), History.SHORT),
        (facts(), record(part(1)), History.WHOLE),
    ],
)
def test_parts_under_facts_that_are_newer_may_lack_the_newest(older: Record, newer: Record, expected: History) -> None:
    one, other = (json.dumps(said).encode() for said in (older, newer))
    found = together(Version(one, 4, history_of(one)), Version(other, 5, history_of(other)), NOW)
    assert (found.history, found.updated_at) == (expected, 5)


RECORDS = st.builds(
    lambda parts, total, more: record(*parts, total=total, **more),
    st.lists(st.builds(part, st.integers(1, 6), st.integers(1, 3)), unique_by=lambda one: one["id"], max_size=6),
    st.integers(0, 9),
    st.dictionaries(st.sampled_from(["state", "tags", "title", "statistics"]), st.none() | st.text(max_size=3)),
) | st.builds(lambda more: facts(**more), st.dictionaries(st.sampled_from(["state", "tags"]), st.text(max_size=3)))


@given(older=RECORDS, newer=RECORDS)
def test_putting_together_again_changes_nothing(older: Record, newer: Record) -> None:
    before, written = json.dumps(older).encode(), json.dumps(newer).encode()
    once = merged(before, written, history_of(written), NOW)
    assert merged(once, written, history_of(written), NOW) == once


@given(older=RECORDS, newer=RECORDS)
def test_an_older_record_that_adds_nothing_changes_nothing(older: Record, newer: Record) -> None:
    old, new = (
        Version(json.dumps(said).encode(), at, history_of(json.dumps(said).encode()))
        for at, said in enumerate([older, newer])
    )
    once = together(old, new, NOW)
    assert together(once, old, NOW) == once
    assert together(once, new, NOW) == once


@given(older=RECORDS, newer=RECORDS)
def test_no_part_is_lost_unless_the_newer_record_is_whole(older: Record, newer: Record) -> None:
    found = put_together(older, newer)
    if history_of(json.dumps(newer).encode()) is History.WHOLE:
        assert found == newer
        return
    wanted = {id_ for said in (older, newer) if "conversation_parts" in said for id_ in part_ids(said)}
    assert set(part_ids(found) if "conversation_parts" in found else []) == wanted
    assert {name: found.get(name) for name in newer if name not in ("conversation_parts", "statistics")} == {
        name: value for name, value in newer.items() if name not in ("conversation_parts", "statistics")
    }


GROWING = st.lists(st.builds(part, st.integers(1, 9)), unique_by=lambda one: one["id"], min_size=1, max_size=6)


@given(
    parts=GROWING,
    cut=st.integers(0, 6),
    states=st.lists(st.sampled_from(["open", "closed", "snoozed"]), min_size=3, max_size=3),
)
def test_the_order_of_arrival_does_not_matter(parts: list[Record], cut: int, states: list[str]) -> None:
    """A whole record, a page's and a notification's, each a later state of the same conversation."""
    whole = record(*parts[:cut], state=states[0])
    page = facts(state=states[1])
    excerpt = record(parts[-1], total=len(parts) + 1, state=states[2])
    versions = [
        Version(json.dumps(said).encode(), at, history_of(json.dumps(said).encode()))
        for at, said in enumerate([whole, page, excerpt])
    ]
    outcomes = []
    for first, *others in permutations(versions):
        found = first
        for other in others:
            found = together(found, other, NOW)
        said = json.loads(found.payload)
        listed = sorted(said.pop("conversation_parts")["conversation_parts"], key=lambda one: str(one["id"]))
        outcomes.append((said, listed, found.updated_at, found.history))
    assert all(one == outcomes[0] for one in outcomes)
    assert {one["id"] for one in outcomes[0][1]} == {one["id"] for one in [*parts[:cut], parts[-1]]}


@given(parts=GROWING, state=st.sampled_from(["open", "closed"]), page_first=st.booleans())
def test_a_whole_record_wins_over_its_own_partial_form(parts: list[Record], state: str, page_first: bool) -> None:
    said, excerpt = record(*parts, state=state), record(parts[-1], total=len(parts) + 1, state=state)
    whole = Version(json.dumps(said).encode(), 5, History.WHOLE)
    for partial in (Version(json.dumps(facts(state=state)).encode(), 5, History.MISSING),
                    Version(json.dumps(excerpt).encode(), 5, History.SHORT)):  # fmt: skip
        assert (together(partial, whole, NOW) if page_first else together(whole, partial, NOW)) == whole
