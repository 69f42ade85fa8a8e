"""A file that is there is written over only if that is asked for."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from indexer.cli.app import app
from indexer.cli.output_file import check_output, open_output
from indexer.errors import OperatorError

EXPORTS = (
    ["export", "conversations", "--workspace", "w", "--from", "2026-03-01", "--to", "2026-03-01"],
    ["export", "fetch", "1f0c9a7be2d34455"],
)


@pytest.mark.parametrize("command", EXPORTS)
def test_a_file_that_exists_is_refused_before_any_service_is_asked(command: list[str], tmp_path: Path) -> None:
    file = tmp_path / "march.csv"
    file.write_text("precious")
    result = CliRunner().invoke(app, [*command, "--output", str(file)])
    assert isinstance(result.exception, OperatorError)
    assert result.exception.exit_code == 2
    assert str(result.exception) == f"--output: {file} exists"
    assert "--force" in result.exception.remedy
    assert file.read_text() == "precious"


def test_an_existing_file_is_replaced_if_that_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "march.csv"
    file.write_text("old")
    check_output(str(file), force=True)
    with open_output(str(file)) as stream:
        stream.write(b"new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


def test_a_new_file_is_its_owners_alone_and_one_that_was_there_keeps_its_mode(
    tmp_path: Path, generous_umask: None
) -> None:
    del generous_umask
    file = tmp_path / "march.csv"
    for mode in (0o600, 0o640):
        with open_output(str(file)) as stream:
            stream.write(b"new")
            assert (tmp_path / "march.csv.part").stat().st_mode & 0o777 == 0o600
        assert file.stat().st_mode & 0o777 == mode
        file.chmod(0o640)


def test_another_name_and_standard_output_are_fine(tmp_path: Path) -> None:
    check_output(str(tmp_path / "new.csv"), force=False)
    check_output("-", force=False)
