"""Run a benchmark: `python -m benchmarks NAME [--json] [--rounds N]`; without a name, list them.

A benchmark is a module of this package with a docstring and `run(rounds, progress) -> Result`.
"""

import argparse
import json
import pkgutil
from importlib import import_module
from pathlib import Path
from types import ModuleType

from benchmarks import _harness


def _names() -> list[str]:
    found = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    return sorted(name for name in found if not name.startswith("_"))


def _module(name: str) -> ModuleType:
    return import_module(f"benchmarks.{name}")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure a hot path against a baseline.")
    parser.add_argument("name", nargs="?", choices=_names(), help="the benchmark; without it they are listed")
    parser.add_argument("--json", action="store_true", help="print one JSON object, last on standard output")
    parser.add_argument("--rounds", type=int, default=5, help="rounds in turn, of which the median counts (default 5)")
    asked = parser.parse_args()
    if asked.rounds < 1:
        parser.error("--rounds must be at least 1")
    if asked.name is None:
        for name in _names():
            print(f"{name:<14} {(_module(name).__doc__ or '').partition(chr(10))[0]}")
        return
    result = _module(asked.name).run(asked.rounds, _harness.to_stderr)
    if asked.json:
        print(json.dumps(_harness.as_json(asked.name, result)))
    else:
        _harness.print_table(asked.name, result)


if __name__ == "__main__":  # a process that a benchmark spawns imports this module under another name
    main()
