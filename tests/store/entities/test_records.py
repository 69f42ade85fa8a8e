"""Records in the store: saved like conversations, and closed by the next of their series."""

from itertools import pairwise

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from indexer.datasets.calls import CALLS
from indexer.datasets.dataset import Incoming, Stored
from indexer.datasets.registry import datasets
from indexer.datasets.teammate_statuses import TEAMMATE_STATUSES
from indexer.store.entities.conversations import Saved
from indexer.store.entities.key_scan import read_keys, read_standing, renew_entities
from indexer.store.entities.records import delete_records, save_records
from indexer.store.entities.stored import read_stored
from indexer.store.entities.workspaces import Workspace, save_workspace
from indexer.store.queue.changes import depth
from indexer.store.queue.leased_change import LeasedChange, Settle
from indexer.store.queue.leases import lease_changes, settle_changes

pytestmark = pytest.mark.services

W = "w"


def record(id_: str, at: int, series: str | None = "s", body: object = None, updated_at: int | None = None) -> Incoming:
    payload = orjson.dumps([id_, at, series, body])
    return Incoming(id_, payload, at, at if updated_at is None else updated_at, series=series)


def save(engine: Engine, *batch: Incoming, workspace: str = W) -> Saved:
    with engine.begin() as connection:
        return save_records(connection, TEAMMATE_STATUSES, workspace, batch)


def delete(engine: Engine, *ids: str, at: int = 10_000) -> dict[str, int]:
    with engine.begin() as connection:
        return delete_records(connection, TEAMMATE_STATUSES, W, ids, at)


def read(engine: Engine, *ids: str) -> dict[str, Stored]:
    with engine.connect() as connection:
        found = read_stored(connection, TEAMMATE_STATUSES, [(W, id_) for id_ in ids])
    return {one.entity_id: one for one in found}


def ends(engine: Engine) -> dict[str, int | None]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT record_id, ends_at FROM records WHERE NOT deleted")
        return {row.record_id: row.ends_at for row in rows}


def settle_all(engine: Engine) -> list[LeasedChange]:
    with engine.begin() as connection:
        leases = lease_changes(connection, TEAMMATE_STATUSES, None, 1_000, 60)
        settle_changes(connection, [Settle(lease, "indexed") for lease in leases])
    return leases


def test_a_record_is_closed_by_the_next_of_its_series(engine: Engine) -> None:
    save(engine, record("1", 100), record("2", 160), record("3", 130, "other"))
    assert ends(engine) == {"1": 160, "2": None, "3": None}


def test_a_record_that_comes_late_is_put_between(engine: Engine) -> None:
    save(engine, record("1", 100), record("2", 160), record("9", 10))
    settle_all(engine)
    before = read(engine, "1", "2", "9")
    assert save(engine, record("3", 130)).created == 1
    after = read(engine, "1", "2", "3", "9")
    assert ends(engine) == {"9": 100, "1": 130, "3": 160, "2": None}
    assert after["1"].revision > before["1"].revision
    assert (after["2"], after["9"]) == (before["2"], before["9"])
    assert {lease.entity_id for lease in settle_all(engine)} == {"1", "3"}


def test_a_record_that_comes_before_the_first_of_its_series_is_the_first(engine: Engine) -> None:
    save(engine, record("2", 100), record("3", 100), record("1", 160))
    settle_all(engine)
    assert {id_ for id_, one in read(engine, "1", "2", "3").items() if one.is_first} == {"2"}
    before = read(engine, "2")["2"].revision
    save(engine, record("4", 90))
    now = read(engine, "1", "2", "3", "4")
    assert {id_ for id_, one in now.items() if one.is_first} == {"4"}
    assert now["2"].revision > before
    assert {lease.entity_id for lease in settle_all(engine)} == {"2", "4"}
    delete(engine, "4")
    assert read(engine, "2")["2"].is_first


def test_of_one_second_the_later_number_is_the_later_record(engine: Engine) -> None:
    save(engine, record("10", 100), record("9", 100), record("11", 160))
    assert ends(engine) == {"9": 100, "10": 160, "11": None}


def test_the_same_again_changes_nothing_and_an_earlier_version_is_not_taken(engine: Engine) -> None:
    save(engine, record("1", 100), record("2", 160, updated_at=200))
    settle_all(engine)
    assert save(engine, record("1", 100), record("2", 150, updated_at=190)) == Saved(0, 0, 1, 1, frozenset())
    assert settle_all(engine) == []


