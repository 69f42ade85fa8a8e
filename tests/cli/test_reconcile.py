import csv
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from indexer.cli.app import app
from indexer.settings import Settings
from tests.builders import conversation, part
from tests.integration.installation import Installation

pytestmark = pytest.mark.services

COUNTS = ("documents", "missing", "stale", "orphaned", "differing", "queued", "quarantined", "repaired")


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    installation = Installation(test_settings)
    conversations = [conversation(part("A", "comment", 61), at=1, id=str(number)) for number in range(5)]
    installation.run("import", "-", "--workspace", "w", stdin=orjson.dumps(conversations))
    installation.index_everything()
    yield installation
    installation.close()


def reconcile(installation: Installation, *options: str, code: int) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(installation.run("reconcile", *options, "--format", "json", code=code))
    return found


def test_differences_are_reported_repaired_by_the_workers_and_gone(installation: Installation) -> None:
    clean = reconcile(installation, "--deep", code=0)
    assert clean == dict.fromkeys(COUNTS, 0) | {"documents": 5, "samples": []}

    installation.search.delete(index=installation.alias, id="w:3", refresh=True)
    found = reconcile(installation, "--workspace", "w", code=1)
    (sample,) = found.pop("samples")
    assert found == dict.fromkeys(COUNTS, 0) | {"documents": 5, "missing": 1}
    assert (sample["kind"], sample["workspace"], sample["conversation"]) == ("missing", "w", "3")
    assert (sample["fields"], sample["index_revision"]) == ([], None)
    assert sample["store_revision"] > 0

    table = installation.run("reconcile", "--format", "table", code=1)
    assert table.startswith("5 documents, 1 missing, 0 stale")
    (row,) = csv.DictReader(installation.run("reconcile", "--format", "csv", code=1).splitlines())
    assert (row["kind"], row["document"]) == ("missing", "w:3")

    assert reconcile(installation, "--repair", "--dry-run", code=1)["repaired"] == 0
    repaired = reconcile(installation, "--repair", "--samples", "0", code=1)
    assert (repaired["missing"], repaired["repaired"], repaired["samples"]) == (1, 1, [])
    assert reconcile(installation, code=0)["queued"] == 1
    installation.index_everything()
    assert reconcile(installation, "--sample", "0.5", "--max-rate", "1000", code=0)["documents"] == 5


def test_deep_and_sample_exclude_each_other() -> None:
    refused = CliRunner().invoke(app, ["reconcile", "--deep", "--sample", "0.1"])
    assert refused.exit_code == 2
    assert "leave out --sample" in refused.output


def test_the_help_says_what_the_kinds_are() -> None:
    said = " ".join(CliRunner().invoke(app, ["reconcile", "--help"]).output.split())
    assert all(f"{kind}:" in said for kind in ("Missing", "Stale", "Orphaned", "Differing"))
