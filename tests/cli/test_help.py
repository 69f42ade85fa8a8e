"""Every command's help flows, fits 80 columns and has an example that the command understands."""

import itertools
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import indexer.cli  # noqa: F401  (registers the commands)
from indexer.cli.app import app
from indexer.cli.command_help import dressed
from indexer.cli.completion import VALUES
from indexer.cli.examples import EXAMPLES
from indexer.cli.short_help import SHORT
from indexer.store.database import open_store, upgrade
from indexer.store.entities.workspaces import Workspace, save_workspace

WIDTH = 80
ROOT = dressed(typer.main.get_command(app))


def commands(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, further in getattr(command, "commands", {}).items():
        yield from commands(further, f"{path} {name}".strip())


COMMANDS = dict(commands(ROOT))


def help_of(path: str) -> list[str]:
    command = COMMANDS[path]
    context = command.make_context(f"indexer {path}".strip(), [], resilient_parsing=True, terminal_width=WIDTH)
    return str(command.get_help(context)).splitlines()


def test_every_command_has_examples_and_a_line_and_nothing_else_has() -> None:
    assert set(EXAMPLES) == set(COMMANDS)
    assert set(SHORT) == set(COMMANDS) - {""}


@pytest.mark.parametrize("path", COMMANDS)
def test_its_help_has_an_example_and_fits(path: str) -> None:
    lines = help_of(path)
    assert any(line.strip() in {"Example:", "Examples:"} for line in lines)
    assert all(f"    {line}" in lines for example in EXAMPLES[path] for line in example.split("\n"))
    assert all(len(line) <= WIDTH for line in lines), path


@pytest.mark.parametrize("path", COMMANDS)
def test_its_paragraphs_flow(path: str) -> None:
    """No line of a paragraph ends before the next word would have had to."""
    lines = help_of(path)
    about = lines[2 : next(place for place, line in enumerate(lines) if line in {"Options:", "Arguments:"})]
    for line, following in itertools.pairwise(about):
        if line.strip() and following.strip():
            assert len(line) + 1 + len(following.split()[0]) > WIDTH - 2, (line, following)


@pytest.mark.parametrize("path", COMMANDS)
def test_its_line_in_the_list_is_whole(path: str) -> None:
    group = COMMANDS[path.rpartition(" ")[0]] if path else None
    if group is not None:
        listed = "\n".join(help_of(path.rpartition(" ")[0]))
        assert SHORT[path] in re.sub(r"\s*\n\s+", " ", listed)
        assert "..." not in re.sub(r"\.\.\.$", "", listed.partition("Commands:")[2], flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("path", "example"), [(path, example) for path, examples in EXAMPLES.items() for example in examples]
)
def test_an_example_is_one_that_the_command_understands(path: str, example: str) -> None:
    """Its words are parsed; nothing is run."""
    line = example.replace("\\\n", " ").rpartition("| ")[2].partition(" > ")[0]
    words = shlex.split(line)
    assert words.pop(0) == "indexer"
    command, name = ROOT, ""
    while words and words[0] in getattr(command, "commands", {}):
        name = f"{name} {words[0]}".strip()
        command = command.commands[words.pop(0)]
    assert name == path or name.startswith(f"{path} ") or not path
    command.make_context(name, words)


@pytest.mark.parametrize("path", COMMANDS)
def test_options_and_arguments_are_described_in_words_of_readers(path: str) -> None:
    text = "\n".join(help_of(path))
    assert "<str>" not in text
    assert "list[" not in text.partition("Examples:")[0]
    for parameter in COMMANDS[path].params:
        assert parameter.help, (path, parameter.name)


def completed(line: str, **variables: str) -> list[str]:
    """What bash is given for the line, whose last word is the one begun."""
    words = line.split(" ")
    environment = os.environ | {
        "_INDEXER_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "DATABASE_URL": "",
        "INDEXER_HOME": "/nonexistent",
        **variables,
    }
    command = [sys.executable, "-m", "indexer"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("indexer rep", ["report"]),
        ("indexer report r", ["run"]),
        ("indexer report run new_inb", ["new_inbound_conversations"]),
        ("indexer report run csat_score --format j", ["json"]),
        ("indexer report run csat_score --group-by rating", ["rating_teammate"]),
        ("indexer report run csat_score --where chan", ["channel="]),
        ("indexer report run csat_score --time-zone Europe/Dub", ["Europe/Dublin"]),
        ("indexer report run csat_score --interval w", ["week"]),
        ("indexer explain 1001 legacy.first_u", ["legacy.first_user_reply_at"]),
        ("indexer explain --dataset message_receipts 1 first_op", ["first_open_at"]),
        ("indexer import a.json --dataset teammate_s", ["teammate_statuses"]),
        ("indexer import a.json --dataset messages", ["messages"]),
        ("indexer backfill --dataset messages", []),
        ("indexer report run csat_score --workspace ac", []),
        ("indexer doctor --form", ["--format"]),
    ],
)
def test_a_shell_completes_it_without_any_service(line: str, values: list[str]) -> None:
    assert completed(line) == values


@pytest.mark.services
def test_workspaces_are_completed_if_the_store_is_there(database_url: str) -> None:
    engine = open_store(database_url)
    upgrade(engine)
    with engine.begin() as connection:
        save_workspace(connection, Workspace("completed-by-shells"))
    engine.dispose()
    line = "indexer report run csat_score --workspace completed-by"
    assert completed(line, DATABASE_URL=database_url) == ["completed-by-shells"]


def test_every_source_of_values_is_used() -> None:
    names = {name for command in COMMANDS.values() for parameter in command.params for name in parameter.opts}
    names |= {
        parameter.metavar or parameter.name.upper()
        for command in COMMANDS.values()
        for parameter in command.params
        if parameter.param_type_name == "argument"
    }
    assert set(VALUES) <= names


def test_an_error_of_usage_is_plain_and_takes_no_markup() -> None:
    result = CliRunner().invoke(app, ["report", "[red]list[/red]"])
    assert result.exit_code == 2
    assert "[red]list[/red]" in result.output
    assert "╭" not in result.output
