import json
import os
import pwd
from collections.abc import Iterator

import orjson
import pytest
from redis import Redis
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from indexer.checks import Installation, Verdict, postgresql
from indexer.cli.app import app
from indexer.connections import connections
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.settings import Settings, settings
from indexer.store.database import open_store, upgrade
from indexer.store.entities.conversations import save_conversations
from indexer.store.queue.changes import depth
from indexer.store.queue.drain_stops import stop_drain
from indexer.store.queue.leased_change import Poisoned, Settle
from indexer.store.queue.leases import lease_changes, quarantine_changes, settle_changes
from tests import forking

pytestmark = pytest.mark.services

IMMENSE = "document_parsing_exception: [1:23] failed to parse field [contact_ids] of type [keyword] in [/x]"


@pytest.fixture
def engine(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A store with `w 1` and `w 2` refused by Elasticsearch, and then `v 9` unreadable; there is no Redis."""
    monkeypatch.setenv("INDEXER_DATABASE_URL", database_url)
    monkeypatch.setenv("INDEXER_REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()
    connections.cache_clear()
    engine = open_store(database_url)
    upgrade(engine)
    poison(engine, "w", ["1", "2"], "refused by Elasticsearch", IMMENSE, None)
    poison(engine, "v", ["9"], "cannot be read", "created_at: is missing", b'{"id": "9", "tags": ["a"]}')
    yield engine
    engine.dispose()
    connections().store.dispose()
    connections.cache_clear()
    settings.cache_clear()


def poison(engine: Engine, workspace: str, ids: list[str], reason: str, error: str, payload: bytes | None) -> None:
    incoming = [Incoming(id_, orjson.dumps({"stored": id_}), 1, 1) for id_ in ids]
    with engine.begin() as connection:
        save_conversations(connection, workspace, incoming)
    with engine.begin() as connection:
        leases = lease_changes(connection, CONVERSATIONS, None, 100, 60)
    with engine.begin() as connection:
        quarantine_changes(connection, [Poisoned(lease, reason, error, payload) for lease in leases])


def run(*arguments: str, answer: str | None = None) -> Result:
    result = CliRunner().invoke(app, ["quarantine", *arguments], input=answer)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def listed(*arguments: str) -> list[str]:
    entries = json.loads(run("list", "--format", "json", *arguments).stdout)["entries"]
    return [f"{entry['workspace_id']} {entry['conversation_id']}" for entry in entries]


def due(engine: Engine) -> int:
    with engine.connect() as connection:
        return depth(connection, CONVERSATIONS).due


def test_the_list_has_the_newest_first_and_counts_by_reason(engine: Engine) -> None:
    answer = json.loads(run("list", "--format", "json").stdout)
    assert listed() == ["v 9", "w 1", "w 2"]
    assert [(reason["reason"], reason["entries"]) for reason in answer["reasons"]] == [
        ("refused by Elasticsearch", 2),
        ("cannot be read", 1),
    ]
    assert answer["entries"][1]["error"] == IMMENSE
    assert answer["entries"][1]["first_at"].endswith("Z")
    assert answer["entries"][1]["replayed_at"] is None


def test_the_list_can_be_of_a_workspace_of_a_reason_and_short(engine: Engine) -> None:
    assert listed("--workspace", "w") == ["w 1", "w 2"]
    assert listed("--reason", "Read") == ["v 9"]
    assert listed("--limit", "1") == ["v 9"]
    short = json.loads(run("list", "--limit", "1", "--format", "json").stdout)
    assert sum(reason["entries"] for reason in short["reasons"]) == 3


def test_the_list_as_table_and_as_csv(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    poison(engine, "u", ["5"], "refused", "[" + "ß" * 300, None)
    table = run("list", "--format", "table").stdout
    assert "by reason" in table
    assert "[contact_ids] of type [keyword]" in " ".join(table.split())
    assert (table.count("ß"), table.count("…")) == (119, 1)
    lines = run("list", "--format", "csv").stdout.splitlines()
    assert lines[0].startswith("workspace_id,conversation_id,revision,reason,error,attempts,first_at")
    assert len(lines) == 5
    assert "ß" * 300 in lines[1]


def test_show_has_the_error_to_the_letter(engine: Engine) -> None:
    shown = json.loads(run("show", "w", "1", "--format", "json").stdout)
    assert (shown["reason"], shown["error"], shown["attempts"]) == ("refused by Elasticsearch", IMMENSE, 1)
    assert shown["revision"] > 0
    assert "payload" not in shown
    words = run("show", "w", "1", "--format", "table").stdout
    for word in ("[1:23]", "[contact_ids]", "[keyword]", "[/x]"):
        assert word in words
    assert f"error,{IMMENSE}\n" in run("show", "w", "1", "--format", "csv").stdout.replace("\r", "")


def test_show_has_the_payload_as_refused_else_the_conversation_as_stored(engine: Engine) -> None:
    refused = json.loads(run("show", "v", "9", "--payload", "--format", "json").stdout)
    assert (refused["payload_is"], refused["payload"]) == ("as it was refused", {"id": "9", "tags": ["a"]})
    stored = json.loads(run("show", "w", "2", "--payload", "--format", "json").stdout)
    assert (stored["payload_is"], stored["payload"]) == ("as it is stored now", {"stored": "2"})
    assert (
        '{\n  "id": "9",\n  "tags": [\n    "a"\n  ]\n}\n'
        in run("show", "v", "9", "--payload", "--format", "table").stdout
    )


def test_a_payload_that_is_not_json_is_shown_as_text(engine: Engine) -> None:
    poison(engine, "w", ["3"], "cannot be read", "not JSON", b'{"id": \xff')
    assert json.loads(run("show", "w", "3", "--payload", "--format", "json").stdout)["payload"] == '{"id": \ufffd'


@pytest.mark.parametrize(
    "command", [("show", "w", "9"), ("replay", "w", "9"), ("purge", "w", "9", "--because", "x", "--yes")]
)
def test_keys_that_are_not_in_quarantine_are_named_and_the_exit_code_is_1(
    engine: Engine, command: tuple[str, ...]
) -> None:
    told = run(*command)
    assert (told.exit_code, told.stderr) == (1, "w 9 is not in quarantine\n")
    assert due(engine) == 0


@pytest.mark.parametrize("command", [("replay",), ("purge", "--because", "x", "--yes")])
def test_entries_in_quarantine_are_handled_even_if_another_named_entry_is_missing(
    engine: Engine, command: tuple[str, ...]
) -> None:
    told = run(command[0], "w", "2", "7", *command[1:])
    assert told.exit_code == 1
    assert told.stdout.startswith("1 ")
    assert "w 7 is not in quarantine" in told.stderr


@pytest.mark.parametrize("command", [("replay",), ("purge", "--because", "x", "--yes")])
def test_a_workspace_or_a_reason_without_entries_is_said(engine: Engine, command: tuple[str, ...]) -> None:
    nobody = run(command[0], "nowhere", *command[1:])
    assert (nobody.exit_code, nobody.stderr) == (1, "nothing of workspace nowhere is in quarantine\n")
    nothing = run(command[0], "--reason", "weather", *command[1:])
    assert (nothing.exit_code, nothing.stderr) == (1, 'nothing with a reason like "weather" is in quarantine\n')
    assert listed() == ["v 9", "w 1", "w 2"]


@pytest.mark.parametrize("command", [("replay",), ("purge", "--because", "x", "--yes")])
@pytest.mark.parametrize("arguments", [(), ("--all", "--reason", "x"), ("w", "--all")])
def test_everything_must_be_asked_for_and_only_alone(
    engine: Engine, command: tuple[str, ...], arguments: tuple[str, ...]
) -> None:
    assert run(command[0], *arguments, *command[1:]).exit_code == 2
    assert listed() == ["v 9", "w 1", "w 2"]


def test_a_replay_makes_entries_due_and_shows_when(engine: Engine) -> None:
    told = run("replay", "w", "2")
    assert (told.exit_code, told.stdout) == (0, "1 are due again\n")
    assert due(engine) == 1
    shown = json.loads(run("show", "w", "2", "--format", "json").stdout)
    assert shown["replayed_at"] >= shown["last_at"]
    with engine.begin() as connection:
        leases = lease_changes(connection, CONVERSATIONS, None, 10, 60)
        settle_changes(connection, [Settle(lease, "indexed") for lease in leases])
    assert listed() == ["v 9", "w 1"]


def test_a_replay_by_reason_and_of_everything(engine: Engine) -> None:
    assert run("replay", "--reason", "elasticsearch").stdout == "2 are due again\n"
    assert run("replay", "--all").stdout == "3 are due again\n"
    assert due(engine) == 3


def test_a_replay_without_redis_says_that_no_worker_was_woken(engine: Engine) -> None:
    told = run("replay", "w")
    assert told.exit_code == 0
    assert "no worker was woken" in told.stderr
    assert due(engine) == 2


def test_a_replay_wakes_the_workers(engine: Engine, redis_url: str, database_url: str) -> None:
    environment = {**os.environ, "INDEXER_DATABASE_URL": database_url, "INDEXER_REDIS_URL": redis_url}
    redis = Redis.from_url(redis_url)
    redis.flushdb()
    done = forking.run_text(["quarantine", "replay", "v"], environment)
    messages = redis.llen("live")
    redis.flushdb()
    redis.close()
    assert (done.returncode, done.stdout) == (0, "1 are due again\n")
    assert done.stderr == "1 waits for a worker: indexer worker --until-idle\n"
    assert messages == 1


def test_dry_runs_change_nothing(engine: Engine) -> None:
    assert run("replay", "w", "--dry-run").stdout == "2 would be tried again\n"
    assert run("purge", "--all", "--because", "x", "--dry-run").stdout == "3 would be removed\n"
    assert due(engine) == 0
    assert listed() == ["v 9", "w 1", "w 2"]


def test_a_purge_keeps_a_record_of_who_why_and_what(engine: Engine) -> None:
    told = run("purge", "w", "1", "--because", " test data ", "--yes")
    assert told.stdout == "1 removed; indexer quarantine list --purged shows the records\n"
    assert listed() == ["v 9", "w 2"]
    [record] = json.loads(run("list", "--purged", "--format", "json").stdout)
    assert (record["workspace_id"], record["conversation_id"], record["error"]) == ("w", "1", IMMENSE)
    assert (record["purged_by"], record["because"]) == (pwd.getpwuid(os.getuid()).pw_name, "test data")
    assert record["purged_at"] >= record["last_at"]
    assert run("list", "--purged", "--workspace", "v", "--format", "json").stdout.strip() == "[]"


def test_a_purge_asks_first(engine: Engine) -> None:
    refused = run("purge", "w", "--because", "x", answer="n\n")
    assert refused.exit_code == 1
    assert "Remove 2 from quarantine?" in refused.stdout
    assert listed() == ["v 9", "w 1", "w 2"]
    assert run("purge", "w", "--because", "x", answer="y\n").exit_code == 0
    assert listed() == ["v 9"]


@pytest.mark.parametrize("because", [(), ("--because", "  ")])
def test_a_purge_without_a_reason_is_wrong_usage(engine: Engine, because: tuple[str, ...]) -> None:
    assert run("purge", "--all", "--yes", *because).exit_code == 2
    assert listed() == ["v 9", "w 1", "w 2"]


def test_an_empty_quarantine_is_not_a_fault(engine: Engine) -> None:
    run("purge", "--all", "--because", "x", "--yes")
    assert json.loads(run("list", "--format", "json").stdout) == {"reasons": [], "entries": []}
    again = run("replay", "--all")
    assert (again.exit_code, again.stdout) == (0, "0 are due again\n")


def test_a_stop_of_the_drain_is_seen_by_doctor_until_it_is_resumed(engine: Engine) -> None:
    installation = Installation.of(Settings())
    assert postgresql.quarantine_limit(installation).verdict is Verdict.OK
    with engine.begin() as connection:
        stop_drain(connection, CONVERSATIONS, "25 of the last 40 documents", IMMENSE)

    finding = postgresql.quarantine_limit(installation)
    assert finding.verdict is Verdict.FAILED
    assert "25 of the last 40" in finding.detail
    assert IMMENSE in finding.detail
    assert "indexer quarantine resume" in finding.remedy

    assert run("resume", "--dry-run").stdout.endswith("indexing would resume\n")
    assert postgresql.quarantine_limit(installation).verdict is Verdict.FAILED
    told = run("resume").stdout
    assert "25 of the last 40" in told
    assert told.endswith("indexing resumes\n")
    assert postgresql.quarantine_limit(installation).verdict is Verdict.OK
    assert run("resume").stdout == "indexing is not stopped\n"
