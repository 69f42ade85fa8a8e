import http.server
import json
import os
import signal
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.checks.check import shortened
from indexer.embedded import supervisor
from indexer.services import Service
from indexer.settings import Settings
from tests import forking

pytestmark = pytest.mark.services


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """Without tables: one of the checks says so."""
    return empty_database_url


def doctor(**environment: str) -> tuple[int, dict[str, dict[str, str]]]:
    done = forking.run(["doctor", "--format", "json"], {**os.environ, **environment})
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
    [found] = supervisor.ensure(Settings(home=home), [Service.REDIS])
    os.kill(found.record.pid, signal.SIGKILL)
    while found.record.alive:
        pass

    code, rows = doctor(INDEXER_HOME=str(home))

    assert code == 3
    assert rows["redis"]["verdict"] == "unreachable"
    assert f"(pid {found.record.pid}) has died" in rows["redis"]["detail"]
    assert "its log does not say why" in rows["redis"]["detail"]
    assert "Ready to accept connections" in rows["redis"]["detail"]
    assert "overcommit" not in rows["redis"]["detail"]
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


class _Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html>\n<html>" + b"<p>Nothing here</p>\n" * 500 + b"</html>")

    def log_message(self, *_: object) -> None:
        pass


def test_a_foreign_server_is_one_failure_of_a_few_lines_and_what_depends_on_it_is_skipped() -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code, rows = doctor(
            ELASTICSEARCH_URL=f"http://127.0.0.1:{server.server_port}",
            DATABASE_URL="postgresql://127.0.0.1:1/x",
            REDIS_URL="redis://127.0.0.1:1/0",
        )
        server.shutdown()

    ours = {name: row for name, row in rows.items() if name.startswith("elasticsearch")}
    assert [name for name, row in ours.items() if row["verdict"] == "failed"] == ["elasticsearch"]
    assert {row["verdict"] for name, row in ours.items() if name != "elasticsearch"} == {"skipped"}
    assert "it answers 404 with a page of HTML" in ours["elasticsearch"]["detail"]
    assert "Nothing here" not in str(rows)
    assert code == 3


@given(st.lists(st.text(max_size=400), max_size=30))
def test_texts_of_others_are_cut_to_a_few_lines(lines: list[str]) -> None:
    said = shortened("\n".join(lines)).splitlines()

    assert len(said) <= 5
    assert all(len(line) <= 241 for line in said)


def test_failures_come_first_and_passed_checks_are_folded(tmp_path: Path) -> None:
    done = forking.run(
        ["doctor", "--format", "table"],
        {**os.environ, "COLUMNS": "80", "INDEXER_HOME": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:1/0"},
    )
    lines = done.stdout.decode().splitlines()

    assert lines[0].startswith("unreachable: ")
    assert any(" ok: python" in line for line in lines)
    assert max(map(len, lines)) <= 80
