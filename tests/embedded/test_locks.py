import importlib.util
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from indexer.embedded import locks
from indexer.embedded.locks import locked
from indexer.errors import OperatorError


def test_a_second_process_gets_a_message_and_waits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order: list[str] = []

    def come_second() -> None:
        with locked(tmp_path / "lock", "waiting for the first"):
            order.append("second")

    with locked(tmp_path / "lock", "nobody is before us"):
        second = threading.Thread(target=come_second)
        second.start()
        second.join(timeout=0.2)
        order.append("first")
    second.join()

    assert order == ["first", "second"]
    assert capsys.readouterr().err == "waiting for the first\n"


def test_a_process_that_dies_lets_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = (
        "import os, sys; from pathlib import Path; from indexer.embedded.locks import locked\n"
        "with locked(Path(sys.argv[1]), ''): os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "lock")], check=False)

    with locked(tmp_path / "lock", "somebody holds it"):
        pass
    assert done.returncode == 9
    assert capsys.readouterr().err == ""


def test_the_lock_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    left_by_before = tmp_path / "old"
    left_by_before.touch(0o644)
    for path in (tmp_path / "new", left_by_before):
        with locked(path, ""):
            assert path.stat().st_mode & 0o777 == 0o600


def test_a_lock_file_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "of another program")

    with pytest.raises(OperatorError, match="is a symbolic link"), locked(tmp_path / "lock", ""):
        pass
    assert not (tmp_path / "of another program").exists()


def test_a_system_without_such_locks_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no `fcntl`."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    specification = importlib.util.spec_from_file_location("locks_elsewhere", locks.__file__)
    assert specification is not None
    assert specification.loader is not None

    with pytest.raises(OperatorError, match="Linux and macOS only") as caught:
        specification.loader.exec_module(importlib.util.module_from_spec(specification))
    assert "docker compose up" in caught.value.remedy
