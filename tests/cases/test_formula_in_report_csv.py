"""What customers wrote is harmless in the CSV of reports, and cannot steer the terminal that shows it."""

import csv
import io
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from indexer.cli.app import app
from indexer.settings import settings
from tests.builders import conversation, document_of, part
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.pseudo_terminal import on_a_terminal
from tests.reports.indexed import indexed

pytestmark = pytest.mark.services

START = 1_772_442_000
DAY = ["--workspace", "w", "--from", "2026-03-02", "--to", "2026-03-02"]
REMARKS = {
    "rm1": '=HYPERLINK("http://evil.example","open")',
    "rm2": "\x1b]0;owned\x07\x1b[2J bad",
    "rm3": "[red]fine[/red] :smile: \u202egnp.exe",
}
SHOWN = {"rm2": "bad", "rm3": "[red]fine[/red] :smile: gnp.exe"}


def rated(id_: str, remark: str) -> dict[str, Any]:
    return conversation(
        part("A", "comment", START + 60),
        id=id_,
        at=START,
        state="closed",
        conversation_rating={"rating": 5, "remark": remark, "created_at": START + 600, "teammate": {"id": "11"}},
        tags={"tags": [{"id": "1", "name": "@SUM(1+1)"}, {"id": "2", "name": "-2+3"}]},
    )


@pytest.fixture(scope="module")
def variables(services: Run, elasticsearch_url: str) -> Iterator[dict[str, str]]:
    documents = [document_of(rated(id_, remark)) for id_, remark in REMARKS.items()]
    with fresh_database(services) as database, indexed(elasticsearch_url, documents) as prefix:
        yield {"DATABASE_URL": database, "ELASTICSEARCH_URL": elasticsearch_url, "INDEXER_INDEX_PREFIX": prefix}


@pytest.fixture
def environment(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield
    settings.cache_clear()


def rows(*asked: str) -> list[dict[str, str]]:
    result = CliRunner().invoke(app, ["report", *asked, "--format", "csv"])
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout_bytes.decode(), newline="")))


@pytest.mark.usefixtures("environment")
def test_the_conversations_behind_a_number_are_harmless() -> None:
    remarks = {row["conversation_id"]: row["rating.remark"] for row in rows("conversations", "csat_score", *DAY)}
    assert remarks == {id_: f"'{text}" if text.startswith("=") else text for id_, text in REMARKS.items()}


@pytest.mark.usefixtures("environment")
def test_groups_are_harmless() -> None:
    found = {row["group"]: row["value"] for row in rows("run", "csat_score", *DAY, "--group-by", "tag")}
    assert found == {"'-2+3": "100.0", "'@SUM(1+1)": "100.0"}


def test_no_control_character_reaches_the_terminal(variables: dict[str, str]) -> None:
    asked = [sys.executable, "-m", "indexer", "report", "conversations", "csat_score", *DAY]
    for more in (["--format", "table"], ["--format", "csv"], ["--format", "json"]):
        written, code = on_a_terminal([*asked, *more], os.environ | variables, columns=200)
        assert code == 0, written
        plain = written.replace("\x1b[1m", "").replace("\x1b[0m", "")  # headings of our own
        assert not set(plain) & {"\x1b", "\x07", "\x9b", "\u202e"}, more
        if more != ["--format", "json"]:
            assert all(text in plain for text in SHOWN.values()), more
