"""Tries faults: one process collects the tests, forks of it try the faults. `make mutants` starts it.

It runs in `mutants/`, where mutmut put the faulty functions beside the right ones. The arguments are how many seconds
of tests a fault is worth, the quickest first, and the folders of the tests. Standard input names the faults, one a
line; how each ended goes into mutmut's `.meta` files.

A fork tries some faults one after another. What functions keep (`functools.cache`) is thrown away before each, and a
fault counts as noticed only if the same test passes without it right after; if it does not, what the fault left behind
is to blame, and the rest of the faults go to a new fork.

A fork has the modules of its parent, and what they work out while they are imported is right in them. So a fault in a
function that is called on import, and that no test noticed in a fork, is tried once more in a process that imports
everything with the fault in it.
"""

import contextlib
import gc
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest
from _pytest.runner import runtestprotocol
from mutmut.configuration import config
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

SURVIVED, KILLED, UNTESTED = 0, 1, 33
_SPOILT, _BROKEN = 90, 91
_BATCH = 40
_PROCESSES = os.cpu_count() or 2
_MEMORY = 4 << 30


class Reach(NamedTuple):
    """Which tests call which function, which functions are called on import, how many seconds each test takes."""

    tests: dict[str, set[str]]
    on_import: set[str]
    seconds: dict[str, float]


def function_of(mutant: str) -> str:
    """The function that a fault is in, by mutmut's name for it."""
    return mutant.rpartition("__mutmut_")[0]


def main() -> int:
    mutants = sys.stdin.read().split()
    set_mutant_under_test("stats")  # functions called from here on are noted
    trials = _Trials(mutants)
    options = [
        "-q",
        "--capture=sys",
        "--assert=plain",
        "--tb=native",
        "-o",
        "tmp_path_retention_policy=none",
        *config().pytest_add_cli_args,
    ]
    ended = pytest.main([*options, *sys.argv[2:]], [trials])
    return int(ended) or trials.try_on_import()


