"""Names that want to steer a terminal are in everything that is stored, and every listing command is run on one."""

import os
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from rich.cells import cell_len

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.store.database import open_store, upgrade
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.names import Named, save_names
from indexer.store.entities.workspaces import Workspace, save_workspace
from indexer.store.jobs.backfills import Selected, start_backfill
from indexer.store.queue.leased_change import Poisoned
from indexer.store.queue.leases import lease_changes, quarantine_changes
from tests.builders import conversation, document_of, part
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.plain_terminal import plain
from tests.pseudo_terminal import forked_on_a_terminal
from tests.reports.indexed import indexed

pytestmark = pytest.mark.services

START = 1_772_442_000
HOSTILE = "\x1b]0;owned\x07\x1b[2J[bold]:smile:\u202e\x9b31mEvil"
SHOWN = "[bold]:smile:Evil"
DAY = ["--workspace", "w", "--from", "2026-03-02", "--to", "2026-03-02"]


@pytest.fixture(scope="module")
def environment(services: Run, elasticsearch_url: str, redis_url: str) -> Iterator[dict[str, str]]:
    raw = conversation(
        part("O", "assignment", START + 30, to="T7"),
        part("A", "comment", START + 60),
        at=START,
        id="1001",
        title=HOSTILE,
        tags={"tags": [{"id": "1", "name": HOSTILE}]},
        team_assignee_id="7",
    )
    with fresh_database(services) as database, indexed(elasticsearch_url, [document_of(raw)]) as prefix:
        store = open_store(database)
        upgrade(store)
        with store.begin() as connection:
            save_workspace(connection, Workspace("w"))
            save_names(connection, "w", Named.TEAM, {"7": HOSTILE})
            incoming = [
                Incoming("1001", orjson.dumps(raw), START, START),
                Incoming("1002", orjson.dumps({"id": "1002", "title": HOSTILE}), START, START),
            ]
            save_conversations(connection, "w", incoming)
        with store.begin() as connection:
            leases = lease_changes(connection, CONVERSATIONS, None, 100, 60)
            poisoned = [Poisoned(lease, f"refused {HOSTILE}", f"error {HOSTILE}", None) for lease in leases]
            quarantine_changes(connection, [one for one in poisoned if one.lease.entity_id == "1002"])
        with store.begin() as connection:
            start_backfill(connection, "w", Selected(None, None, None, f"tag={HOSTILE}"), CONVERSATIONS)
        store.dispose()
        yield os.environ | {
            "DATABASE_URL": database,
            "ELASTICSEARCH_URL": elasticsearch_url,
            "REDIS_URL": redis_url,
            "INDEXER_INDEX_PREFIX": prefix,
        }


COMMANDS = {
    "workspace show": (["workspace", "show", "w"], True),
    "workspace list": (["workspace", "list"], False),
    "report run by tag": (["report", "run", "new_inbound_conversations", *DAY, "--group-by", "tag"], True),
    "report run by team": (["report", "run", "new_inbound_conversations", *DAY, "--group-by", "team"], True),
    "report run as CSV": (
        ["report", "run", "new_inbound_conversations", *DAY, "--group-by", "tag", "--format", "csv"],
        True,
    ),
    "report conversations": (["report", "conversations", "new_inbound_conversations", *DAY], False),
    "quarantine list": (["quarantine", "list"], True),
    "quarantine show": (["quarantine", "show", "w", "1002", "--payload"], True),
    "explain": (["explain", "1001", "--workspace", "w"], True),
    "backfill": (["backfill", "list"], True),
    "export list": (["export", "list"], False),
    "index status": (["index", "status", "conversations"], False),
    "status": (["status"], False),
    "diff": (["diff", "index:conversations", "source"], False),
    "reconcile": (["reconcile"], False),
    "a report that does not exist": (["report", "show", HOSTILE], True),
    "a condition that does not fit": (
        ["report", "run", "new_inbound_conversations", *DAY, "--where", f"tag={HOSTILE}x"],
        True,
    ),
    "a command that does not exist": ([HOSTILE], True),
    "a file that does not exist": (["compute", HOSTILE], True),
}


FIT = {"workspace list", "quarantine list", "backfill list", "export list", "index status"}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_listing_lets_a_name_steer_the_terminal(name: str, environment: dict[str, str]) -> None:
    arguments, names_it = COMMANDS[name]
    written, code = forked_on_a_terminal(arguments, environment)
    assert "Traceback" not in written
    assert code in {0, 1, 2}, written
    shown = plain(written)
    assert not set(shown) & set("\x1b\x07\x9b\u202e"), shown
    if names_it:
        assert SHOWN.replace(" ", "") in "".join(shown.split()) or "\\u001b" in shown or "\\x1b" in shown, shown
    if " ".join(arguments[:2]) in FIT:
        assert all(cell_len(line) <= 80 for line in shown.splitlines()), shown


def test_refused_records_are_named_harmlessly(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "bad.ndjson"
    file.write_bytes(orjson.dumps({"type": "conversation", "id": "1", "created_at": HOSTILE}) + b"\n")
    written, code = forked_on_a_terminal(["import", str(file), "--workspace", "w", "--dry-run"], environment)
    assert code == 1
    assert not set(plain(written)) & set("\x1b\x07\x9b\u202e"), written
