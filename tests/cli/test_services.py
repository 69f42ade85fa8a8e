"""`indexer up` and `indexer down`; only Redis is embedded here, the others have URLs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from indexer.cli.app import app
from indexer.embedded import supervisor
from indexer.settings import Settings

pytestmark = pytest.mark.services


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("INDEXER_HOME", str(home))
    monkeypatch.setenv("ELASTICSEARCH_URL", "http://es.example:9200")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:secret@db.example/x")
    monkeypatch.setattr("indexer.cli.services.settings", Settings)
    return Settings()


def run(*arguments: str, answer: str | None = None) -> str:
    result = CliRunner().invoke(app, arguments, input=answer)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_up_starts_services_without_a_url_and_names_the_others(here: Settings) -> None:
    first, second = (json.loads(run("up", "--format", "json")) for _ in range(2))

    assert [row["service"] for row in first] == ["elasticsearch", "postgresql", "redis"]
    assert [row["state"] for row in first] == [
        "not embedded: ELASTICSEARCH_URL is set",
        "not embedded: DATABASE_URL is set",
        "started",
    ]
    assert [row["url"] for row in first[:2]] == ["http://es.example:9200", "postgresql://db.example/x"]
    assert second[2] == {**first[2], "state": "already running"}


def test_up_dry_run_starts_nothing(here: Settings) -> None:
    rows = json.loads(run("up", "--dry-run", "--format", "json"))

    assert rows[2]["state"] == "would be started"
    assert supervisor.recorded(here) == []


def test_down_stops_running_services_and_names_them(here: Settings) -> None:
    run("up")
    [record] = supervisor.recorded(here)

    assert run("down", "--dry-run") == f"would stop Redis (pid {record.pid})\n"
    assert record.alive
    assert run("down") == f"stopped Redis (pid {record.pid})\n"
    assert not record.alive
    assert run("down") == "no embedded service was running\n"


def test_data_is_deleted_only_after_a_yes(here: Settings) -> None:
    run("up")
    data = supervisor.data_directory(here)
    assert data is not None

    refused = CliRunner().invoke(app, ["down", "--delete-data"], input="n\n")
    assert refused.exit_code == 1
    assert str(data) in refused.output
    assert data.is_dir()
    [record] = supervisor.recorded(here)
    assert record.alive

    assert f"would delete {data}\n" in run("down", "--delete-data", "--dry-run")
    assert data.is_dir()

    assert run("down", "--delete-data", "--yes").endswith(f"deleted {data}\n")
    assert not data.is_dir()


def test_files_of_exports_go_with_the_store_that_knows_of_them(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    run("up")
    file = here.exports_directory / "1.csv"
    file.parent.mkdir()
    file.touch()

    run("down", "--delete-data", "--yes")
    assert file.exists()  # the store has a URL: it may still be asked for

    monkeypatch.delenv("DATABASE_URL")
    assert f"would delete {file.parent}\n" in run("down", "--delete-data", "--dry-run")
    assert file.exists()
    assert run("down", "--delete-data", "--yes").endswith(f"deleted {file.parent}\n")
    assert not file.parent.exists()


def test_a_home_that_is_a_file_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = subprocess.run(
        [sys.executable, "-m", "indexer", "up"],
        env={**os.environ, "INDEXER_HOME": str(tmp_path / "file")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "is not a directory" in done.stderr
    assert "user who started" not in done.stderr
