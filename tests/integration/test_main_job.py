"""The main job on real ticket histories and on the sample workspace: import, index through workers, report.

A worker is killed half-way and another started; everything below must hold all the same.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
import pytest

from indexer.sample import generate, office_hours
from indexer.settings import Settings
from tests.integration.installation import Installation

pytestmark = pytest.mark.services

INCIDENTS = Path(__file__).parents[3] / "shared" / "data" / "incidents.ndjson.gz"


class Done(NamedTuple):
    """An installation in which a file has been imported and indexed."""

    installation: Installation
    workspace: str
    file: Path
    imported: dict[str, Any]
    hours: Path | None


def conversations(file: Path) -> list[dict[str, Any]]:
    with gzip.open(file) as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module", params=["incidents", "sample"])
def done(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, module_settings: Settings
) -> Iterator[Done]:
    installation = Installation(module_settings)
    workspace = str(request.param)
    hours: Path | None = None
    if workspace == "incidents":
        file = INCIDENTS
        if not file.exists():
            pytest.skip(f"the real ticket histories are not beside the project ({file.name})")
    else:
        directory = tmp_path_factory.mktemp("sample")
        file, hours = directory / "sample.ndjson.gz", directory / "hours.json"
        file.write_bytes(gzip.compress(b"".join(orjson.dumps(one) + b"\n" for one in generate(3_000, seed=7))))
        hours.write_bytes(orjson.dumps(office_hours()))
        installation.run("workspace", "set", workspace, "--office-hours", str(hours))
    imported = installation.json("import", str(file), "--workspace", workspace)
    worker = installation.start_worker()
    installation.wait_until(changes_left=imported["created"] // 2)
    installation.kill(worker)
    assert installation.count("changes") > 0
    installation.index_everything()
    yield Done(installation, workspace, file, imported, hours)
    installation.close()


def test_everything_is_imported(done: Done) -> None:
    count = len(conversations(done.file))
    assert (done.imported["read"], done.imported["created"], done.imported["refused"]) == (count, count, 0)


def test_the_queue_is_empty_and_nothing_is_in_quarantine(done: Done) -> None:
    assert (done.installation.count("changes"), done.installation.count("quarantine")) == (0, 0)


def test_every_conversation_is_in_the_index_with_the_document_that_compute_gives(done: Done) -> None:
    hours = ["--office-hours", str(done.hours)] if done.hours else []
    lines = done.installation.run("compute", str(done.file), "--workspace", done.workspace, *hours).splitlines()
    expected = {f"{done.workspace}:{(one := json.loads(line))['conversation_id']}": one for line in lines}
    indexed = done.installation.documents(done.workspace)
    assert indexed.keys() == expected.keys()
    for name, document in indexed.items():
        assert document.pop("revision") > 0
        assert document == expected[name]


def test_importing_the_same_again_changes_no_document(done: Done) -> None:
    before = done.installation.writes()
    again = done.installation.json("import", str(done.file), "--workspace", done.workspace)
    assert (again["unchanged"], again["created"], again["updated"]) == (again["read"], 0, 0)
    assert done.installation.count("changes") == 0
    done.installation.index_everything()
    assert done.installation.writes() == before


@pytest.mark.parametrize("interval", ["day", "week", "month"])
@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo", "Pacific/Auckland"])
def test_new_inbound_conversations_equals_a_count_over_the_file(done: Done, interval: str, zone: str) -> None:
    counted: Counter[str] = Counter()
    for conversation in conversations(done.file):
        source = conversation["source"]
        by_contact = (source.get("author") or {}).get("type") in ("user", "lead", "contact", "visitor")
        if source["delivered_as"] == "customer_initiated" or by_contact:
            day = datetime.fromtimestamp(conversation["created_at"], UTC).astimezone(ZoneInfo(zone)).date()
            counted[str(start_of(day, interval))] += 1
    first, last = min(counted), max(counted)
    beyond = date.fromisoformat(last) + timedelta(days={"day": 1, "week": 7, "month": 31}[interval])
    until = start_of(beyond, interval) - timedelta(days=1)
    answer = done.installation.json(
        "report", "run", "new_inbound_conversations", "--workspace", done.workspace, "--time-zone", zone,
        "--from", first, "--to", str(until), "--interval", interval,
    )  # fmt: skip
    assert {row["period"]: row["value"] for row in answer["rows"] if row["value"]} == dict(counted)
    assert answer["total"] == {"value": counted.total(), "count": counted.total()}
    periods = [row["period"] for row in answer["rows"]]
    assert periods == sorted(set(periods))
    if interval == "day":
        assert len(periods) == (until - date.fromisoformat(first)).days + 1


def start_of(day: date, interval: str) -> date:
    match interval:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case _:
            return day
