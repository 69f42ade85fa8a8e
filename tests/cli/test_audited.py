"""Every command that changes or exports something is in the audit log: the commands are taken from the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import Engine

from indexer.cli.app import app
from indexer.cli.audited import ACTIONS, ON_THIS_MACHINE
from indexer.cli.command_help import dressed
from indexer.connections import connections
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.settings import settings
from indexer.store.access.audit_log import Entry, list_actions
from indexer.store.database import open_store, upgrade
from tests.builders import conversation, part

READING = {
    "alerts check",
    "alerts list",
    "alerts show",
    "alive",
    "audit list",
    "backfill list",
    "backfill watch",
    "compute",
    "diff",
    "doctor",
    "events activity",
    "events list",
    "events names",
    "explain",
    "export list",
    "export show",
    "index status",
    "index verify",
    "people attribute list",
    "people count",
    "people erasures",
    "people filter",
    "people list",
    "people show",
    "people why",
    "quarantine list",
    "quarantine show",
    "reconcile new-inbound",
    "report check",
    "report conversations",
    "report list",
    "report run",
    "report show",
    "segments count",
    "segments list",
    "segments show",
    "status",
    "subscriptions list",
    "subscriptions show",
    "token list",
    "user list",
    "views list",
    "views show",
    "workspace list",
    "workspace show",
}
"""The commands that only show something to the person who runs them."""


def commands_of(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every command that can be run, by its path."""
    further = getattr(command, "commands", {})
    if path and (not further or command.invoke_without_command):
        yield path, command
    for name, one in further.items():
        yield from commands_of(one, f"{path} {name}".strip())


COMMANDS = dict(commands_of(typer.main.get_command(app)))


def test_every_command_is_audited_or_changes_nothing_stored() -> None:
    declared = [*ACTIONS, *READING, *ON_THIS_MACHINE]
    assert len(declared) == len(set(declared))
    assert set(COMMANDS) == set(declared), "declare a command that changes or exports something in cli/audited.py"


def test_a_command_that_can_be_tried_without_a_change_is_one_that_changes_something() -> None:
    tried = {path for path, one in COMMANDS.items() if {"dry_run", "yes"} & {param.name for param in one.params}}
    assert tried - ON_THIS_MACHINE <= set(ACTIONS)


@pytest.mark.parametrize("path", ACTIONS)
def test_an_action_is_about_parameters_that_the_command_has(path: str) -> None:
    names = {param.name for param in COMMANDS[path].params}
    assert {ACTIONS[path].target, ACTIONS[path].only_with} - {None} <= names


@pytest.fixture
def store(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An empty store, and a Redis that is away."""
    monkeypatch.setenv("INDEXER_DATABASE_URL", database_url)
    monkeypatch.setenv("INDEXER_REDIS_URL", "redis://127.0.0.1:1/0")
    settings.cache_clear()
    connections.cache_clear()
    engine = open_store(database_url)
    upgrade(engine)
    yield engine
    engine.dispose()
    connections().close()
    connections.cache_clear()
    settings.cache_clear()


def entries(store: Engine) -> list[Entry]:
    with store.connect() as connection:
        return list_actions(connection)


def ended(path: str, how: Any = None, **params: Any) -> None:
    """Have a command, as `main` builds it, end in that way without doing anything."""
    command = dict(commands_of(dressed(typer.main.get_command(app))))[path]

    def callback(**_: Any) -> None:
        if how is not None:
            raise how

    command.callback = callback
    context = command.context_class(command, info_name=path)
    given = dict.fromkeys(param.name for param in command.params)
    context.params = {**given, **params} | ({"context": context} if getattr(command, "commands", None) else {})
    command.invoke(context)


@pytest.mark.services
def test_every_such_command_adds_an_entry_with_its_action_unless_it_is_a_dry_run(store: Engine) -> None:
    for path, audited in ACTIONS.items():
        of_option = {} if audited.only_with is None else {audited.only_with: True}
        ended(path, **of_option)
        assert entries(store)[0].action == audited.action
        number = len(entries(store))
        if "dry_run" in {param.name for param in COMMANDS[path].params}:
            ended(path, dry_run=True, **of_option)
        if audited.only_with is not None:
            ended(path)
        assert len(entries(store)) == number
    assert len(entries(store)) == len(ACTIONS)
    assert {one.actor.partition(" (")[0] for one in entries(store)} == {"command line"}


@pytest.mark.services
def test_the_end_of_a_command_decides_whether_there_is_an_entry(store: Engine) -> None:
    def with_error(path: str, how: BaseException) -> None:
        with pytest.raises(type(how)):
            ended(path, how, dataset="calls")

    with_error("index swap", OperatorError("no rebuild is going on"))
    with_error("quarantine purge", typer.Abort())
    with_error("import", OperatorError("there is no such file"))
    assert entries(store) == []
    with_error("quarantine replay", typer.Exit(1))
    assert entries(store)[0].action == "quarantine_replayed"
    with_error("index rebuild", typer.Exit(130))
    assert (entries(store)[0].action, entries(store)[0].details) == ("index_rebuilt", {"interrupted": True})
    connections().store.connect().close()
    with_error("import", ServiceUnavailable("PostgreSQL is gone"))
    assert (entries(store)[0].target, entries(store)[0].details) == ("calls", {"failed": True})


def run(*arguments: str) -> int:
    """The exit code of a command as `main` runs it."""
    try:
        dressed(typer.main.get_command(app))(list(arguments), prog_name="indexer")
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.services
def test_commands_that_are_run_are_in_the_log_once(store: Engine, tmp_path: Path) -> None:
    file = tmp_path / "conversations.ndjson"
    file.write_text(json.dumps(conversation(part("A", "comment", 61), at=1, id="1", updated_at=5)) + "\n{}\n")
    contact = {"id": "p1", "role": "user", "email": "ann@example.org", "created_at": 1}
    people = tmp_path / "people.ndjson"
    people.write_text(json.dumps(contact) + "\n" + json.dumps(contact | {"id": "p2", "email": "b@example.org"}) + "\n")
    of_acme = ("--workspace", "acme")

    assert run("import", str(file), *of_acme, "--dry-run") == 1
    assert entries(store) == []
    assert run("import", str(file), *of_acme) == 1
    assert run("import", str(people), *of_acme, "--dataset", "people") == 0
    assert run("people", "merge", "p1", "p2", *of_acme) == 0
    assert run("people", "attribute", "create", "plan", *of_acme, "--type", "string") == 0
    assert run("workspace", "set", "acme", "--time-zone", "Europe/Dublin") == 0
    assert run("quarantine", "resume") == 0

    found = [(one.action, one.workspace_id, one.target) for one in reversed(entries(store))]
    assert found == [
        ("records_imported", "acme", "conversations"),
        ("records_imported", "acme", "people"),
        ("people_merged", "acme", None),
        ("attribute_declared", "acme", "plan"),
        ("workspace_set", "acme", None),
        ("indexing_resumed", None, "conversations"),
    ]
    of_import = entries(store)[-1].details
    assert (of_import["files"], of_import["created"], of_import["refused"]) == (["conversations.ndjson"], 1, 1)
    assert "example.org" not in str(entries(store))
    assert "p1" not in str(entries(store))
