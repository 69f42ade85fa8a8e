"""Calls and statuses of teammates: two sides of a real installation, of which only the changed fields differ."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest

from indexer.connections import Connections
from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.datasets.teammate_statuses import TEAMMATE_STATUSES
from indexer.diff.run_diff import Diffing
from indexer.diff.selection import Selection
from indexer.diff.sides import read_side
from indexer.differences.pair import same
from indexer.differences.tally import Difference, Tally
from indexer.differences.tolerance import Tolerance
from indexer.errors import OperatorError
from indexer.indexing.drain import Drain
from indexer.keys import EntityKey
from indexer.search import ensure_dataset
from indexer.settings import Settings
from indexer.store.entities.records import delete_records, save_records
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.records.histories import Raw, call, change, many_changes

pytestmark = pytest.mark.services

T = 1_709_542_800  # Monday, 4 March 2024, 09:00 UTC
SIZE = 40
WEEK = {"time_zone_name": "UTC", "time_intervals": [{"start_minute": 540, "end_minute": 600}]}


class Case(NamedTuple):
    """A dataset with records for it, a field of seconds in its documents, and a change of a record that shows there."""

    dataset: Dataset
    records: list[Raw]
    timed: str


CASES = [
    Case(
        CALLS,
        [call(str(n), T + 100 * n, answered_at=T + 100 * n + 5, ended_at=T + 100 * n + 60) for n in range(SIZE)],
        "duration",
    ),
    Case(TEAMMATE_STATUSES, many_changes(T, T + 86_400, SIZE, seed=5), "during_from"),
]


@pytest.fixture(params=CASES, ids=lambda case: str(case.dataset))
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
def here(test_settings: Settings, case: Case) -> Iterator[Connections]:
    """The records of the case in a workspace with office hours, indexed."""
    here = Connections(test_settings)
    ensure_dataset(here.search, test_settings.index_prefix, case.dataset.name)
    with here.store.begin() as connection:
        save_workspace(connection, Workspace("w", office_hours=WEEK))
        save(connection, case, case.records)
    Drain.from_connections(here, case.dataset).run()
    yield here
    here.close()


def save(connection: Any, case: Case, records: list[Raw]) -> None:
    save_records(connection, case.dataset, "w", [case.dataset.incoming(orjson.dumps(one)) for one in records])


def documents(here: Connections, case: Case) -> list[dict[str, Any]]:
    alias = here.alias_of(case.dataset)
    here.search.indices.refresh(index=alias)
    hits = here.search.search(index=alias, size=SIZE, sort=case.dataset.key_field)["hits"]["hits"]
    assert len(hits) == SIZE
    return [hit["_source"] for hit in hits]


def run(
    here: Connections, case: Case, left: str, right: str, **more: Any
) -> tuple[Tally, list[Difference], list[tuple[str, EntityKey]]]:
    differences: list[Difference] = []
    alone: list[tuple[str, EntityKey]] = []
    asked = Diffing(case.dataset, read_side(left), read_side(right), **more)
    tally = asked.run(here, on_difference=differences.append, on_only=lambda side, key: alone.append((side, key)))
    return tally, differences, alone


def file_of(path: Path, documents: list[dict[str, Any]]) -> str:
    path.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in documents))
    return f"file:{path}"


def test_the_index_is_what_is_computed_now_and_what_a_file_of_it_says(
    here: Connections, case: Case, tmp_path: Path
) -> None:
    index = f"index:{case.dataset}"
    side = file_of(tmp_path / "f.ndjson", documents(here, case)[::-1])
    for left, right in [(index, "source"), ("source", f"index:{here.alias_of(case.dataset)}"), (side, index)]:
        tally, differences, alone = run(here, case, left, right)
        assert (tally.compared, tally.equal, tally.uncomputable) == (SIZE, True, 0)
        assert differences == alone == []


def test_a_changed_field_is_found_without_a_reason_and_within_its_tolerance(
    here: Connections, case: Case, tmp_path: Path
) -> None:
    changed = documents(here, case)
    victim = next(one for one in changed[7:] if case.timed in one)
    before = victim[case.timed]
    victim[case.timed] += 30
    side = file_of(tmp_path / "f.ndjson", changed)
    tally, differences, alone = run(here, case, "source", side)
    key = EntityKey("w", victim[case.dataset.key_field])
    assert differences == [Difference(key, same(case.timed), before, before + 30)]
    assert (tally.compared, tally.different, tally.explained, alone) == (SIZE, 1, 0, [])
    assert tally.fields[same(case.timed)].spread.biggest == 30
    tally, differences, _ = run(here, case, "source", side, tolerance=Tolerance(30, 30))
    assert (tally.equal, tally.fields[same(case.timed)].within, differences) == (True, 1, [])


def test_documents_of_one_side_alone_are_named(here: Connections, case: Case, tmp_path: Path) -> None:
    most = documents(here, case)
    dropped = most.pop(3)[case.dataset.key_field]
    most.append({**most[0], case.dataset.key_field: "999"})
    tally, differences, alone = run(here, case, "source", file_of(tmp_path / "f.ndjson", most))
    assert sorted(alone) == [("left", ("w", dropped)), ("right", ("w", "999"))]
    assert (tally.compared, differences) == (SIZE - 1, [])


def test_a_selection_by_creation_is_the_same_on_every_side(here: Connections, case: Case, tmp_path: Path) -> None:
    everything = documents(here, case)
    times = sorted(one[case.dataset.creation_field] for one in everything)
    selection = Selection("w", created_from=times[10], created_until=times[30])
    wanted = sum(times[10] <= at < times[30] for at in times)
    for right in (f"index:{case.dataset}", file_of(tmp_path / "f.ndjson", everything)):
        tally, _, alone = run(here, case, "source", right, selection=selection)
        assert (tally.compared, tally.equal, alone) == (wanted, True, [])


def test_a_record_that_is_deleted_or_newer_in_the_store_differs_from_the_index(here: Connections, case: Case) -> None:
    [first, *_] = case.records
    with here.store.begin() as connection:
        delete_records(connection, case.dataset, "w", [first["id"]], T + 10 * 86_400)
    _, _, alone = run(here, case, f"index:{case.dataset}", "source")
    assert alone == [("left", ("w", first["id"]))]
    Drain.from_connections(here, case.dataset).run()
    tally, differences, alone = run(here, case, f"index:{case.dataset}", "source")
    assert (tally.compared, differences, alone) == (SIZE - 1, [], [])


def test_an_index_of_another_dataset_is_refused_with_the_option_that_compares_it(here: Connections, case: Case) -> None:
    [physical] = here.search.indices.get_alias(name=here.alias_of(case.dataset))
    for name in (str(case.dataset), here.alias_of(case.dataset), str(physical)):
        asked = Diffing(CONVERSATIONS, read_side(f"index:{name}"), read_side("source"))
        with pytest.raises(OperatorError, match=f"holds {case.dataset}") as caught:
            asked.expected(here)
        assert caught.value.remedy.endswith(f"--dataset {case.dataset}")


def test_a_record_that_cannot_be_computed_is_counted_and_on_no_side(here: Connections, case: Case) -> None:
    victim = case.records[0]["id"]
    with here.store.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE records SET payload = '{}' WHERE dataset = %(dataset)s AND record_id = %(id)s",
            {"dataset": case.dataset.name, "id": victim},
        )
    tally, _, alone = run(here, case, "source", f"index:{case.dataset}")
    assert (tally.uncomputable, alone) == (1, [("right", ("w", victim))])


def test_a_status_that_lasts_shorter_by_a_later_change_differs_until_it_is_indexed(
    test_settings: Settings,
) -> None:
    here = Connections(test_settings)
    case = Case(TEAMMATE_STATUSES, [change("1", "A", "active", T)], "ended_at")
    ensure_dataset(here.search, test_settings.index_prefix, case.dataset.name)
    with here.store.begin() as connection:
        save(connection, case, case.records)
    Drain.from_connections(here, case.dataset).run()
    with here.store.begin() as connection:
        save(connection, case, [change("2", "A", "away", T + 60)])
    _, differences, alone = run(here, case, "index:teammate_statuses", "source")
    assert {one.pair.name for one in differences} >= {"ended_at", "during.lt", "during_until"}
    assert alone == [("right", ("w", "2"))]
    here.close()
