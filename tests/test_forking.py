"""A forked command is like one that was started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import forking
from tests.builders import conversation


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("no-such-command",),
        ("compute", "-", "--workspace", "w"),
        ("compute", "no-such-file"),
        ("diff", "file:no-such-file", "file:/dev/null"),
        ("explain", "1", "--file", "no-such-file"),
        ("report", "list"),
    ],
    ids=" ".join,
)
def test_a_forked_command_prints_and_ends_as_a_started_one_does(arguments: tuple[str, ...]) -> None:
    given = repr(conversation(id="1", at=1_709_300_000)).replace("'", '"').encode()
    command = [sys.executable, "-m", "indexer", *arguments]
    started = subprocess.run(command, input=given, capture_output=True, check=False)
    forked = forking.run(arguments, os.environ, given)
    assert (forked.returncode, forked.stdout, forked.stderr) == (started.returncode, started.stdout, started.stderr)
    assert forked.stdout or forked.stderr


def test_a_forked_command_has_the_environment_that_it_is_given_and_no_other() -> None:
    asked = ["status"]
    away = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    assert b"127.0.0.1:1" in forking.run(asked, os.environ | away).stderr
    assert b"127.0.0.1:1" not in forking.run(asked, os.environ).stderr


def test_a_variable_of_the_interpreter_is_heeded() -> None:
    started_anew = forking.run(["--version"], os.environ | {"PYTHONVERBOSE": "1"})
    assert b"import _frozen_importlib" in started_anew.stderr
    assert started_anew.returncode == 0


def test_a_forked_command_that_waits_leads_a_group_of_its_own_and_is_seen_to_end() -> None:
    given, feeds = os.pipe()
    with Path(os.devnull).open("wb") as nothing:
        command = forking.start(["compute", "-"], os.environ, (given, nothing.fileno(), nothing.fileno()))
    os.close(given)
    assert os.getpgid(command.pid) == command.pid
    assert command.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        command.wait(timeout=0.01)
    os.killpg(command.pid, signal.SIGKILL)
    assert (command.wait(), command.poll()) == (-signal.SIGKILL, -signal.SIGKILL)
    os.close(feeds)