class _Trials:
    """A plugin of pytest that tries each fault with the tests that reach it, instead of running all tests once."""

    def __init__(self, mutants: list[str]) -> None:
        self._mutants = mutants
        self._worth = float(sys.argv[1])
        self._results = _Results()
        self._killers: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._again: list[str] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("Not all tests can be collected.")
        on_import = set(state()._stats)
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        gc.freeze()
        items = {item.nodeid: item for item in session.items}
        _at_most(3, session.items)  # what is called is called for the first examples in most cases
        reach = _reach(items, on_import)
        _at_most(10, session.items)  # as many as notice a fault in most cases
        queue = deque(self._batches(reach))
        running: dict[int, tuple[list[str], Path]] = {}
        while queue or running:
            while queue and len(running) < _PROCESSES:
                batch = queue.popleft()
                note = Path(f"batch-{batch[0]}.txt")
                running[_forked(partial(self._try_each, batch, items, reach, note))] = batch, note
            pid, status = os.wait()
            batch, note = running.pop(pid)
            left = self._take(batch, note, os.waitstatus_to_exitcode(status), reach)
            if left:
                queue.appendleft(left)
            print(f"{len(queue)} batches left", flush=True)
        return True

    def try_on_import(self) -> int:
        """Try the rest of the faults in functions that are called on import, each in a process of its own."""
        print(f"{len(self._again)} are tried again with the fault in place on import", flush=True)
        with ThreadPoolExecutor(_PROCESSES) as pool:
            for mutant, code in zip(self._again, pool.map(_try_afresh, self._again), strict=True):
                self._results.end(mutant, code)
        return 0

    def _end(self, mutant: str, code: int, reach: Reach) -> None:
        if code in {SURVIVED, UNTESTED} and function_of(mutant) in reach.on_import:
            self._again.append(mutant)
        else:
            self._results.end(mutant, code)

    def _batches(self, reach: Reach) -> Iterator[list[str]]:
        """Faults of one module together."""
        modules: defaultdict[str, list[str]] = defaultdict(list)
        for mutant in self._mutants:
            if function_of(mutant) in reach.tests:
                modules[mutant.rpartition(".")[0]].append(mutant)
            else:
                self._end(mutant, UNTESTED, reach)
        for mutants in modules.values():
            yield from (mutants[first : first + _BATCH] for first in range(0, len(mutants), _BATCH))

    def _try_each(self, mutants: list[str], items: dict[str, pytest.Item], reach: Reach, note: Path) -> NoReturn:
        """Note each fault, then how it ended."""
        kept = [one for one in gc.get_objects() if hasattr(type(one), "cache_clear")]
        with note.open("w", encoding="utf-8") as notes:
            for mutant in mutants:
                notes.write(f"{mutant}\n")
                notes.flush()
                killer = self._killer(mutant, items, reach, kept)
                notes.write(f"{SURVIVED if killer is None else KILLED}\n")
        os._exit(0)

    def _killer(self, mutant: str, items: dict[str, pytest.Item], reach: Reach, kept: list[Any]) -> str | None:
        """The first test that fails with the fault and passes without it."""
        tests = [items[test] for test in self._tests(mutant, reach)]
        killer = _first_to_fail(mutant, tests, reach, kept)
        if killer is not None:
            if _first_to_fail("", [items[killer]], reach, kept) is not None:
                os._exit(_SPOILT)
            self._killers[function_of(mutant)][killer] += 1
        return killer

    def _take(self, batch: list[str], note: Path, code: int, reach: Reach) -> list[str]:
        """Keep how the faults of a batch ended; those that are left."""
        lines = note.read_text("utf-8").splitlines()
        note.unlink()
        for mutant, ended in zip(lines[::2], lines[1::2], strict=False):
            self._end(mutant, int(ended), reach)
        tried = len(lines) // 2
        if len(lines) % 2 and code == _BROKEN:
            print(f"{batch[tried]} cannot be tried", flush=True)
        elif len(lines) % 2 and code == _SPOILT and tried:
            return batch[tried:]
        elif len(lines) % 2:  # it ended the fork by a signal, such as that of the time, or spoils what comes after it
            self._end(batch[tried], code, reach)
        return batch[tried + 1 :]

    def _tests(self, mutant: str, reach: Reach) -> list[str]:
        """First the tests that noticed other faults in the same function, then the quickest."""
        function = function_of(mutant)
        first = [test for test, _ in self._killers[function].most_common(5)]
        rest = sorted(reach.tests.get(function, set()).difference(first), key=lambda test: reach.seconds[test])
        spent = accumulate(reach.seconds[test] for test in rest)
        worth = [test for test, seconds in zip(rest, spent, strict=True) if seconds <= self._worth]
        return [*first, *(worth or rest[:1])]


class _Results:
    """How faults ended, in the files where mutmut keeps it."""

    def __init__(self) -> None:
        self._metas: dict[Path, dict[str, dict[str, object]]] = {}
        self._files: dict[str, Path] = {}
        for file in Path("indexer").rglob("*.py.meta"):
            self._metas[file] = json.loads(file.read_text("utf-8"))
            self._files.update(dict.fromkeys(self._metas[file]["exit_code_by_key"], file))

    def end(self, mutant: str, code: int) -> None:
        file = self._files[mutant]
        self._metas[file]["exit_code_by_key"][mutant] = code
        file.write_text(json.dumps(self._metas[file], indent=4), "utf-8")


def _at_most(examples: int, items: Iterable[pytest.Item]) -> None:
    """Let tests over generated inputs take no more of them than this."""
    import hypothesis  # pytest wants to import its plugins itself

    for item in items:
        test = getattr(item, "obj", None)
        chosen = getattr(test, "_hypothesis_internal_use_settings", None)
        if chosen is not None:
            test._hypothesis_internal_use_settings = hypothesis.settings(
                chosen, max_examples=min(examples, chosen.max_examples)
            )


