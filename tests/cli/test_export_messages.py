"""`indexer export messages` as a person runs it."""

import os
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import indexer.cli  # noqa: F401  (registers the commands)
from indexer.cli.app import app
from indexer.errors import OperatorError
from indexer.store.database import open_store, upgrade
from tests import forking
from tests.embedded.harness import Run
from tests.exports.made_messages import made, table
from tests.fresh import fresh_database

MADE = made()
RANGE = ("--from", "2024-03-01", "--to", "2024-03-12")


@pytest.fixture(scope="module")
def environment(services: Run) -> Iterator[dict[str, str]]:
    """Over a store alone: no other service answers."""
    with fresh_database(services) as url:
        store = open_store(url)
        upgrade(store)
        with store.begin() as connection:
            MADE.save(connection, "acme")
        store.dispose()
        yield os.environ | {"DATABASE_URL": url, "ELASTICSEARCH_URL": "http://127.0.0.1:1"}


def run(environment: dict[str, str], *more: str, workspace: str = "acme") -> subprocess.CompletedProcess[str]:
    return forking.run_text(["export", "messages", "--workspace", workspace, *more], environment)


@pytest.mark.services
def test_each_report_is_a_file_and_none_is_without_data(environment: dict[str, str], tmp_path: Path) -> None:
    detailed, overview = tmp_path / "march.zip", tmp_path / "march.csv"
    done = run(environment, *RANGE, "--output", str(detailed))
    total = len(MADE.receipts) + len(MADE.checkpoints)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"{total} receipts and checkpoints\n")
    with zipfile.ZipFile(detailed) as archive:
        assert len(table(archive.read("receipt.csv"))) == len(MADE.receipts)
    done = run(environment, "--message", "12", "--report", "overview", "--output", str(overview))
    assert done.returncode == 0, done.stderr
    rows = table(overview.read_bytes())
    assert sum(int(row["sent"]) for row in rows) == sum(one.content_id == "12" for one in MADE.receipts)
    assert {path.stat().st_mode & 0o777 for path in (detailed, overview)} == {0o600}
    assert sorted(tmp_path.iterdir()) == [overview, detailed]

    done = run(environment, "--from", "2023-01-01", "--to", "2023-01-31", "--output", str(tmp_path / "none.zip"))
    assert (done.returncode, done.stdout) == (4, "")
    assert "no data: nothing was sent 2023-01-01 to 2023-01-31 (UTC)" in done.stderr
    assert sorted(tmp_path.iterdir()) == [overview, detailed]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--to", "2024-03-12"], "--from: is missing; only an export of one message or one series needs no range"),
        ([*RANGE, "--report", "weekly"], "--report: "),
        ([*RANGE, "--events-in-range", "--flat", "--everything"], "--everything: a flat file has no place for more"),
        ([*RANGE, "--gzip"], "--gzip: the detailed report has several files"),
        ([*RANGE, "--email", "ann@example.org"], "--email is for exports that a worker writes"),
        ([*RANGE, "--background", "--output", "x.zip"], "--output and --background exclude each other"),
    ],
)
def test_what_cannot_be_written_is_refused_with_the_option_at_fault(more: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["export", "messages", "--workspace", "acme", *more])
    assert isinstance(done.exception, OperatorError)
    assert str(done.exception).startswith(said)
