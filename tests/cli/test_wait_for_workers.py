"""Commands that wait for workers, without any: real processes, their output to a pipe."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import pytest

from indexer.settings import Settings
from tests import forking
from tests.builders import conversation
from tests.integration.installation import Installation

pytestmark = pytest.mark.services


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    made = Installation(test_settings)
    lines = b"\n".join(orjson.dumps(conversation(id=str(number), at=1_709_300_000)) for number in range(3))
    made.run("import", "-", "--workspace", "w", stdin=lines)
    yield made
    made.close()


@contextmanager
def waiting(installation: Installation, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = subprocess.Popen(
        [sys.executable, "-m", "indexer", *arguments],
        env=installation.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield command
    finally:
        command.kill()
        command.communicate()


def says(command: subprocess.Popen[bytes], text: bytes, seconds: float = 120) -> bytes:
    """The output of the command up to `text`."""
    assert command.stderr is not None
    said, until = b"", time.monotonic() + seconds
    while text not in said:
        assert time.monotonic() < until, said.decode()
        if select.select([command.stderr], [], [], 0.5)[0]:
            read = os.read(command.stderr.fileno(), 65_536)
            assert read, f"it ended: {said.decode()}"
            said += read
    return said


def test_a_backfill_says_that_no_worker_takes_it_and_after_ctrl_c_what_goes_on(installation: Installation) -> None:
    installation.run("index", "create")
    with waiting(installation, "backfill", "--workspace", "w") as command:
        says(command, b"no worker is taking work from the queue backfill; start one: indexer worker")
        command.send_signal(signal.SIGINT)
        said = says(command, b"indexer backfill cancel 1")
        assert b"indexer backfill watch 1" in said
        assert command.wait(timeout=60) == 130
    assert installation.json("backfill", "list")[0]["state"] == "running"
    assert "no worker is taking work from the queue backfill" in installation.said("backfill", "list", code=0)
    installation.run("backfill", "cancel", "1")
    assert installation.said("backfill", "list", code=0) == ""


def test_a_rebuild_says_that_no_worker_takes_it_and_continues_when_one_starts(installation: Installation) -> None:
    installation.run("index", "create")
    with waiting(installation, "index", "rebuild") as command:
        says(command, b"no worker is taking work from the queue backfill")
        worker = installation.start_worker()
        try:
            says(command, b"swap: readers move to the new index")
            assert command.wait(timeout=60) == 0
        finally:
            installation.kill(worker)
    said = installation.said("index", "swap", code=2)
    assert "the rebuild has swapped" in said
    assert "indexer index prune" in said
    assert "indexer index rollback" in said


def test_an_export_without_a_worker_says_so(installation: Installation) -> None:
    asked = ("export", "conversations", "--workspace", "w", "--from", "2024-03-01", "--to", "2024-03-31")
    done = forking.run([*asked, "--background"], installation.environment)
    assert done.returncode == 0, done.stderr
    assert b"no worker is taking work from the queue maintenance" in done.stderr
    assert "no worker is taking work from the queue maintenance" in installation.said("export", "list", code=0)
    assert "no worker is taking work from" in installation.said(
        "export", "show", done.stdout.split()[0].decode(), code=0
    )


def test_a_command_that_makes_conversations_due_says_that_they_wait_unless_there_is_a_worker(
    installation: Installation,
) -> None:
    lines = orjson.dumps(conversation(id="77", at=1_709_300_000))
    done = forking.run(["import", "-", "--workspace", "w"], installation.environment, lines)
    assert done.returncode == 0, done.stderr
    assert b"4 wait for a worker: indexer worker --until-idle" in done.stderr

    installation.run("worker", "--until-idle")
    with installation.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE signs SET ended_at = NULL, seen_at = now()")
    said = installation.said("workspace", "set", "w", "--bot-admin", "9", code=0)
    assert "wait for a worker" not in said


def test_a_worker_prints_its_purpose_and_the_work_it_has_done(installation: Installation) -> None:
    said = installation.run("worker", "--until-idle").splitlines()
    assert said[0] == "2 processes, queues live, backfill, maintenance; 3 due"
    assert said[-1].startswith("ended after ")
    assert said[-1].endswith("nothing is left to do")
    assert "3 changes indexed" in said[-1]
    assert len(said) == 2
