"""Small faults put into the pure rooms, to see which ones the tests do not notice: `make mutants`.

mutmut makes the faults, under `mutants/`; tests/mutant_trials.py runs the tests that reach them: first the quick ones
of the same room, then for what these did not notice all of them. What was noticed is not tried again until its function
changes, so an interrupted run goes on where it was. Only modules that changed since a git ref are taken unless `--all`
is given. A fault that no test notices fails the run, unless a rule of tests/mutant_rules.py or a line of
`tests/equivalent_mutants.yaml` says why it changes nothing that matters.
"""

import argparse
import contextlib
import fnmatch
import io
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from difflib import ndiff
from functools import cached_property
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import yaml

from tests.mutant_rules import ruled

ROOT = Path(__file__).parent.parent
LINES = Path(__file__).with_name("equivalent_mutants.yaml")
_FAULTS = ROOT / "mutants"
_UNNOTICED = (0, 33)


class Mutant(NamedTuple):
    """One fault by its name (`indexer.metrics.states.x_pairs__mutmut_3`) and how the tests ended, None if not tried."""

    name: str
    exit_code: int | None
    before: str
    after: str

    @property
    def function(self) -> str:
        """The function that it is in, with its module."""
        module, _, mangled = self.name.rpartition("__mutmut_")[0].rpartition(".")
        return f"{module}.{mangled.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"

    @property
    def room(self) -> str:
        """The room that it is in: `indexer.metrics`."""
        return ".".join(self.name.split(".")[:2])

    def change(self) -> str:
        """The line before and after, without the blanks at its ends."""
        lines = [line for line in ndiff(self.before.splitlines(), self.after.splitlines()) if line[0] in "-+"]
        before = " ".join(line[1:].strip() for line in lines if line[0] == "-")
        after = " ".join(line[1:].strip() for line in lines if line[0] == "+")
        return f"{before} → {after}"


def main() -> int:
    """Try the faults of the modules asked for; 1 if one was not noticed and nothing says why."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--since", default="main", metavar="REF", help="Only modules that changed since this git ref.")
    parser.add_argument("--all", action="store_true", help="All modules of the pure rooms.")
    parser.add_argument("--only", metavar="PATTERN", help="Only these faults, such as 'indexer.metrics.*'.")
    parser.add_argument("--report", action="store_true", help="Try nothing, report what earlier runs found.")
    parser.add_argument("--summary", action="store_true", help="Report the counts alone.")
    asked = parser.parse_args()
    patterns = [asked.only] if asked.only else ["*"] if asked.all else list(_changed_since(asked.since))
    if not patterns:
        print(f"No module of the pure rooms has changed since {asked.since}; --all takes them all.")
        return 0
    reasons = {(line["function"], line["change"]) for line in yaml.safe_load(LINES.read_text("utf-8")) or ()}
    if not asked.report:
        from mutmut.configuration import config

        _make()
        for room in sorted({mutant.room for mutant in _mutants(patterns)}):
            _try(_left(patterns, reasons, room, {"not tried"}), [f"tests/{room.partition('.')[2]}"], seconds=5)
        _try(
            _left(patterns, reasons, "indexer", {"survived"}), config().pytest_add_cli_args_test_selection, seconds=600
        )
    return _report(list(_mutants(patterns)), reasons, summary=asked.summary)


def _changed_since(ref: str) -> Iterator[str]:
    """The names of the faults of each module that may have some and has changed, as patterns."""
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


def _make() -> None:
    """Put the faulty functions beside the right ones in `mutants/`, with the tests as they are now."""
    from mutmut.__main__ import create_mutants
    from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir

    os.chdir(ROOT)
    shutil.rmtree(_FAULTS / "tests", ignore_errors=True)
    for file in _FAULTS.glob("indexer/**/*.py"):
        if not (ROOT / file.relative_to(_FAULTS)).exists():
            for left in (file, Path(f"{file}.meta"), Path(f"{file}.spans")):
                left.unlink(missing_ok=True)
    with contextlib.redirect_stdout(io.StringIO()):
        copy_src_dir()
        copy_also_copy_files()
        create_mutants(os.cpu_count() or 2)


def _left(patterns: list[str], reasons: set[tuple[str, str]], room: str, ends: set[str]) -> list[Mutant]:
    return [one for one in _mutants(patterns) if one.room.startswith(room) and _ended(one, reasons) in ends]


def _try(mutants: list[Mutant], suites: list[str], seconds: int) -> None:
    if not mutants:
        return
    subprocess.run(
        [sys.executable, "-m", "tests.mutant_trials", str(seconds), *suites],
        cwd=_FAULTS,
        env=os.environ | {"INDEXER_NATIVE": "0"},  # a compiled definition would hide its faults
        input="\n".join(mutant.name for mutant in mutants),
        text=True,
        check=True,
    )


def _mutants(patterns: list[str]) -> Iterator[Mutant]:
    for meta in sorted(_FAULTS.rglob("*.py.meta")):
        faulty = _Functions(meta.with_suffix(""))
        for name, exit_code in json.loads(meta.read_text("utf-8"))["exit_code_by_key"].items():
            if any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
                function = name.rpartition(".")[2]
                original = f"{function.rpartition('__mutmut_')[0]}__mutmut_orig"
                before, after = faulty.source(original), faulty.source(function).replace(function, original, 1)
                yield Mutant(name, exit_code, before, after)


class _Functions:
    """The functions of a module that mutmut made, by the index that it keeps beside it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @cached_property
    def _lines(self) -> list[str]:
        return self._file.read_text("utf-8").splitlines(keepends=True)

    @cached_property
    def _spans(self) -> dict[str, tuple[int, int]]:
        spans: dict[str, tuple[int, int]] = json.loads(Path(f"{self._file}.spans").read_text("utf-8"))["spans"]
        return spans

    def source(self, function: str) -> str:
        first, last = self._spans[function]
        return dedent("".join(self._lines[first - 1 : last]))


def _ended(mutant: Mutant, reasons: set[tuple[str, str]]) -> str:
    if mutant.exit_code is not None and mutant.exit_code not in _UNNOTICED:
        return "killed"
    rule = ruled(mutant.before, mutant.after)
    if rule:
        return rule
    if mutant.exit_code is None:
        return "not tried"
    return "equivalent" if (mutant.function, mutant.change()) in reasons else "survived"


def _report(mutants: list[Mutant], reasons: set[tuple[str, str]], *, summary: bool) -> int:
    counts: dict[str, Counter[str]] = {}
    for mutant in mutants:
        ended = _ended(mutant, reasons)
        counts.setdefault(mutant.room, Counter())[ended] += 1
        if ended == "survived" and not summary:
            change = json.dumps(mutant.change(), ensure_ascii=False)
            print(f"# {mutant.name}\n- function: {mutant.function}\n  change: {change}\n  why:\n")
    for room, ends in counts.items():
        print(f"{room}: {ends.total()} in all, " + ", ".join(f"{number} {end}" for end, number in sorted(ends.items())))
    survived = sum(ends["survived"] for ends in counts.values())
    print(f"{survived} survived without a rule or a line in {LINES.name}")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