def test_a_record_that_moves_leaves_no_trace_where_it_was(engine: Engine) -> None:
    save(engine, record("1", 100), record("2", 160), record("3", 200), record("4", 50, "other"))
    assert save(engine, record("2", 90, "other", updated_at=300)).updated == 1
    assert ends(engine) == {"1": 200, "3": None, "4": 90, "2": None}


def test_deleting_a_record_opens_the_one_before_it_again(engine: Engine) -> None:
    save(engine, record("1", 100), record("2", 160), record("3", 200))
    settle_all(engine)
    assert set(delete(engine, "2", "gone")) == {"1", "2", "gone"}
    assert ends(engine) == {"1": 200, "3": None}
    stored = read(engine, "2", "gone")
    assert [(one.payload, one.deleted) for one in stored.values()] == [(b"", True), (b"", True)]
    assert save(engine, record("2", 160), record("gone", 5)).older == 2
    assert delete(engine, "2") == {}
    assert save(engine, record("2", 160, updated_at=10_001)).updated == 1
    assert ends(engine) == {"1": 160, "2": 200, "3": None}


def test_datasets_and_workspaces_do_not_see_each_other(engine: Engine) -> None:
    save(engine, record("1", 100))
    save(engine, record("1", 160), workspace="other")
    with engine.begin() as connection:
        save_records(connection, CALLS, W, [record("1", 130, None)])
        delete_records(connection, CALLS, W, ["1"], 10_000)
    assert ends(engine) == {"1": None}
    with engine.connect() as connection:
        assert {str(dataset): due for dataset in datasets() if (due := depth(connection, dataset).due)} == {
            "calls": 1,
            "teammate_statuses": 2,
        }
        assert [key[:2] for key in read_keys(connection, TEAMMATE_STATUSES, None, 9)] == [
            ("other", "1"),
            (W, "1"),
        ]
        assert read_standing(connection, [(W, "1")], CALLS)[W, "1"].deleted


def test_a_change_of_the_settings_makes_records_due_too(engine: Engine) -> None:
    save(engine, record("1", 100))
    settle_all(engine)
    with engine.begin() as connection:
        saved = save_workspace(connection, Workspace(W, bot_admin_ids=("5",)))
    assert saved.marked == 1
    assert [lease.entity_id for lease in settle_all(engine)] == ["1"]


def test_renewing_gives_a_higher_revision(engine: Engine) -> None:
    save(engine, record("1", 100), record("2", 160))
    before = read(engine, "1", "2")
    with engine.begin() as connection:
        assert len(renew_entities(connection, W, ["1", "gone"], TEAMMATE_STATUSES)) == 1
    after = read(engine, "1", "2")
    assert after["1"].revision > before["1"].revision
    assert after["2"] == before["2"]


STEP = st.one_of(
    st.tuples(
        st.just("save"),
        st.lists(
            st.tuples(st.integers(1, 12).map(str), st.integers(0, 9), st.sampled_from("ab"), st.integers(0, 30)),
            min_size=1,
            max_size=4,
        ),
    ),
    st.tuples(st.just("delete"), st.lists(st.integers(1, 12).map(str), min_size=1, max_size=3)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=12))
def test_whatever_comes_in_whatever_order_ends_are_those_of_the_series_and_changes_are_due(
    engine: Engine, steps: list[tuple[str, list[object]]]
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE records, changes, recently_indexed")
    known: dict[str, tuple[int, int | None, bool]] = {}
    for what, given_ in steps:
        if what == "save":
            save(engine, *(record(id_, at, series, updated_at=version) for id_, at, series, version in given_))  # type: ignore[misc, has-type]
        else:
            delete(engine, *given_, at=15)  # type: ignore[arg-type]
        with engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM records").all()
        living = sorted(
            (row.series, row.created_at, len(row.record_id), row.record_id) for row in rows if not row.deleted
        )
        follower = {one[3]: None for one in living}
        follower |= {one[3]: two[1] for one, two in pairwise(living) if one[0] == two[0]}
        assert {row.record_id: row.ends_at for row in rows if not row.deleted} == follower
        first = {one[0]: one[3] for one in reversed(living)}
        assert {row.record_id for row in rows if not row.deleted and not row.follows} == set(first.values())
        state = {row.record_id: (row.revision, row.ends_at, row.deleted) for row in rows}
        due = {lease.entity_id: lease.revision for lease in settle_all(engine)}
        # What has another end, or is gone, has a higher revision and is due; nothing else is.
        changed = {id_ for id_, now in state.items() if known.get(id_) != now}
        assert set(due) == changed
        assert all(state[id_][0] > known[id_][0] for id_ in changed & known.keys())
        known = state
