"""The page about messages names the files, columns and commands that there are."""

import re
import shlex
from typing import Any

import pytest
import typer

import indexer.cli  # noqa: F401  (registers the commands)
from indexer.cli.app import app
from indexer.cli.command_help import dressed
from indexer.messages.statistics import CHECKPOINT_COLUMNS, CONTENT_TYPES, EVENTS, RECEIPT_COLUMNS, SURVEY, Statistic
from indexer.resources import resource_dir

PAGE = (resource_dir("mappings").parent / "docs" / "messages.md").read_text()
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| `\w+\.csv`", line)]
COMMANDS = re.findall(r"^    (?:\$ )?(indexer .*)$", PAGE, flags=re.MULTILINE)


def _row(statistic: Statistic) -> str:
    possible = {content_type for content_type in CONTENT_TYPES if statistic.can_be_of(content_type)}
    named = sorted(content_type.replace("_", " ") for content_type in possible - {SURVEY})
    content = "all" if possible == CONTENT_TYPES else ", ".join(named)
    return f"| `{statistic.file}` | {', '.join(statistic.columns)} | {content} |"


def test_every_file_is_described_as_it_is() -> None:
    receipts = f"| `receipt.csv` | {', '.join(RECEIPT_COLUMNS)} | all |"
    checkpoints = f"| `checkpoint.csv` | {', '.join(CHECKPOINT_COLUMNS)} | |"
    assert [receipts, *map(_row, EVENTS.values()), checkpoints] == ROWS


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_page_is_one_that_is_understood(line: str) -> None:
    """Its words are parsed; nothing is run."""
    words = shlex.split(line.partition(" > ")[0])[1:]
    command: Any = dressed(typer.main.get_command(app))
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    command.make_context(line, words)
