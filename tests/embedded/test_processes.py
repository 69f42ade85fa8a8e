import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.embedded import processes
from indexer.embedded.directories import OsUser
from indexer.embedded.service import Launch
from indexer.errors import OperatorError


def launch(directory: Path, script: str) -> Launch:
    return Launch(["/bin/sh", "-c", script], {"PATH": os.environ["PATH"]}, directory, directory / "it.log", "", "")


def started(pid: int) -> float:
    found = processes.started_at(pid)
    assert found is not None
    return found


def wait_for(path: Path) -> str:
    deadline = time.monotonic() + 10
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < deadline, f"{path} was never written"
        time.sleep(0.01)
    return path.read_text()


def test_a_process_outlives_the_command_that_started_it(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.embedded.test_processes import launch;"
        "from indexer.embedded import processes;"
        "print(processes.start(launch(Path(sys.argv[1]), 'exec sleep 60'), None))"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    pid = int(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)

    assert processes.started_at(pid) is not None
    assert os.getsid(pid) != os.getsid(0)
    processes.stop([((pid, started(pid)), signal.SIGTERM)])
    assert processes.started_at(pid) is None


def test_the_output_of_a_process_goes_to_its_log_and_the_earlier_log_is_kept(tmp_path: Path) -> None:
    for text in ("first", "second"):
        processes.start(launch(tmp_path, f"echo {text}"), None)
        wait_for(tmp_path / "it.log")

    assert (tmp_path / "it.log").read_text() == "second\n"
    assert (tmp_path / "it.log.1").read_text() == "first\n"


def test_a_process_that_does_not_listen_is_forced_and_so_are_its_children(tmp_path: Path) -> None:
    pid = processes.start(launch(tmp_path, "trap '' TERM; sleep 60 & echo $! > child; wait; sleep 60"), None)
    child = int(wait_for(tmp_path / "child"))

    processes.stop([((pid, started(pid)), signal.SIGTERM)], patience=0.2)

    assert processes.started_at(pid) is None
    assert processes.started_at(child) is None


def test_a_later_process_of_the_same_pid_is_left_alone(tmp_path: Path) -> None:
    pid = processes.start(launch(tmp_path, "exec sleep 60"), None)
    really = started(pid)

    processes.stop([((pid, really - 1), signal.SIGKILL)])
    assert processes.is_alive(pid, really)

    processes.stop([((pid, really), signal.SIGKILL)])
    assert not processes.is_alive(pid, really)


def test_a_process_that_ended_but_was_not_collected_is_not_alive() -> None:
    child = subprocess.Popen(["/bin/sh", "-c", "exit 0"])
    try:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert processes.started_at(child.pid) is None
    finally:
        child.wait()


def test_the_start_is_known_without_the_proc_file_system_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_proc(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", no_proc)

    assert processes.started_at(os.getpid()) == processes.started_at(os.getpid())
    assert processes.started_at(os.getpid()) is not None


def test_the_last_lines_of_a_log_are_those_that_say_something(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        "NOTE: Picked up JDK_JAVA_OPTIONS: x\nfirst\n\n"
        "java.io.IOException: disk\n\tat a.b(C.java:1)\n\t... 3 more\nend\n"
    )

    assert processes.last_lines(log) == ["first", "java.io.IOException: disk", "end"]
    assert processes.last_lines(log, count=1) == ["end"]
    assert processes.last_lines(tmp_path / "none") == []


def test_a_program_that_may_not_be_run_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "program").touch(0o600)

    with pytest.raises(OperatorError, match="cannot run") as caught:
        processes.run_as(None, [str(tmp_path / "program")])
    assert "plain user" in caught.value.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may become anybody; run the tests as a plain user for this one")
def test_an_account_that_we_may_not_become_is_a_message() -> None:
    with pytest.raises(OperatorError, match="as user id 0"):
        processes.run_as(OsUser(0, 0), ["true"])
