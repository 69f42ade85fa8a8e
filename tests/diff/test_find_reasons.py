"""A side that was made wrongly in one way differs for that reason, and for no other."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.connections import Connections
from indexer.datasets.conversations import CONVERSATIONS, conversation_document
from indexer.datasets.dataset import Computation
from indexer.diff.run_diff import Diffing
from indexer.diff.sides import read_side
from indexer.differences.reason import Reason
from indexer.differences.tally import Difference, Tally
from indexer.office_hours import ALWAYS_OPEN
from indexer.office_hours.schedule_reader import parse_office_hours
from indexer.settings import Settings
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.builders import conversation, part

pytestmark = pytest.mark.services

MONDAY = 1_772_445_600  # 2 March 2026, 10:00 UTC
HOUR = 3600
WEEK = {
    "time_zone_name": "Europe/Dublin",
    "time_intervals": [{"start_minute": 1440 * day + 540, "end_minute": 1440 * day + 1020} for day in range(5)],
}
SHORT = {**WEEK, "time_intervals": [{"start_minute": 600, "end_minute": 900}]}
COMPUTATION = Computation("w", parse_office_hours(WEEK), frozenset({"B"}))
PARTS = [
    part("B", "comment", MONDAY + 300),
    part("A", "assignment", MONDAY + 400, to="A"),
    part("A", "comment", MONDAY + 5 * HOUR),
    part("C", "comment", MONDAY + 6 * HOUR),
    part("A", "close", MONDAY + 7 * HOUR),
    part("C", "comment", MONDAY + 23 * HOUR),
    part("A", "comment", MONDAY + 25 * HOUR),
    part("A", "close", MONDAY + 30 * HOUR),
]


def raw(id_: str, parts: list[dict[str, Any]] = PARTS, by: int = 0) -> dict[str, Any]:
    """A conversation with these parts, all of it later by this many seconds."""
    moved = [{**one, "created_at": one["created_at"] + by, "updated_at": one["updated_at"] + by} for one in parts]
    return conversation(*moved, at=MONDAY + by, id=id_, updated_at=moved[-1]["created_at"])


@pytest.fixture
def here(test_settings: Settings) -> Iterator[Connections]:
    here = Connections(test_settings)
    with here.store.begin() as connection:
        save_workspace(connection, Workspace("w", office_hours=WEEK, bot_admin_ids=("B",)))
        save_conversations(connection, "w", [CONVERSATIONS.incoming(orjson.dumps(raw(id_))) for id_ in "123"])
    yield here
    here.store.dispose()


def found(
    here: Connections, path: Path, victim: dict[str, Any], computation: Computation, **changes: Any
) -> tuple[Tally, list[Difference]]:
    """What is found where the other side made the victim's document in its own way; the others are right."""
    documents = [orjson.loads(conversation_document(orjson.dumps(raw(id_)), COMPUTATION, 10)) for id_ in "13"]
    documents.append({**orjson.loads(conversation_document(orjson.dumps(victim), computation, 10)), **changes})
    (path / "f.ndjson").write_bytes(b"\n".join(map(orjson.dumps, documents)))
    differences: list[Difference] = []
    asked = Diffing(
        CONVERSATIONS,
        read_side(f"file:{path}/f.ndjson"),
        read_side("source"),
        schedules={"short": parse_office_hours(SHORT)},
    )
    return asked.run(here, on_difference=differences.append), differences


@pytest.mark.parametrize(
    ("victim", "computation", "changes", "reason"),
    [
        (raw("2", by=HOUR), COMPUTATION, {}, Reason.TIME_SHIFT),
        (raw("2"), replace(COMPUTATION, office_hours=parse_office_hours(SHORT)), {}, Reason.OTHER_OFFICE_HOURS),
        (raw("2"), replace(COMPUTATION, bot_admin_ids=frozenset()), {}, Reason.BOT_AS_HUMAN),
        (raw("2", PARTS[:5]), COMPUTATION, {"revision": 1}, Reason.STALE),
        (raw("2", PARTS[:5]) | {"updated_at": MONDAY + 30 * HOUR}, COMPUTATION, {}, Reason.PARTS_TRUNCATED),
        (raw("2"), replace(COMPUTATION, bots_interrupt=True), {}, Reason.BOT_INTERRUPTS),
        (raw("2"), COMPUTATION, {"teammate_replies_count": 17}, Reason.UNEXPLAINED),
    ],
    ids=["shifted", "other hours", "bot", "stale", "truncated", "literal", "invented"],
)
def test_one_wrong_document_is_found_with_its_reason_and_nothing_else(
    here: Connections,
    tmp_path: Path,
    victim: dict[str, Any],
    computation: Computation,
    changes: dict[str, Any],
    reason: Reason,
) -> None:
    tally, differences = found(here, tmp_path, victim, computation, **changes)
    assert (tally.compared, tally.different, tally.explained) == (3, 1, 1)
    assert {one.key for one in differences} == {("w", "2")}
    assert {one.reasons for one in differences} == {(reason,)}
    assert tally.reasons == {reason: 1}


def test_statistics_of_a_vendor_that_pays_no_heed_to_office_hours_are_elapsed_time(here: Connections) -> None:
    elapsed = replace(COMPUTATION, office_hours=ALWAYS_OPEN)
    given = []
    for id_ in "123":
        statistics = orjson.loads(conversation_document(orjson.dumps(raw(id_)), elapsed))["statistics"]
        given.append(raw(id_) | {"statistics": statistics, "updated_at": MONDAY + 31 * HOUR})
    with here.store.begin() as connection:
        save_conversations(connection, "w", [CONVERSATIONS.incoming(orjson.dumps(one)) for one in given])
    differences: list[Difference] = []
    tally = Diffing(CONVERSATIONS, read_side("vendor"), read_side("source")).run(here, on_difference=differences.append)
    assert (tally.compared, tally.different) == (3, 3)
    assert {one.pair.left for one in differences} == {"statistics.time_to_last_close"}  # only that is over a night
    assert {one.reasons for one in differences} == {(Reason.ELAPSED_OR_OFFICE,)}


def test_a_dropped_conversation_is_not_a_difference_in_any_field(here: Connections, tmp_path: Path) -> None:
    tally, differences = found(here, tmp_path, raw("4"), COMPUTATION)
    assert (tally.compared, tally.different, tally.only_left, tally.only_right) == (2, 0, 1, 1)
    assert tally.only_samples == [("right", ("w", "2")), ("left", ("w", "4"))]
    assert differences == []


def test_a_conversation_that_is_not_stored_stays_unexplained(here: Connections, tmp_path: Path) -> None:
    for name, state in (("a", "open"), ("b", "closed")):
        (tmp_path / name).write_bytes(
            orjson.dumps({"workspace_id": "w", "conversation_id": "9", "state": state}) + b"\n"
        )
    differences: list[Difference] = []
    asked = Diffing(CONVERSATIONS, read_side(f"file:{tmp_path}/a"), read_side(f"file:{tmp_path}/b"))
    asked.run(here, on_difference=differences.append)
    ((_, _, _, _, reasons, words),) = differences
    assert reasons == (Reason.UNEXPLAINED,)
    assert "not stored" in words
