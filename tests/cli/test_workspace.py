import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from indexer.cli.app import app
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.errors import OperatorError
from indexer.settings import settings
from indexer.store.database import open_store, upgrade
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.records import save_records
from indexer.store.queue.changes import depth
from indexer.store.queue.leased_change import Settle
from indexer.store.queue.leases import lease_changes, settle_changes

pytestmark = pytest.mark.services

HOURS = {
    "time_zone_name": "Europe/Berlin",
    "twenty_four_seven": False,
    "time_intervals": [{"start_minute": 540, "end_minute": 1020}],
}


@pytest.fixture
def engine(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A store with three conversations of workspace `w`, none of them due."""
    monkeypatch.setenv("INDEXER_DATABASE_URL", database_url)
    settings.cache_clear()
    engine = open_store(database_url)
    upgrade(engine)
    with engine.begin() as connection:
        save_conversations(connection, "w", [Incoming(str(id_), b"{}", 1, 1) for id_ in range(3)])
    with engine.begin() as connection:
        leases = lease_changes(connection, CONVERSATIONS, None, 10, 60)
        settle_changes(connection, [Settle(lease, "indexed") for lease in leases])
    yield engine
    engine.dispose()
    settings.cache_clear()


def _run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["workspace", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def _shown(workspace_id: str = "w") -> Any:
    return json.loads(_run("show", workspace_id, "--format", "json").stdout)


def _due(engine: Engine) -> int:
    with engine.connect() as connection:
        return depth(connection, CONVERSATIONS).due


def _schedule(directory: Path, value: Any) -> str:
    file = directory / "hours.json"
    file.write_text(json.dumps(value))
    return str(file)


def test_office_hours_are_set_and_make_the_conversations_due(engine: Engine, tmp_path: Path) -> None:
    told = _run("set", "w", "--office-hours", _schedule(tmp_path, HOURS))
    assert told.stdout == "w: office hours set\n3 conversations are due to be indexed again\n"
    assert _shown()["office_hours"] == HOURS
    assert _due(engine) == 3
    _run("set", "w", "--no-office-hours")
    assert _shown()["office_hours"] is None


def test_a_dry_run_changes_nothing(engine: Engine) -> None:
    told = _run("set", "w", "--bot-admin", "7", "--dry-run")
    assert "3 conversations would be due" in told.stdout
    assert _shown()["bot_admin_ids"] == []
    assert _due(engine) == 0


def test_a_time_zone_alone_makes_nothing_due(engine: Engine) -> None:
    told = _run("set", "w", "--time-zone", "Asia/Tokyo")
    assert told.stdout == "w: time zone set\n0 conversations are due to be indexed again\n"
    assert _shown()["time_zone"] == "Asia/Tokyo"
    assert _due(engine) == 0


def test_settings_that_are_not_named_stay(engine: Engine) -> None:
    _run("set", "w", "--bot-admin", "7", "--bot-admin", "8", "--bot-admin", "7")
    _run("set", "w", "--time-zone", "Asia/Tokyo")
    assert _shown()["bot_admin_ids"] == ["7", "8"]
    _run("set", "w", "--no-bot-admins")
    assert (_shown()["bot_admin_ids"], _shown()["time_zone"]) == ([], "Asia/Tokyo")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"time_intervals": [{"start_minute": -1, "end_minute": 5}]}', "start_minute"),
        ("{", "hours.json"),
        (None, "hours.json"),
    ],
)
def test_office_hours_that_cannot_be_used_are_refused(
    engine: Engine, tmp_path: Path, content: str | None, said: str
) -> None:
    file = tmp_path / "hours.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(OperatorError, match=said):
        _run("set", "w", "--office-hours", str(file))
    assert _shown()["office_hours"] is None


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "Europe", ""])
def test_a_time_zone_that_does_not_exist_is_refused(engine: Engine, name: str) -> None:
    with pytest.raises(OperatorError, match="no time zone"):
        _run("set", "w", "--time-zone", name)


@pytest.mark.parametrize(
    "arguments", [(), ("--no-office-hours", "--office-hours", "x"), ("--no-bot-admins", "--bot-admin", "7")]
)
def test_no_options_or_contradicting_ones_are_a_usage_error(engine: Engine, arguments: tuple[str, ...]) -> None:
    assert _run("set", "w", *arguments).exit_code == 2


def test_the_list_has_every_workspace_with_its_conversations(engine: Engine) -> None:
    _run("set", "empty", "--time-zone", "Asia/Tokyo", "--bot-admin", "7")
    listed = json.loads(_run("list", "--format", "json").stdout)
    assert [(one["workspace_id"], one["conversations"], one["bot_admins"]) for one in listed] == [
        ("empty", 0, 1),
        ("w", 3, 0),
    ]
    assert [one["datasets"] for one in listed] == [[], ["conversations"]]
    assert _run("list", "--format", "csv").stdout.startswith("workspace_id,conversations,time_zone")


def test_a_workspace_with_nothing_but_messages_is_listed_and_shown(engine: Engine) -> None:
    with engine.begin() as connection:
        save_records(connection, MESSAGE_RECEIPTS, "outbound", [Incoming("1", b"{}", 1, 1)])
    listed = json.loads(_run("list", "--format", "json").stdout)
    assert [one["datasets"] for one in listed if one["workspace_id"] == "outbound"] == [["message_receipts"]]
    shown = json.loads(_run("show", "outbound", "--format", "json").stdout)
    assert (shown["conversations"], shown["datasets"]) == (0, ["message_receipts"])


def test_show_as_a_table_has_a_row_for_every_setting(engine: Engine) -> None:
    table = _run("show", "w", "--format", "table").stdout
    assert {"conversations", "time_zone", "office_hours", "bot_admin_ids", "revision"} <= set(table.split())


TEAMS = {"type": "team.list", "teams": [{"type": "team", "id": "814001", "name": "Frontline", "admin_ids": [1]}]}
ADMINS = {"type": "admin.list", "admins": [None, {"type": "admin", "id": 5101, "name": "Aoife", "email": "a@b"}]}


def test_names_are_set_and_make_nothing_due(engine: Engine, tmp_path: Path) -> None:
    teams, teammates = tmp_path / "teams.json", tmp_path / "admins.json"
    teams.write_text(json.dumps(TEAMS))
    teammates.write_text(json.dumps(ADMINS))
    told = _run("set", "w", "--teams", str(teams), "--teammates", str(teammates))
    assert told.stdout == "w: 1 teams, 1 teammates set\n0 conversations are due to be indexed again\n"
    assert (_shown()["teams"], _shown()["teammates"]) == ({"814001": "Frontline"}, {"5101": "Aoife"})


def test_new_names_take_the_place_of_all_the_old_ones_of_their_kind(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "names.json"
    for content in ({"1": "One", "2": "Two"}, {"2": "Second"}):
        file.write_text(json.dumps(content))
        _run("set", "w", "--teams", str(file))
        _run("set", "w", "--teammates", str(file), "--dry-run")
    assert (_shown()["teams"], _shown()["teammates"]) == ({"2": "Second"}, {})


def test_a_workspace_that_is_not_there_is_said(engine: Engine) -> None:
    with pytest.raises(OperatorError, match="nowhere"):
        _run("show", "nowhere")
