"""The messages of an import about records that it refuses; nothing is saved here."""

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from indexer.cli.app import app
from indexer.errors import OperatorError
from indexer.resources import resource_dir
from tests import forking

PAGE = resource_dir("mappings").parent / "docs" / "input.md"
OF_MESSAGES = ["--workspace", "w", "--dataset", "messages", "--dry-run"]


def tried(file: Path, *options: str) -> tuple[int, list[str]]:
    done = forking.run_text(["import", str(file), "--workspace", "w", "--dry-run", *options], os.environ)
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


def messages(directory: Path) -> Path:
    """An archive with a receipt, two equal clicks, a row that cannot be used, and what is not read."""
    path = directory / "messages.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "Click.csv", "receipt_id,clicked_at,colour\nr1,1782900000,red\nr1,1782900000,red\nr1,soon,red\n"
        )
        archive.writestr("receipts-2026-07.csv", "receipt_id,received_at\nr1,2026-07-01 10:00:00 UTC\n")
        archive.writestr("read me.txt", "hello")
    return path


@pytest.mark.parametrize("piped", [False, True], ids=["a file", "a pipe"])
def test_messages_are_counted_by_what_they_are(tmp_path: Path, piped: bool) -> None:
    path = messages(tmp_path)
    asked = ["import", "-" if piped else str(path), *OF_MESSAGES, "--format", "table"]
    done = forking.run(asked, os.environ, path.read_bytes() if piped else b"")
    name = "standard input" if piped else str(path)
    assert done.stderr.decode().splitlines() == [
        f"{name}, read me.txt: left out: is of no statistic by its name and its columns",
        f"{name}, Click.csv: left out: columns that are not read: colour",
        f"{name}, Click.csv, line 4: clicked_at: 'soon' is neither epoch seconds nor an ISO 8601 time",
    ]
    assert done.stdout.decode() == (
        "dry run, nothing saved: 4 read, 3 created, 0 updated, 0 unchanged, 0 older, 1 refused "
        "(receipts: 1, checkpoints: 0, events: 2)\n"
    )
    assert done.returncode == 1


def test_messages_are_named_apart_in_json(tmp_path: Path) -> None:
    line = ["import", str(messages(tmp_path)), *OF_MESSAGES, "--format", "json"]
    found = json.loads(CliRunner().invoke(app, line).stdout)
    assert found == {
        **{"workspace": "w", "dataset": "messages", "dry_run": True},
        **{"read": 4, "created": 3, "updated": 0, "unchanged": 0, "older": 0, "refused": 1},
        **{"receipts": 1, "checkpoints": 0, "events": 2, "waiting": None, "left": 2, "ahead": 0},
    }


@pytest.mark.parametrize("line", [["backfill", "--dataset", "messages"], ["index", "create", "messages"]], ids=str)
def test_other_commands_say_which_two_datasets_there_are(line: list[str]) -> None:
    done = CliRunner().invoke(app, line)
    assert isinstance(done.exception, OperatorError)
    assert str(done.exception) == "messages are two datasets"
    assert done.exception.remedy == "choose message_receipts or series_checkpoints; only indexer import takes both"


def test_the_commands_of_the_page_on_input_print_what_it_shows(tmp_path: Path) -> None:
    """Each `cat` of the chapter on messages gives a file its content; all other commands are run."""
    chapter = PAGE.read_text().split("\n## Messages\n", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"(?:^    .*\n)+", chapter, flags=re.MULTILINE)
    runs = [run for block in blocks for run in re.split(r"^\$ ", textwrap.dedent(block), flags=re.MULTILINE)[1:]]
    commands = 0
    for run in runs:
        line, _, shown = run.partition("\n")
        program, *arguments = shlex.split(line)
        if program == "cat":
            (tmp_path / arguments[0]).write_text(shown)
            continue
        command = [sys.executable, *(arguments if program == "python3" else ["-m", program, *arguments])]
        both = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        assert both.stdout.decode() == shown
        commands += program == "indexer"
    assert commands == 2
