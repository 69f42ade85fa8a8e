"""The pages that repeat what code defines say the same as the code, and their links lead somewhere."""

import ast
import json
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from indexer.conversation.part_types import PART_TYPES, PartType
from indexer.documentation import page
from indexer.prometheus.definitions import FIGURES, Figure
from indexer.resources import resource_dir
from indexer.sample import generate
from indexer.settings import Settings
from indexer.store.database import open_store, upgrade
from tests.generated_pages import generated_pages

ROOT = resource_dir("mappings").parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
METRICS = (ROOT / "docs" / "metrics.md").read_text()
OPERATING = (ROOT / "docs" / "operating.md").read_text()


def _section(title: str) -> str:
    return re.split(r"^#{2,3} ", METRICS.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def _row(part_type: PartType) -> str:
    def said(value: bool) -> str:
        return "yes" if value else ""

    snooze = "starts" if part_type.snooze else "ends" if part_type.unsnooze else ""
    cells = [said(part_type.text), said(part_type.note), said(part_type.assignment), said(part_type.close)]
    cells += [said(part_type.reopen), snooze, ", ".join(part_type.action_kinds)]
    return f"| `{part_type.name}` | {' | '.join(cells)} |"


@pytest.mark.parametrize("name", PART_TYPES)
def test_every_part_type_is_described_as_it_is(name: str) -> None:
    part_type = PART_TYPES[name]
    idle = not (part_type.text or part_type.action_kinds or part_type.attribute_collected)
    assert f"`{name}`" in _section("Part types") if idle else _row(part_type) in METRICS


def test_every_decision_that_the_code_names_is_written_down() -> None:
    named = {
        int(number)
        for file in ROOT.glob("indexer/**/*.py")
        for numbers in re.findall(r"\bdecisions?\s+([\d, and]+)", file.read_text())
        for number in re.findall(r"\d+", numbers)
    }
    assert {4, 11, 19} <= named
    assert [number for number in sorted(named) if f'<a id="decision-{number}"></a>' not in METRICS] == []


def test_every_setting_is_described() -> None:
    assert [name for name in Settings.model_fields if f"`INDEXER_{name.upper()}`" not in OPERATING] == []


def test_every_event_of_the_log_is_described() -> None:
    table = OPERATING.split("\n## Logs\n", 1)[1].split("\n## ", 1)[0]
    found = {
        event
        for file in ROOT.glob("indexer/**/*.py")
        for event in re.findall(
            r"(?:log|get_logger\(\))\.(?:info|warning|error|exception)\(\s*\"(\w+)\"", file.read_text()
        )
    }
    assert {"drained", "exported", "worker_stuck", "index_extended"} <= found
    assert [event for event in sorted(found) if f"`{event}`" not in table] == []


def _figure_row(figure: Figure) -> str:
    labels = f"{{{','.join(figure.labels)}}}" if figure.labels else ""
    return f"| `{figure.name}{labels}` | {figure.kind.value}, {figure.unit} | {figure.about} | {figure.advice} |"


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_every_figure_is_described_with_its_unit_and_what_to_do(figure: Figure) -> None:
    assert _figure_row(figure) in OPERATING.splitlines()


def test_no_figure_is_described_that_does_not_exist() -> None:
    assert set(re.findall(r"\bindexer_[a-z_]*[a-z]", OPERATING)) == {figure.name for figure in FIGURES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor:
            assert anchor in _anchors(file.read_text()), target


def test_the_pages_that_texts_name_are_there() -> None:
    named = {
        name
        for file in ROOT.glob("indexer/**/*.py")
        for name in re.findall(r"\bpage\(['\"]([\w-]+)['\"]\)", file.read_text())
    }
    assert {"metrics", "office-hours"} <= named
    assert [name for name in named if not (ROOT / page(name)).is_file()] == []


def test_texts_for_users_name_pages_by_the_one_address() -> None:
    """What users read are strings, and in the doors the docstrings of commands and endpoints."""
    doors = (ROOT / "indexer" / "cli", ROOT / "indexer" / "web")
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in ROOT.glob("indexer/**/*.py")
        for node in _texts(ast.parse(file.read_text()), docstrings=file.parent in doors)
        if "docs/" in node.value
    ]
    assert len(found) == 1, found
    assert found[0].startswith("indexer/documentation.py:")


def _texts(tree: ast.Module, *, docstrings: bool) -> list[ast.Constant]:
    """The strings of a module without those that only stand there, with or without the docstrings of functions."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    shown = {id(node.body[0]) for node in ast.walk(tree) if isinstance(node, functions)} if docstrings else set()
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and id(node) not in shown}
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [node for node in strings if id(node) not in notes]


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.services
def test_the_commands_that_look_into_postgresql_work_as_written_and_tell_nobody_the_password(
    database_url: str,
) -> None:
    """In a shell whose `indexer up` says where the database of this test is."""
    store = open_store(database_url)
    upgrade(store)
    store.dispose()
    block = OPERATING[OPERATING.index("    PSQL=") : OPERATING.index("For a server of yours, set `PGHOST`")]
    queries = re.findall(r"    \$PSQL -c \"[^\"]*\"", OPERATING)
    assert len(queries) == 4
    up = json.dumps([{"service": "postgresql", "url": database_url}])
    script = "\n".join(
        [
            f'python() {{ {shlex.quote(sys.executable)} "$@"; }}',
            f"indexer() {{ printf %s {shlex.quote(up)}; }}",
            textwrap.dedent(block),
            *map(textwrap.dedent, queries),
        ]
    )
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "queued" in done.stdout
    assert "$DATABASE" not in OPERATING


@pytest.mark.parametrize(("path", "made"), generated_pages().items(), ids=[path.name for path in generated_pages()])
def test_a_page_that_is_made_from_code_is_what_the_code_says(path: Path, made: str) -> None:
    assert path.read_text() == made, "write it again with: make docs"


def test_the_conversations_that_pages_explain_are_in_a_demo_of_two_thousand_and_of_five() -> None:
    named = {
        number for page in PAGES for number in re.findall(r"indexer explain (\d+) .*--workspace demo", page.read_text())
    }
    assert named
    for count in (2_000, 5_000):
        assert named <= {one["id"] for one in generate(count, 1, days=90)}


def test_the_tests_that_the_page_on_security_names_are_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "security.md").read_text())
    assert named
    assert [name for path, name in named if f"def {name}(" not in (ROOT / path).read_text()] == []
