"""The lines that a worker prints, over a real store."""

import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Iterator

import orjson
import pytest

from indexer.cli.worker_lines import WorkerLines
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.settings import Settings
from indexer.store.database import open_store, upgrade
from indexer.store.entities.conversations import save_conversations
from indexer.store.queue.leased_change import Settle
from indexer.store.queue.leases import lease_changes, settle_changes
from tests.builders import conversation
from tests.faults.waiting import eventually
from tests.integration.installation import Installation

pytestmark = pytest.mark.services


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    made = Installation(test_settings)
    lines = b"\n".join(orjson.dumps(conversation(id=str(number), at=1_709_300_000)) for number in range(30))
    made.run("import", "-", "--workspace", "w", stdin=lines)
    yield made
    made.close()


def on_a_terminal(installation: Installation, *arguments: str) -> str:
    """The output of a command to a terminal, with its escape sequences."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "indexer", *arguments],
        env={**installation.environment, "COLUMNS": "100", "TERM": "xterm"},
        stdin=follower,
        stdout=follower,
        stderr=follower,
    ) as command:
        os.close(follower)
        said = b""
        while True:
            try:
                read = os.read(leader, 65_536)
            except OSError:  # the other side is closed
                break
            if not read:
                break
            said += read
        os.close(leader)
    assert command.returncode == 0, said.decode()
    return said.decode()


def test_every_now_and_then_a_worker_prints_the_work_done_and_the_work_left(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(database_url)
    upgrade(store)
    incoming = [Incoming(str(number), b"{}", 1, 100) for number in range(5)]
    with store.begin() as connection:
        save_conversations(connection, "w", incoming)
    lines = WorkerLines(database_url, every=0.3)
    lines.begin(4, ["live"], until_idle=False)
    lines.start(shows_bar=False)
    with store.begin() as connection:
        leases = lease_changes(connection, CONVERSATIONS, None, 2, 60)
    with store.begin() as connection:
        settle_changes(connection, [Settle(lease, "indexed") for lease in leases])
    written: list[str] = []

    def said() -> list[str]:
        written.append(capsys.readouterr().out)
        return "".join(written).splitlines()

    eventually(lambda: any(line.startswith("2 changes indexed") and line.endswith("3 due") for line in said()))
    lines.end()
    store.dispose()
    assert said()[0] == "4 processes, queues live; 5 due (Ctrl-C ends it)"
    assert said()[-1].startswith("ended after")


def test_a_worker_does_not_fail_if_the_store_is_away(capsys: pytest.CaptureFixture[str]) -> None:
    lines = WorkerLines("postgresql://127.0.0.1:1/x", every=0.05)
    lines.begin(1, ["live", "backfill"], until_idle=False)
    lines.start(shows_bar=False)
    time.sleep(0.3)
    lines.end()
    assert capsys.readouterr().out == "1 process, queues live, backfill (Ctrl-C ends it)\n"


def test_on_a_terminal_it_shows_a_bar_and_nothing_of_celery(installation: Installation) -> None:
    said = on_a_terminal(installation, "worker", "--until-idle")

    assert "2 processes, queues live, backfill, maintenance; 30 due" in said
    assert "indexing" in said
    assert "30 changes indexed" in said
    assert not re.search(r"MainProcess|celery|Warm|superuser", said)


def test_a_quiet_worker_says_nothing(installation: Installation) -> None:
    assert on_a_terminal(installation, "worker", "--until-idle", "--quiet") == ""


def test_the_bar_of_a_rebuild_ends_full(installation: Installation) -> None:
    installation.run("worker", "--until-idle")
    worker = installation.start_worker()
    try:
        said = on_a_terminal(installation, "index", "rebuild", "--format", "table")
    finally:
        installation.kill(worker)

    shown = re.findall(r"(\d+)/(\d+)", said)
    assert shown
    assert shown[-1] == ("30", "30")
