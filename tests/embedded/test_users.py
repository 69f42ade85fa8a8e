"""Which workers use the services of a home."""

import os
import subprocess
from pathlib import Path

import pytest

from indexer.embedded.users import sign_in, signed_in
from indexer.settings import Settings

URLS = {"ELASTICSEARCH_URL": "http://es.example:9200", "DATABASE_URL": "postgresql://db.example/x"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate({**URLS, "home": tmp_path})


def test_a_worker_is_known_as_long_as_it_runs(settings: Settings) -> None:
    assert signed_in(settings) == []
    sign_in(settings)
    sign_in(settings)
    assert signed_in(settings) == [os.getpid()]


def test_a_worker_that_was_killed_is_forgotten_also_when_its_number_is_taken(settings: Settings) -> None:
    sign_in(settings)
    (mine,) = (settings.home / "workers").iterdir()
    mine.write_text("1.0")
    with subprocess.Popen(["true"]) as ended:
        (settings.home / "workers" / str(ended.pid)).write_text("2.0")
    assert signed_in(settings) == []
    assert list((settings.home / "workers").iterdir()) == []


def test_a_worker_that_uses_other_servers_only_is_of_no_interest(settings: Settings) -> None:
    elsewhere = Settings.model_validate({**URLS, "REDIS_URL": "redis://redis.example", "home": settings.home})
    sign_in(elsewhere)
    assert signed_in(elsewhere) == []


def test_a_home_that_cannot_be_written_to_is_no_reason_not_to_work(settings: Settings) -> None:
    (settings.home / "workers").write_text("a file where the directory should be")
    sign_in(settings)
    assert signed_in(settings) == []
