"""What reaches a terminal, tried on a real one (a pseudo terminal)."""

import ast
import sys
from pathlib import Path

import indexer
from tests.pseudo_terminal import on_a_terminal

HOSTILE = "\x1b]0;owned\x07[red]:smile:\x9b2J\u202eRed\x1b[31m"
SHOWN = "[red]:smile:Red"

PRINTING = f"""
import sys, time
from rich.progress import TextColumn
from rich.text import Text
from indexer.cli.app import say
from indexer.cli.output import print_json, print_records
from indexer.errors import OperatorError
from indexer.terminal import console, guard, progress_bar
hostile = {HOSTILE!r}
guard()
print("print", hostile)
print("error", hostile, file=sys.stderr)
sys.stdout.buffer.write(b"bytes " + hostile.encode() + b"\\n")
sys.stdout.flush()
console().print("console", hostile)
console(stderr=True).print(Text("text " + hostile.replace("\x07", "\x1b\\\\")))
say(OperatorError("message " + hostile, "remedy " + hostile))
for form in ("table", "csv"):
    print_records([{{"name": hostile}}], ["name"], form)
print_json([hostile])
with progress_bar(TextColumn("{{task.description}}", markup=False)) as bar:
    bar.add_task("task " + hostile.replace("\x07", "\x1b\\\\"), total=1)
    print("meanwhile", hostile)
    print("meanwhile too", hostile, file=sys.stderr)
    time.sleep(0.2)
"""


def test_no_way_to_the_terminal_lets_a_hostile_name_steer_it() -> None:
    written, code = on_a_terminal([sys.executable, "-c", PRINTING])
    assert code == 0, written
    for sign in ("owned", "\x1b]", "\x9b", "\x07", "\u202e", "2J"):
        assert sign not in written.replace("\\u001b]0;owned\\u0007[red]:smile:\\u009b2J", ""), sign
    for place in ("print", "error", "bytes", "console", "text", "message", "remedy", "task", "meanwhile"):
        assert f"{place} {SHOWN}" in written, place
    assert f"meanwhile too {SHOWN}" in written
    assert "\\u202eRed" in written  # JSON says all of it, by escapes


def test_consoles_and_bars_are_made_in_one_place() -> None:
    root = Path(indexer.__file__).parent
    makers = set()
    for file in root.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or (node.module or "").partition(".")[0] != "rich":
                continue
            if {"Console", "Progress", "print"} & {alias.name for alias in node.names}:
                makers.add(file.relative_to(root).as_posix())
    assert makers == {"terminal.py"}
