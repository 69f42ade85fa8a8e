"""The messages of an import about records that it refuses; nothing is saved here."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from indexer.cli.app import app


def tried(file: Path, *options: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-m", "indexer", "import", str(file), "--workspace", "w", "--dry-run", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.splitlines()


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    file = tmp_path / "broken.ndjson"
    file.write_text('{"id": ""}\n' * 53)
    return file


def test_the_first_refusals_are_printed_and_the_rest_counted(broken: Path) -> None:
    code, lines = tried(broken)
    assert code == 1
    assert len(lines) == 21
    assert lines[-1] == "and 33 more; all of them with: --refusals FILE"


def test_all_of_them_are_in_the_file_that_was_named(broken: Path, tmp_path: Path) -> None:
    file = tmp_path / "refused.txt"
    code, lines = tried(broken, "--refusals", str(file))
    assert code == 1
    assert lines == [f"53 refused, see {file}"]
    assert len(file.read_text().splitlines()) == 53


def test_a_file_that_cannot_be_written_is_said_before_anything_is_read(broken: Path, tmp_path: Path) -> None:
    code, lines = tried(broken, "--refusals", str(tmp_path / "no" / "file"))
    assert code == 2
    assert "--refusals: cannot write" in lines[0]


def test_times_in_the_future_are_named(tmp_path: Path) -> None:
    file = tmp_path / "ahead.ndjson"
    record = '{"id": "1", "created_at": 1, "conversation_parts": []'
    file.write_text(f'{record}}}\n{record}, "updated_at": 4102444799}}\n')
    code, lines = tried(file)
    assert code == 0
    assert len(lines) == 1
    assert f"{file}, line 2 (2099-12-31T23:59:59Z)" in lines[0]
    assert lines[0].startswith("1 of them ")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 60))
def test_never_more_than_so_many_lines_and_every_refusal_is_counted(
    tmp_path_factory: pytest.TempPathFactory, count: int
) -> None:
    file = tmp_path_factory.mktemp("refused") / "broken.ndjson"
    file.write_text('{"id": ""}\n' * count)
    result = CliRunner().invoke(app, ["import", str(file), "--workspace", "w", "--dry-run", "--format", "json"])
    lines = [line for line in result.stderr.splitlines() if line]
    assert len(lines) <= 21
    assert len(lines) == count if count <= 20 else lines[-1].startswith(f"and {count - 20} more")
