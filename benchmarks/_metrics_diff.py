"""What a change of definitions does to the numbers: `python -m benchmarks._metrics_diff BASE`, or `make metrics-diff`.

Both versions of the code, that of the git ref BASE and the one at hand, compute the sample, a real log of incidents
(benchmarks/incidents.md) and whatever files of conversations are named, within office hours, each in a process of its
own. Exit code 0 when no field differs, 1 when one does, 2 for a ref that is none or a version that cannot compute.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path

import orjson

from indexer.differences.comparison import Comparison
from indexer.differences.fields import EVERY_FIELD
from indexer.differences.tally import FieldTally, Tally
from indexer.keys import EntityKey
from indexer.sample import generate, office_hours

ROOT = Path(__file__).parents[1]
INCIDENTS = Path(__file__).with_name("incidents.ndjson.gz")
SAMPLES = 3


class CannotCompareError(Exception):
    """Says in a sentence why nothing could be compared."""


@contextmanager
def checked_out(ref: str) -> Iterator[Path]:
    """The tree of a git ref in a worktree of its own, which is gone afterwards."""
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run([*git, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"],
                           capture_output=True, text=True, check=False)  # fmt: skip
    if found.returncode:
        raise CannotCompareError(f"{ref!r} is no commit, branch or tag of this repository")
    with tempfile.TemporaryDirectory(prefix="metrics-diff-") as directory:
        tree = Path(directory) / "base"
        subprocess.run([*git, "worktree", "add", "--quiet", "--detach", str(tree), found.stdout.strip()], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "worktree", "remove", "--force", str(tree)], check=True)


def start_computing(tree: Path, source: Path, hours: Path, target: Path) -> "subprocess.Popen[bytes]":
    """Let the code of a tree compute the documents of a file into another."""
    arguments = ["compute", str(source), "--office-hours", str(hours), "--workspace", "w"]
    with target.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "indexer", *arguments],
            cwd=tree,
            env=os.environ | {"PYTHONPATH": str(tree)},
            stdout=output,
        )


def compare(before: Path, after: Path, comparison: Comparison) -> tuple[Tally, int]:
    """What differs between two files of the same conversations in the same order, and how many those are."""
    tally, count = Tally(), 0
    with before.open("rb") as ours, after.open("rb") as theirs:
        for one, other in zip_longest(ours, theirs):
            count += 1
            if one is None or other is None:
                raise CannotCompareError("one version refuses conversations that the other computes")
            if one != other:
                left, right = orjson.loads(one), orjson.loads(other)
                key = EntityKey(left["workspace_id"], left["conversation_id"])
                for difference in comparison.differences(key, left, right, tally):
                    tally.of(difference.pair).add(difference, SAMPLES)
    return tally, count


def metrics_diff(ref: str, source: Path, hours: Path, directory: Path) -> tuple[Tally, int]:
    """What the code at hand makes other of the conversations of a file than the code of a git ref."""
    with checked_out(ref) as base:
        targets = [directory / "before.ndjson", directory / "after.ndjson"]
        running = [
            start_computing(tree, source, hours, target) for tree, target in zip([base, ROOT], targets, strict=True)
        ]
        if any([one.wait() not in (0, 1) for one in running]):  # noqa: C419  (both have to end)
            raise CannotCompareError(f"the code of {ref!r} or that at hand does not compute")
    return compare(targets[0], targets[1], Comparison(None, EVERY_FIELD.takes))


def lines_of(fields: Sequence[FieldTally]) -> Iterator[str]:
    """For each field that differs: how often, by how much, and samples."""
    for one in fields:
        yield f"{one.pair.name}: {one.differing} (new {one.missing_left}, gone {one.missing_right}){_apart(one)}"
        for sample in one.samples:
            yield f"    {sample.key.entity_id}: {json.dumps(sample.left)} -> {json.dumps(sample.right)}"


def _apart(one: FieldTally) -> str:
    spread = one.spread
    return f", median {spread.median}, biggest {spread.biggest}" if spread.count else ""


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(prog="make metrics-diff", description=__doc__.split("\n")[0])
    parser.add_argument("base", help="a git ref: the code to compare with")
    parser.add_argument("files", nargs="*", type=Path, help="further conversations to compute (NDJSON, gzip)")
    parser.add_argument("--conversations", type=int, default=3000, help="of the sample (default 3000)")
    asked = parser.parse_args()
    differing = False
    with tempfile.TemporaryDirectory(prefix="metrics-diff-") as name:
        directory = Path(name)
        sample, hours = directory / "sample.ndjson", directory / "hours.json"
        sample.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in generate(asked.conversations, 1)))
        hours.write_bytes(orjson.dumps(office_hours()))
        try:
            for source in [sample, INCIDENTS, *asked.files]:
                tally, count = metrics_diff(asked.base, source.resolve(), hours, directory)
                fields = [one for one in tally.fields.values() if one.differing]
                print(f"{source.name}: {count} conversations, {len(fields)} fields differ from {asked.base}")
                for line in lines_of(fields):
                    print(line)
                differing = differing or bool(fields)
        except CannotCompareError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
    return int(differing)


if __name__ == "__main__":
    sys.exit(main())
