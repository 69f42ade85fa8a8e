"""Where the name of the largest dataset stands in the code: no module may take it for the only dataset."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.registry import datasets

PACKAGE = Path(__file__).parents[1] / "indexer"
NAME = CONVERSATIONS.name
FREE = ("datasets/conversations/", "sample/")
"""Rooms that are about conversations alone."""

NAMES = {
    "cli/shared_options.py": "the dataset of a command that names none, without importing what the dataset is made of",
    "web/api/export_routes.py": "the field `dataset` of the API, whose schema has to name its values",
}
"""Further modules where the literal is the name of the dataset, each with its reason."""

WORDS = {
    "cli/backfill.py": "a column of the output",
    "cli/export.py": "the name of a command",
    "cli/rebuild_output.py": "a column of the output",
    "cli/report_conversations.py": "the name of a command",
    "cli/workspace.py": "a column of the output",
    "prometheus/definitions.py": "the unit of a figure",
    "store/entities/workspace_contents.py": "a column of a query",
    "store/jobs/backfill_ranges.py": "a parameter of a statement",
    "store/migrations/": "the history of the table",
    "store/schema/": "the table, and a column of backfills",
    "web/pages/record_links.py": "a part of addresses",
    "web/charts/waterfall_chart.py": "a unit on a page",
}
"""Modules where it is another word: a table, a column, a command."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """The path of every module within the package, and its syntax tree."""
    for file in sorted(PACKAGE.rglob("*.py")):
        place = file.relative_to(PACKAGE).as_posix()
        if not place.startswith("__native__/"):
            yield place, ast.parse(file.read_text())


def literals(tree: ast.AST) -> Iterator[ast.Constant]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value == NAME)


def listed(place: str) -> str | None:
    """The entry of the lists that the module is under."""
    return next((each for each in (*FREE, *NAMES, *WORDS) if place.startswith(each)), None)


def test_the_name_of_the_largest_dataset_stands_only_where_a_reason_is_given() -> None:
    found = {place: listed(place) for place, tree in modules() if any(literals(tree))}
    assert [place for place, entry in found.items() if entry is None] == []
    assert {*NAMES, *WORDS} - set(found.values()) == set(), "no longer needed"
    assert len(NAMES) <= 5


def defaults(tree: ast.AST) -> Iterator[ast.expr]:
    """The default of every parameter and of every field of a class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from (found for found in (*node.args.defaults, *node.args.kw_defaults) if found is not None)
        if isinstance(node, ast.ClassDef):
            yield from (field.value for field in node.body if isinstance(field, ast.AnnAssign) and field.value)


def names_a_dataset(default: ast.expr) -> bool:
    named = {each.name for each in datasets()}
    objects = {name.upper() for name in named}
    return any(
        (isinstance(node, ast.Constant) and node.value in named) or (isinstance(node, ast.Name) and node.id in objects)
        for node in ast.walk(default)
    )


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('def f(dataset="conversations"): ...', True),
        ("def f(*, dataset: Dataset = CALLS): ...", True),
        ("class A:\n    lists: tuple[str, ...] = CONVERSATIONS.lists", True),
        ("def f(dataset: Dataset, size: int = 1): ...", False),
    ],
)
def test_a_default_that_is_a_dataset_is_found(written: str, wanted: bool) -> None:
    assert any(map(names_a_dataset, defaults(ast.parse(written)))) is wanted


def test_no_signature_defaults_to_a_dataset() -> None:
    """Options of commands may: users meet their default, `cli.shared_options.DEFAULT_DATASET`."""
    found = [place for place, tree in modules() if any(map(names_a_dataset, defaults(tree)))]
    assert found == ["web/api/export_routes.py"]  # a field of the API, which users may leave out
