import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.embedded import fleet
from indexer.services import Service
from indexer.settings import Settings

pytestmark = pytest.mark.services


def doctor(**environment: str) -> tuple[int, dict[str, dict[str, str]]]:
    done = subprocess.run(
        [sys.executable, "-m", "indexer", "doctor", "--format", "json"],
        env={**os.environ, **environment},
        check=False,
        stdout=subprocess.PIPE,
    )
    return done.returncode, {row["check"]: row for row in json.loads(done.stdout)}


def test_all_well_is_exit_code_0(test_settings: Settings) -> None:
    code, rows = doctor(
        ELASTICSEARCH_URL=str(test_settings.elasticsearch_url),
        DATABASE_URL=str(test_settings.database_url),
        REDIS_URL=str(test_settings.redis_url),
    )

    assert code == 0
    assert {row["verdict"] for row in rows.values()} == {"ok", "warning"}


def test_a_service_that_died_is_exit_code_3_with_the_end_of_its_log(home: Path) -> None:
    [found] = fleet.ensure(Settings(home=home), [Service.REDIS])
    os.kill(found.record.pid, signal.SIGKILL)
    while found.record.alive:
        pass

    code, rows = doctor(INDEXER_HOME=str(home))

    assert code == 3
    assert rows["redis"]["verdict"] == "unreachable"
    assert f"(pid {found.record.pid}) has died" in rows["redis"]["detail"]
    assert "Ready to accept connections" in rows["redis"]["detail"]
    assert "indexer up" in rows["redis"]["remedy"]
    assert rows["redis eviction"]["verdict"] == "skipped"


def test_a_failure_with_all_services_there_is_exit_code_1(test_settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    code, rows = doctor(
        ELASTICSEARCH_URL=str(test_settings.elasticsearch_url),
        DATABASE_URL=str(test_settings.database_url),
        REDIS_URL=str(test_settings.redis_url),
        INDEXER_CACHE_DIR=str(tmp_path / "file"),
    )

    assert code == 1
    assert rows["cache"]["verdict"] == "failed"
