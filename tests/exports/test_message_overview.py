"""The overview equals what a few lines of Python count in the detailed files."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.exports.message_overview import percent
from indexer.spreadsheet import original
from tests.exports.made_messages import asked, files, made, packed, table
from tests.messages.vendor_table import FILES

POSSIBLE = {title.lower().replace(" ", "_"): described.content_types for title, described in FILES.items()}
KINDS = [kind for kind in POSSIBLE if kind not in ("receipt", "checkpoint")]
KNOWN = POSSIBLE["goal_success"]


def can_have(kind: str, said: str) -> bool:
    content_type = said.lower().replace(" ", "_")
    return content_type not in KNOWN or content_type in POSSIBLE[kind]


@pytest.mark.parametrize("parameters", [{}, {"events_in_range": True}])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_is_what_the_detailed_files_say(seed: int, parameters: dict[str, bool]) -> None:
    rows = made(seed).rows()
    detailed = {name: table(content) for name, content in files(packed(asked(**parameters), rows)).items()}
    receipts = {row["receipt_id"]: row for row in detailed["receipt.csv"]}
    had: dict[str, set[str]] = defaultdict(set)
    for kind in KINDS:
        for event in detailed.get(f"{kind}.csv", []):
            if can_have(kind, receipts[event["receipt_id"]]["content_type"]):
                had[kind].add(event["receipt_id"])
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for id_, row in receipts.items():
        groups[row["content_id"], row["ruleset_version_id"]].append(id_)

    found = table(packed(asked(report="overview", **parameters), rows, waiting=3))
    assert {(row["content_id"], row["ruleset_version_id"]) for row in found} == set(groups)
    assert len(found) == len(groups)
    for row in found:
        ids = set(groups[row["content_id"], row["ruleset_version_id"]])
        delivered = ids - had["hard_bounce"]
        assert (row["sent"], row["delivered"], row["events_waiting"]) == (str(len(ids)), str(len(delivered)), "3")
        assert row["versions"] == str(sum(content == row["content_id"] for content, _ in groups))
        times = sorted((receipts[id_]["received_at"], id_) for id_ in ids)
        assert (row["first_sent_at"], row["last_sent_at"]) == (times[0][0], times[-1][0])
        latest = receipts[times[-1][1]]
        for name in ("ruleset_id", "content_type", "content_title", "series_id", "node_id", "last_state_changed_by"):
            assert row[name] == latest[name]
        for kind in KINDS:
            assert row[kind] == str(len(had[kind] & ids))
            assert row[f"{kind}_rate_of_sent"] == percent(len(had[kind] & ids), len(ids))
            if kind != "hard_bounce":
                assert row[f"{kind}_of_delivered"] == str(len(had[kind] & delivered))
                assert row[f"{kind}_rate_of_delivered"] == percent(len(had[kind] & delivered), len(delivered))


def test_receipts_and_events_that_are_not_counted_are_said() -> None:
    workspace = made(4)
    found = table(packed(asked(report="overview"), workspace.rows()))
    with_events = {one.receipt_id for one in workspace.events}
    quiet = sum(one.receipt_id not in with_events for one in workspace.receipts)
    assert sum(int(row["receipts_without_events"]) for row in found) == quiet
    assert sum(int(row["machine_events"]) for row in found) > 0
    assert sum(int(row["impossible_events"]) for row in found) > 0
    assert [original(row["content_id"]) for row in found] == sorted(row["content_id"] for row in found)


@given(st.integers(1, 10**7), st.data())
def test_a_share_is_a_whole_percent_and_halves_go_up(whole: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, whole))
    said = int(percent(count, whole))
    assert abs(said * whole - 100 * count) * 2 <= whole
    assert 0 <= said <= 100


def test_less_than_half_a_percent_is_shown_as_0() -> None:
    assert [percent(count, 1_000) for count in (4, 5, 14, 15)] == ["0", "1", "1", "2"]
    assert percent(0, 0) == ""
