from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from indexer.datasets.calls import CALLS
from indexer.datasets.dataset import Incoming
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.store.entities.records import delete_records, save_records
from indexer.store.entities.workspace_contents import WORKSPACE_IDS, count_workspace, list_workspaces
from indexer.store.entities.workspaces import (
    SavedWorkspace,
    Workspace,
    get_workspace,
    read_time_zones,
    read_workspaces,
    save_workspace,
)

pytestmark = pytest.mark.services

HOURS = {"time_zone_name": "Europe/Berlin", "time_intervals": [{"start_minute": 540, "end_minute": 1020}]}


def _save(engine: Engine, workspace: Workspace) -> SavedWorkspace:
    with engine.begin() as connection:
        return save_workspace(connection, workspace)


def test_an_unknown_workspace_has_the_defaults(engine: Engine) -> None:
    with engine.connect() as connection:
        assert get_workspace(connection, "w") == Workspace("w", "UTC", None, (), 0, None)


def test_settings_come_back_as_saved(engine: Engine) -> None:
    saved = _save(engine, Workspace("w", "Europe/Berlin", HOURS, ("7", "8"))).workspace
    assert (saved.time_zone, saved.office_hours, saved.bot_admin_ids) == ("Europe/Berlin", HOURS, ("7", "8"))
    with engine.connect() as connection:
        assert read_workspaces(connection, ["w", "other"]) == {"w": saved, "other": Workspace("other")}


def test_new_office_hours_make_every_conversation_due_at_a_higher_revision(store: Any, engine: Engine) -> None:
    store.save("1", "2")
    store.settle(store.lease())
    saved = _save(engine, Workspace("w", office_hours=HOURS))
    assert saved.marked == 2
    assert saved.workspace.revision > store.revision("2")
    assert {lease.entity_id for lease in store.lease()} == {"1", "2"}
    store.save("1", body="newer", updated_at=101)
    assert store.revision("1") > saved.workspace.revision


def test_a_setting_that_changes_no_document_makes_nothing_due(store: Any, engine: Engine) -> None:
    store.save("1")
    before = _save(engine, Workspace("w", office_hours=HOURS, bot_admin_ids=("7", "8"))).workspace
    store.settle(store.lease())
    after = _save(engine, replace(before, time_zone="Asia/Tokyo", bot_admin_ids=("8", "7")))
    assert after.marked == 0
    assert after.workspace.revision == before.revision
    assert store.rows("SELECT FROM changes") == []
    with engine.connect() as connection:
        assert get_workspace(connection, "w").time_zone == "Asia/Tokyo"


def test_hours_that_mean_the_same_are_saved_and_make_nothing_due(store: Any, engine: Engine) -> None:
    store.save("1")
    before = _save(engine, Workspace("w", office_hours=HOURS)).workspace
    store.settle(store.lease())
    split = [{"start_minute": 540, "end_minute": 600}, {"start_minute": 600, "end_minute": 1020}]
    hours = {**HOURS, "time_intervals": split, "teams": {"7": HOURS}}
    after = _save(engine, replace(before, office_hours=hours))
    assert (after.marked, after.workspace.revision) == (0, before.revision)
    assert after.workspace.office_hours == hours
    assert _save(engine, replace(before, office_hours={**hours, "teams": {"7": {"twenty_four_seven": True}}})).marked


def test_office_hours_that_would_be_refused_now_can_be_replaced(store: Any, engine: Engine) -> None:
    store.save("1")
    _save(engine, Workspace("w", office_hours={**HOURS, "time_zone_name": "Europe/Dubln"}))
    assert _save(engine, Workspace("w", office_hours=HOURS)).marked == 1


def test_a_change_of_bots_and_the_end_of_office_hours_count(store: Any, engine: Engine) -> None:
    store.save("1")
    revisions = [
        _save(engine, workspace).workspace.revision
        for workspace in (Workspace("w", office_hours=HOURS), Workspace("w"), Workspace("w", bot_admin_ids=("7",)))
    ]
    assert revisions == sorted(set(revisions))


def test_the_settings_change_of_a_leased_conversation_is_not_lost(store: Any, engine: Engine) -> None:
    store.save("1")
    leases = store.lease()
    _save(engine, Workspace("w", office_hours=HOURS))
    assert store.settle(leases) == (0, 1, 0)


def test_the_list_has_workspaces_with_settings_or_anything_stored(store: Any, engine: Engine) -> None:
    store.save("1", "2", workspace_id="imported")
    store.save("1", workspace_id="both")
    saved = _save(engine, Workspace("configured", time_zone="Asia/Tokyo")).workspace
    both = _save(engine, Workspace("both", bot_admin_ids=("7",))).workspace
    with engine.begin() as connection:
        for workspace_id, dataset in (("both", CALLS), ("both", MESSAGE_RECEIPTS), ("sent", MESSAGE_RECEIPTS)):
            save_records(connection, dataset, workspace_id, [Incoming("1", b"{}", 1, 1), Incoming("2", b"{}", 1, 1)])
        save_records(connection, CALLS, "deleted", [Incoming("1", b"{}", 1, 1)])
        delete_records(connection, CALLS, "deleted", ["1"], 2)
    with engine.connect() as connection:
        found = list_workspaces(connection)
        assert found == [
            (both, 1, ("conversations", "message_receipts", "calls")),
            (saved, 0, ()),
            (Workspace("imported"), 2, ("conversations",)),
            (Workspace("sent"), 0, ("message_receipts",)),
        ]
        assert [count_workspace(connection, one.workspace.workspace_id) for one in found] == found
        assert count_workspace(connection, "deleted") == (Workspace("deleted"), 0, ())
        ids = connection.exec_driver_sql(WORKSPACE_IDS).scalars().all()
        assert ids == [one.workspace.workspace_id for one in found]


def test_time_zones_are_read_together_and_those_without_a_setting_are_utc(engine: Engine) -> None:
    _save(engine, Workspace("a", time_zone="Asia/Tokyo"))
    wanted = ["a", "b", "n\0l", "h\ud800lf"]
    with engine.connect() as connection:
        found = read_time_zones(connection, wanted)
    assert found == dict.fromkeys(wanted, "UTC") | {"a": "Asia/Tokyo"}
