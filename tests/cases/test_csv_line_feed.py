"""A line feed in front of a sign does not hide a formula from the export's protection."""

import csv
import io
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from indexer.cli.app import app
from indexer.settings import settings
from tests.builders import conversation, document_of, part
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.reports.indexed import indexed

pytestmark = pytest.mark.services

START = 1_772_442_000
TITLES = [
    '\n=HYPERLINK("http://x")', "\r\n=1+1", " \n+1", "\u200b-1", "\ufeff@x", '"=1"', "\uff1d1+1", "\n\nplain",
    "harmless",
]  # fmt: skip


@pytest.fixture
def environment(services: Run, elasticsearch_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    documents = [
        document_of(conversation(part("A", "comment", START + 60), id=f"l{number}", at=START + number, title=title))
        for number, title in enumerate(TITLES)
    ]
    with fresh_database(services) as database, indexed(elasticsearch_url, documents) as prefix:
        monkeypatch.setenv("INDEXER_DATABASE_URL", database)
        monkeypatch.setenv("INDEXER_ELASTICSEARCH_URL", elasticsearch_url)
        monkeypatch.setenv("INDEXER_INDEX_PREFIX", prefix)
        settings.cache_clear()
        yield
        settings.cache_clear()


@pytest.mark.usefixtures("environment")
def test_every_title_that_a_spreadsheet_would_compute_has_an_apostrophe() -> None:
    asked = ["export", "conversations", "--workspace", "w", "--from", "2026-03-02", "--to", "2026-03-02"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    rows = {
        row["conversation_id"]: row["title"]
        for row in csv.DictReader(io.StringIO(result.stdout_bytes.decode(), newline=""))
    }
    # An apostrophe in front of all but the last; a line feed in front of plain text is one of the signs itself.
    assert rows == {f"l{number}": title if title == "harmless" else f"'{title}" for number, title in enumerate(TITLES)}
