"""Run a benchmark: `python -m benchmarks NAME [--json] [--keep] [--rounds N] [--size N]`; without a name, list them.

`all` runs one after the other. `--keep` writes what was found to `benchmarks/results/`, from which
`python -m benchmarks._plots` makes the plots of docs/performance.md. A benchmark is a module of this package with a
docstring and `run(rounds, progress) -> Result`; one whose `run` also has a `size` can be run with other sizes.
"""

import argparse
import inspect
import json
import pkgutil
from importlib import import_module
from pathlib import Path
from types import ModuleType

from benchmarks import _harness, _results


def _names() -> list[str]:
    found = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    return sorted(name for name in found if not name.startswith("_"))


def _module(name: str) -> ModuleType:
    return import_module(f"benchmarks.{name}")


def _takes_size(name: str | None) -> bool:
    return name in _names() and "size" in inspect.signature(_module(name).run).parameters


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure a hot path against a baseline.")
    parser.add_argument(
        "name", nargs="?", choices=[*_names(), "all"], help="the benchmark, or all; without it they are listed"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, last on standard output")
    parser.add_argument("--keep", action="store_true", help="keep what was found in benchmarks/results/")
    parser.add_argument("--rounds", type=int, default=5, help="rounds in turn, of which the median counts (default 5)")
    parser.add_argument("--size", type=int, help="how many things to measure with, if the benchmark lets you choose")
    parser.add_argument("--models", action="store_true", help="with people: compare the ways of laying out values")
    asked = parser.parse_args()
    if asked.rounds < 1:
        parser.error("--rounds must be at least 1")
    if asked.size is not None and (asked.size < 1 or not _takes_size(asked.name)):
        parser.error("--size is at least 1, and for a benchmark that lets you choose it")
    if asked.models:
        if asked.name != "people":
            parser.error("--models is for the benchmark people")
        sizes = {} if asked.size is None else {"size": asked.size}
        print(_module("people").compare(_harness.to_stderr, **sizes))
        return
    if asked.name is None:
        for name in _names():
            print(f"{name:<14} {(_module(name).__doc__ or '').partition(chr(10))[0]}")
        return
    for name in _names() if asked.name == "all" else [asked.name]:
        sizes = {} if asked.size is None else {"size": asked.size}
        result: _harness.Result = _module(name).run(asked.rounds, _harness.to_stderr, **sizes)
        if asked.keep:
            _harness.to_stderr(f"kept in {_results.keep(name, result)}")
        if asked.json:
            print(json.dumps(_harness.as_json(name, result)))
        else:
            _harness.print_table(name, result)


if __name__ == "__main__":  # a process that a benchmark spawns imports this module under another name
    main()
