import os
from pathlib import Path

import pytest

from indexer.checks import Installation, Verdict, machine
from indexer.settings import Settings


def installation(home: Path) -> Installation:
    return Installation(Settings(home=home), {})


def test_this_python_is_new_enough(tmp_path: Path) -> None:
    assert machine.python(installation(tmp_path)).verdict is Verdict.OK


def test_an_older_python_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 10, 9))

    assert machine.python(installation(tmp_path)).verdict is Verdict.FAILED


def test_a_home_that_is_not_made_yet_is_judged_by_the_directory_above(tmp_path: Path) -> None:
    finding = machine.home(installation(tmp_path / "not" / "yet"))

    assert "GB free" in finding.detail
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("free", "verdict"), [(10**11, Verdict.OK), (2 * 10**9, Verdict.WARNING), (10**8, Verdict.FAILED)]
)
def test_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, verdict: Verdict) -> None:
    class Usage:
        total = 10**12

    Usage.free = free  # type: ignore[attr-defined]
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)

    finding = machine.home(installation(tmp_path))

    assert finding.verdict is verdict
    assert bool(finding.remedy) is (verdict is not Verdict.OK)


def test_a_home_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    finding = machine.home(installation(tmp_path / "file"))

    assert finding.verdict is Verdict.FAILED
    assert "INDEXER_HOME" in finding.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere; run the tests as a plain user for this one")
def test_a_home_without_rights_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert machine.home(installation(tmp_path / "home")).verdict is Verdict.FAILED
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc")
def test_a_file_system_that_stores_nothing_is_named_as_that() -> None:
    finding = machine.home(installation(Path("/proc/nope")))

    assert finding.verdict is Verdict.FAILED
    assert "/proc" in finding.detail
    assert "GB" not in finding.detail


def test_a_home_that_is_a_file_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert "is not a directory" in machine.home(installation(tmp_path / "file" / "home")).detail
