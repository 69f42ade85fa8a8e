"""The effect of a changed definition on the numbers is shown before it is merged."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is in this tree, committed in a repository of its own."""
    tree = tmp_path_factory.mktemp("clone") / "project"
    tree.mkdir()
    for name in ("indexer", "benchmarks", "mappings", "queries"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(tree / name)], check=True)
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "All"]):
        subprocess.run(["git", "-c", "user.name=T", "-c", "user.email=t@example.com", *command], cwd=tree, check=True)
    return tree


def metrics_diff(tree: Path, ref: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "benchmarks._metrics_diff", ref, "--conversations", "200"],
        cwd=tree, env=os.environ | {"PYTHONPATH": str(tree)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_same_code_differs_in_nothing(clone: Path) -> None:
    found = metrics_diff(clone, "HEAD")
    assert (found.returncode, found.stdout.splitlines()) == (
        0,
        [
            "sample.ndjson: 200 conversations, 0 fields differ from HEAD",
            "incidents.ndjson.gz: 1086 conversations, 0 fields differ from HEAD",
        ],
    )
    worktrees = subprocess.run(["git", "worktree", "list"], cwd=clone, capture_output=True, text=True, check=True)
    assert len(worktrees.stdout.splitlines()) == 1


def test_a_definition_that_has_changed_is_named_and_nothing_else(clone: Path) -> None:
    definition = clone / "indexer" / "metrics" / "derived.py"
    before = definition.read_text()
    changed = before.replace("document.replies_to_close = bisect", "document.replies_to_close = 7 + bisect")
    assert changed != before
    definition.write_text(changed)
    try:
        found = metrics_diff(clone, "HEAD")
    finally:
        definition.write_text(before)
    assert found.returncode == 1
    lines = found.stdout.splitlines()
    assert [line.partition(" (")[0].rstrip("0123456789") for line in lines if not line.startswith(" ")] == [
        "sample.ndjson: 200 conversations, 1 fields differ from HEAD",
        "replies_to_close: ",
        "incidents.ndjson.gz: 1086 conversations, 1 fields differ from HEAD",
        "replies_to_close: ",
    ]
    assert sum(line.endswith(", median 7, biggest 7") for line in lines) == 2


def test_an_unknown_ref_is_refused(clone: Path) -> None:
    found = metrics_diff(clone, "nowhere")
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == "error: 'nowhere' is no commit, branch or tag of this repository\n"
