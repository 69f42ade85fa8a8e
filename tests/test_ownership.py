"""Files that another user could have written are refused."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.embedded import services_file
from indexer.embedded.processes import started_at
from indexer.embedded.service import Service
from indexer.embedded.services_file import Record
from indexer.errors import OperatorError
from indexer.ownership import expect_our_directory, expect_ours

STRANGER = 12345

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away; run the tests as root for this")


def refusal(path: Path) -> OperatorError:
    with pytest.raises(OperatorError) as caught:
        expect_ours(path, "INDEXER_HOME", "set INDEXER_HOME")
    assert caught.value.exit_code == 2
    assert caught.value.remedy.endswith("or set INDEXER_HOME")
    return caught.value


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o711])
def test_a_file_that_only_its_owner_writes_is_taken(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "file"
    file.touch()
    file.chmod(mode)
    expect_ours(file, "INDEXER_HOME", "set INDEXER_HOME")


def test_a_path_that_does_not_exist_passes(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "to-nowhere").symlink_to(tmp_path / "nowhere")
    for path in ("nowhere", "nowhere/at/all", "file/below", "to-nowhere"):
        expect_ours(tmp_path / path, "INDEXER_HOME", "set INDEXER_HOME")


@pytest.mark.parametrize("mode", [0o602, 0o1777])
def test_a_file_that_everybody_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    path.touch()
    path.chmod(mode)
    (tmp_path / "link").symlink_to(path)
    for name in ("file", "link"):
        assert f"chmod go-w {tmp_path / name}" in refusal(tmp_path / name).remedy


def test_if_a_directory_is_expected_another_thing_is_said_to_be_none_whatever_its_rights(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    file.chmod(0o666)
    (tmp_path / "link").symlink_to(file)
    for path in (Path("/dev/null"), file, tmp_path / "link"):
        with pytest.raises(OperatorError) as caught:
            expect_our_directory(path, "INDEXER_CACHE_DIR")
        assert str(caught.value) == f"INDEXER_CACHE_DIR: {path} is not a directory"
        assert "chmod" not in caught.value.remedy
    expect_our_directory(tmp_path / "nowhere", "INDEXER_CACHE_DIR")
    file.unlink()
    file.mkdir(mode=0o700)
    expect_our_directory(tmp_path / "link", "INDEXER_CACHE_DIR")


@only_root
def test_a_group_may_write_if_it_is_the_users_own(tmp_path: Path) -> None:
    tmp_path.chmod(0o770)
    expect_ours(tmp_path, "INDEXER_HOME", "set INDEXER_HOME")
    os.chown(tmp_path, -1, STRANGER)
    assert "other users may write to" in str(refusal(tmp_path))


@only_root
def test_a_file_of_another_user_is_refused_and_so_is_their_link_to_a_file_of_ours(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.touch()
    link.symlink_to(file)
    os.lchown(link, STRANGER, -1)
    assert f"{link} belongs to another user (id {STRANGER})" in str(refusal(link))
    expect_ours(file, "INDEXER_HOME", "set INDEXER_HOME")
    os.chown(file, STRANGER, -1)
    assert f"{file} belongs to another user" in str(refusal(file))


def indexer(*arguments: str, home: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "indexer", *arguments],
        env={**os.environ, "INDEXER_HOME": str(home)},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_a_settings_file_that_others_may_write_ends_every_command(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("INDEXER_HOME=/nowhere\n")
    (tmp_path / ".env").chmod(0o666)
    for command in (["up", "--dry-run"], ["down"], ["report", "list"]):
        done = indexer(*command, home=tmp_path / "home", cwd=tmp_path)
        assert done.returncode == 2
        assert "other users may write to .env" in done.stderr
        assert "run in another directory" in done.stderr
    (tmp_path / ".env").chmod(0o600)
    assert indexer("up", "--dry-run", home=tmp_path / "home", cwd=tmp_path).returncode == 0


def test_the_home_of_a_stranger_ends_no_process(home: Path, tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "600"]) as mine:
        started = started_at(mine.pid) or 0
        services_file.write(home, {Service.REDIS: Record(Service.REDIS, mine.pid, started, 1, "", "", home / "log")})
        (home / "workers").mkdir()
        (home / "workers" / str(mine.pid)).write_text(f"{started} worker")
        home.chmod(0o777)
        for command in (["down"], ["up"], ["down", "--dry-run"]):
            done = indexer(*command, home=home, cwd=tmp_path)
            assert done.returncode == 2
            assert f"INDEXER_HOME: other users may write to {home}" in done.stderr
            assert f"chmod go-w {home}" in done.stderr
        assert mine.poll() is None
        home.chmod(0o700)
        done = indexer("down", home=home, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert mine.wait(30) == -signal.SIGTERM
