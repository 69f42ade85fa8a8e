"""Small faults put into the pure rooms, to see which ones the tests do not notice: `make mutants`.

mutmut makes the faults and runs the tests that reach them. It goes on where it was interrupted, under `mutants/`.
Only modules that changed since a git ref are taken unless `--all` is given. A fault that no test notices fails the
run, unless `tests/equivalent_mutants.yaml` has a line for it that says why it changes nothing that matters.
"""

import argparse
import fnmatch
import json
import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parent.parent
LINES = Path(__file__).with_name("equivalent_mutants.yaml")
_SURVIVED, _UNTESTED = 0, 33


class Mutant(NamedTuple):
    """One fault by its name (`indexer.metrics.replies.x_pairs__mutmut_3`) and how the tests ended; None: not run."""

    name: str
    exit_code: int | None

    @property
    def function(self) -> str:
        """The function that it is in, with its module."""
        module, _, mangled = self.name.rpartition("__mutmut_")[0].rpartition(".")
        return f"{module}.{mangled.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"

    @property
    def room(self) -> str:
        """The room that it is in: `indexer.metrics`."""
        return ".".join(self.name.split(".")[:2])


def main() -> int:
    """Run the mutants of the modules asked for; 1 if one survived without a line."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--since", default="main", metavar="REF", help="Only modules that changed since this git ref.")
    parser.add_argument("--all", action="store_true", help="All modules of the pure rooms.")
    parser.add_argument("--only", metavar="PATTERN", help="Only these modules, such as 'indexer.metrics.*'.")
    parser.add_argument("--report", action="store_true", help="Run nothing, report what earlier runs found.")
    asked = parser.parse_args()
    patterns = [asked.only] if asked.only else ["*"] if asked.all else list(_changed_since(asked.since))
    if not patterns:
        print(f"No module of the pure rooms has changed since {asked.since}; --all takes them all.")
        return 0
    if not asked.report:
        environment = os.environ | {"INDEXER_NATIVE": "0"}  # a compiled definition would hide its faults
        command = [sys.executable, "-m", "mutmut", "run", *([] if patterns == ["*"] else patterns)]
        subprocess.run(command, cwd=ROOT, env=environment, check=False)
    return _report([one for one in _mutants() if any(fnmatch.fnmatch(one.name, pattern) for pattern in patterns)])


def _changed_since(ref: str) -> Iterator[str]:
    """The names of the mutants of each module that may be mutated and has changed, as patterns."""
    rooms = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]["only_mutate"]
    changed = subprocess.run(
        ["git", "diff", "--name-only", "--diff-filter=d", ref, "--", "indexer"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for file in changed.stdout.splitlines():
        if any(fnmatch.fnmatch(file, room) for room in rooms):
            yield f"{file.removesuffix('.py').replace('/', '.')}.*"


def _mutants() -> Iterator[Mutant]:
    for file in sorted((ROOT / "mutants").rglob("*.py.meta")):
        for name, exit_code in json.loads(file.read_text("utf-8"))["exit_code_by_key"].items():
            yield Mutant(name, exit_code)


def _report(mutants: list[Mutant]) -> int:
    reasons = {(line["function"], line["change"]): line["why"] for line in yaml.safe_load(LINES.read_text()) or ()}
    counts: dict[str, Counter[str]] = {}
    unexplained = 0
    for mutant in mutants:
        ended = "killed"
        if mutant.exit_code is None:
            ended = "not run"
        elif mutant.exit_code in {_SURVIVED, _UNTESTED}:
            change = _change(mutant)
            ended = "equivalent" if (mutant.function, change) in reasons else "survived"
            if ended == "survived":
                unexplained += 1
                print(f"- function: {mutant.function}\n  change: {json.dumps(change, ensure_ascii=False)}\n  why:\n")
        counts.setdefault(mutant.room, Counter())[ended] += 1
    for room, ends in counts.items():
        print(f"{room}: {ends.total()} in all, " + ", ".join(f"{number} {end}" for end, number in sorted(ends.items())))
    print(f"{unexplained} survived without a line in {LINES.name}")
    return 1 if unexplained else 0


def _change(mutant: Mutant) -> str:
    """The line before and after, without the blanks at its ends."""
    shown = subprocess.run(
        [sys.executable, "-m", "mutmut", "show", mutant.name], cwd=ROOT, check=True, capture_output=True, text=True
    )
    lines = [line for line in shown.stdout.splitlines() if line[:1] in {"-", "+"} and line[:3] not in {"---", "+++"}]
    before = " ".join(line[1:].strip() for line in lines if line[0] == "-")
    after = " ".join(line[1:].strip() for line in lines if line[0] == "+")
    return f"{before} → {after}"


if __name__ == "__main__":
    sys.exit(main())
