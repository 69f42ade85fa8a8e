"""`indexer export conversations` as a person runs it."""

import csv
import gzip
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import forking
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.peak_memory import peak_of
from tests.reports.indexed import Document, conversation, indexed

pytestmark = pytest.mark.services

MARCH = 1_709_251_200
SMALL, LARGE = 2_000, 20_000
MAY_GROW = 1.1


def thread(number: int, workspace: str) -> Document:
    found = conversation(number, MARCH + number, workspace, title="x" * 1_000)
    found["legacy"]["thread_created_at"] = MARCH + number
    return found


@pytest.fixture(scope="module")
def environment(services: Run, elasticsearch_url: str) -> Iterator[dict[str, str]]:
    """Over an index with two workspaces, `small` and `large`."""
    documents = [
        *(thread(number, "small") for number in range(SMALL)),
        *(thread(number, "large") for number in range(LARGE)),
    ]
    with fresh_database(services) as url, indexed(elasticsearch_url, documents) as prefix:
        yield os.environ | {
            "DATABASE_URL": url,
            "ELASTICSEARCH_URL": elasticsearch_url,
            "INDEXER_INDEX_PREFIX": prefix,
        }


def command(*more: str, workspace: str = "small", last: str = "2024-03-01") -> list[str]:
    return ["export", "conversations", "--workspace", workspace, "--from", "2024-03-01", "--to", last, *more]


def test_a_file_has_the_rows_that_the_dry_run_foretold(environment: dict[str, str], tmp_path: Path) -> None:
    assert forking.run_text(command("--dry-run"), environment).stdout.startswith(f"{SMALL:,} rows of ")
    file = tmp_path / "march.csv.gz"
    done = forking.run_text(command("--output", str(file), "--gzip", "--pipelines", "all"), environment)
    assert (done.returncode, done.stdout) == (0, "")
    assert f"{SMALL:,} rows" in done.stderr
    rows = list(csv.DictReader(gzip.decompress(file.read_bytes()).decode().splitlines()))
    assert [row["conversation_id"] for row in rows] == [str(number) for number in range(SMALL)]
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--time-zone", "Europe/Dublim"], "--time-zone: there is no time zone 'Europe/Dublim'; did you mean"),
        (["--times", "unix"], "--times: "),
        (["--pipelines", "old"], "there is no pipeline 'old'"),
        (["--gzip", "--zip"], "--gzip and --zip exclude each other"),
        (["--output", "/nowhere/at/all.csv"], "--output: /nowhere/at/all.csv cannot be written"),
    ],
)
def test_an_impossible_export_is_refused_with_the_option_at_fault(
    environment: dict[str, str], more: list[str], said: str
) -> None:
    done = forking.run_text(command(*more), environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_frame_that_ends_before_it_begins_is_refused(environment: dict[str, str]) -> None:
    done = forking.run_text(command(last="2024-02-29"), environment)
    assert done.returncode == 2
    assert "--to: 2024-02-29 is before from, 2024-03-01" in done.stderr


def test_without_an_index_no_file_is_left(environment: dict[str, str], tmp_path: Path) -> None:
    done = forking.run_text(
        command("--output", str(tmp_path / "march.csv")), environment | {"INDEXER_INDEX_PREFIX": "tnothing"}
    )
    assert done.returncode == 2
    assert "there is no index yet" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_rows(environment: dict[str, str]) -> None:
    small, large = (
        peak_of(
            [sys.executable, "-m", "indexer", *command("--zip", "--pipelines", "all", workspace=workspace)], environment
        )
        for workspace in ("small", "large")
    )
    assert large <= small * MAY_GROW, f"{small / 2**20:.1f} MiB and {large / 2**20:.1f} MiB"