def _forked(action: Callable[[], NoReturn]) -> int:
    """The id of a process that does it."""
    pid = os.fork()
    if pid:
        return pid
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        action()
    finally:
        os._exit(_BROKEN)


def _run(items: list[pytest.Item], allowed: Callable[[str], float]) -> Iterator[tuple[str, float, bool]]:
    """Each test's id, seconds and whether it failed. One that takes more CPU seconds than allowed ends the process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    for item, following in zip(items, [*items[1:], None], strict=True):
        limit = int(time.process_time() + allowed(item.nodeid)) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        signal.alarm(600)  # of sleeping
        begun = time.process_time()
        reports = runtestprotocol(item, log=False, nextitem=following)
        yield item.nodeid, time.process_time() - begun, any(report.failed for report in reports)


def _first_to_fail(mutant: str, items: list[pytest.Item], reach: Reach, kept: list[Any]) -> str | None:
    for one in kept:
        one.cache_clear()
    set_mutant_under_test(mutant)
    for test, _, failed in _run(items, lambda test: 5 + 10 * reach.seconds[test]):
        if failed:
            with contextlib.suppress(Exception):
                items[0].session._setupstate.teardown_exact(None)  # what is kept for the next test
            return test
    return None


def _try_afresh(mutant: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", *config().pytest_add_cli_args, *sys.argv[2:]],
        env=os.environ | {"MUTANT_UNDER_TEST": mutant},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=1800,
    ).returncode


def _reach(items: dict[str, pytest.Item], on_import: set[str]) -> Reach:
    """Run all tests without a fault, or read what an earlier run on the same files found."""
    file = Path(f"reach-{sha256(' '.join(sys.argv[2:]).encode()).hexdigest()[:8]}.json")
    files = [*Path("tests").rglob("*.py"), *Path("indexer").rglob("*.py"), Path("pyproject.toml")]
    seen = sha256(b"".join(each.read_bytes() for each in sorted(files))).hexdigest()
    with contextlib.suppress(OSError):
        kept = json.loads(file.read_text("utf-8"))
        if kept["files"] == seen:
            return Reach({f: set(tests) for f, tests in kept["tests"].items()}, set(kept["on_import"]), kept["seconds"])
    tests: defaultdict[str, set[str]] = defaultdict(set)
    seconds: dict[str, float] = {}
    shares = [list(items.values())[number::_PROCESSES] for number in range(_PROCESSES)]
    notes = [file.with_suffix(f".{number}.jsonl") for number in range(_PROCESSES)]
    for share, note in zip(shares, notes, strict=True):
        _forked(partial(_note, share, note))
    for _ in notes:
        os.wait()
    failures = []
    for note in notes:
        for line in note.read_text("utf-8").splitlines():
            test, took, failed, functions = json.loads(line)
            seconds[test] = took
            failures += [test] if failed else []
            for function in functions:
                tests[function].add(test)
    if failures or len(seconds) < len(items):
        missing = [*failures, *sorted(items.keys() - seconds.keys())]
        raise pytest.UsageError("Without a fault these tests fail or end the process: " + ", ".join(missing))
    found = {"files": seen, "on_import": sorted(on_import), "seconds": seconds}
    file.write_text(json.dumps(found | {"tests": {f: sorted(t) for f, t in tests.items()}}), "utf-8")
    return Reach(tests, on_import, seconds)


def _note(items: Iterable[pytest.Item], note: Path) -> NoReturn:
    functions = state()._stats
    functions.clear()
    with note.open("w", encoding="utf-8") as answer:
        for test, took, failed in _run(list(items), lambda _: 600):
            answer.write(json.dumps([test, took, failed, sorted(functions)]) + "\n")
            functions.clear()
    os._exit(SURVIVED)


if __name__ == "__main__":
    sys.exit(main())
