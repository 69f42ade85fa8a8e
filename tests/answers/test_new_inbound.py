"""The waterfall from the chart's total to the export's: over generated workspaces, and real ticket histories."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import orjson
import pytest
from elasticsearch import Elasticsearch
from typer.testing import CliRunner, Result

from indexer.answers import new_inbound
from indexer.answers.new_inbound import Step, Waterfall, reconcile_new_inbound
from indexer.cli.app import app
from indexer.datasets.conversations import conversation_document
from indexer.datasets.dataset import Computation
from indexer.office_hours import parse_office_hours
from indexer.reports.message_threads import Frame
from indexer.sample import office_hours
from indexer.search import Spread
from indexer.settings import settings
from indexer.web.charts.waterfall_chart import draw_waterfall
from tests.reports.indexed import Document, indexed
from tests.reports.made_workspaces import CHANGING, ZONES

INCIDENTS = Path(__file__).parents[3] / "shared" / "data" / "incidents.ndjson.gz"
COUNT = 3_000
KINDS = ("UserMessage", "UserMessage", "UserMessage", "AdminMessage", "Campaign", "Automated", "Operator", None)
SHIFTS = (0, 0, 0, 1, -1, 3_600, -3_600, 86_400, -5 * 86_400)
EDGES = {
    **CHANGING,
    (date(2024, 1, 31), date(2024, 2, 29)): "Asia/Kolkata",
    (date(2011, 12, 29), date(2011, 12, 30)): "Pacific/Apia",
}


def made() -> list[Document]:
    """Conversations around the ends of every frame, many by a second, whose threads are a second or days away."""
    dice = random.Random(7)
    found: list[Document] = []
    for (first, last), zone in EDGES.items():
        for day in (first, last, last + timedelta(days=1)):
            midnight = int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())
            for _ in range(60):
                at = midnight + dice.choice([-90_000, -1, 0, 1, 40_000, dice.randrange(-86_400, 86_400)])
                legacy: dict[str, Any] = {"conversation_created_at": at, "thread_created_at": at + dice.choice(SHIFTS)}
                if kind := dice.choice(KINDS):
                    legacy["message_type"] = kind
                if dice.random() < 0.02:
                    del legacy["thread_created_at"]
                workspace = "w" if dice.random() < 0.9 else "v"
                number = str(len(found))
                found.append({"workspace_id": workspace, "conversation_id": number, "created_at": at, "legacy": legacy})
    return found


def shown(instant: int | None, zone: str) -> date | None:
    return None if instant is None else datetime.fromtimestamp(instant, ZoneInfo(zone)).date()


def plainly(documents: list[Document], frame: Frame) -> tuple[int, int, Counter[str]]:
    """Both totals and the steps, by what clocks in the zone show."""
    chart = export = 0
    steps = Counter[str]()
    for document in documents:
        legacy = document["legacy"]
        if document["workspace_id"] != frame.workspace:
            continue
        created = shown(legacy["conversation_created_at"], frame.time_zone)
        thread = shown(legacy.get("thread_created_at"), frame.time_zone)
        kind = legacy.get("message_type")
        assert created is not None
        in_chart = kind == "UserMessage" and frame.first <= created <= frame.last
        in_export = thread is not None and frame.first <= thread <= frame.last
        chart += in_chart
        export += in_export
        if in_chart and not in_export:
            where = "without a time" if thread is None else _created(thread, frame)
            steps[f"thread {where}"] -= 1
        elif in_export and not in_chart:
            if kind == "UserMessage":
                steps[f"conversation {_created(created, frame)}"] += 1
            else:
                steps[f"message of type {kind}" if kind else "message without a type"] += 1
    return chart, export, steps


def _created(day: date, frame: Frame) -> str:
    return f"created {'before' if day < frame.first else 'after'} the frame"


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return made()


@pytest.fixture(scope="module")
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url, request_timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def prefix(elasticsearch_url: str, documents: list[Document]) -> Iterator[str]:
    with indexed(elasticsearch_url, documents, Spread(3, 2)) as prefix:
        yield prefix


@pytest.mark.services
@pytest.mark.parametrize(("window", "own"), EDGES.items(), ids=str)
def test_the_steps_lead_from_one_total_to_the_other_and_are_those_of_plain_python(
    client: Elasticsearch, prefix: str, documents: list[Document], window: tuple[date, date], own: str
) -> None:
    for zone in {own, *ZONES}:
        for workspace in ("w", "v"):
            frame = Frame(workspace, *window, zone)
            found = reconcile_new_inbound(client, prefix, frame)
            chart, export, steps = plainly(documents, frame)
            assert (found.chart, found.export) == (chart, export), frame
            assert {step.reason: step.change for step in found.steps} == steps, frame
            assert found.adds_up, frame


@pytest.mark.services
def test_pages_of_the_walk_make_no_difference_and_samples_are_the_first_ids(
    client: Elasticsearch, prefix: str, documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = Frame("w", date(2010, 1, 1), date(2024, 2, 10))
    whole = reconcile_new_inbound(client, prefix, frame, samples=3)
    monkeypatch.setattr(new_inbound, "_PAGE", 7)
    assert reconcile_new_inbound(client, prefix, frame, samples=3) == whole
    campaigns = [
        document["conversation_id"]
        for document in documents
        if document["workspace_id"] == "w"
        and document["legacy"].get("message_type") == "Campaign"
        and "thread_created_at" in document["legacy"]
        and document["legacy"]["thread_created_at"] < datetime(2024, 2, 11, tzinfo=UTC).timestamp()
    ]
    [step] = [step for step in whole.steps if step.reason == "message of type Campaign"]
    assert step == Step("message of type Campaign", len(campaigns), tuple(sorted(campaigns)[:3]))


@pytest.mark.services
def test_real_histories_add_up(client: Elasticsearch, elasticsearch_url: str) -> None:
    if not INCIDENTS.exists():
        pytest.skip(f"the real ticket histories are not beside the project ({INCIDENTS.name})")
    computation = Computation("incidents", parse_office_hours(office_hours()))
    with gzip.open(INCIDENTS) as lines:
        found = [orjson.loads(conversation_document(line, computation)) for line in islice(lines, COUNT)]
    with indexed(elasticsearch_url, found) as prefix:
        for zone in ("UTC", "America/Sao_Paulo"):
            frame = Frame("incidents", date(2016, 3, 1), date(2016, 3, 31), zone)
            waterfall = reconcile_new_inbound(client, prefix, frame)
            chart, export, steps = plainly(found, frame)
            assert (waterfall.chart, waterfall.export) == (chart, export)
            assert {step.reason: step.change for step in waterfall.steps} == steps
            assert waterfall.adds_up
            assert export


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["reconcile", "new-inbound", "--workspace", "w", *arguments])


JANUARY = ["--from", "2024-01-31", "--to", "2024-02-29", "--time-zone", "Asia/Kolkata"]


@pytest.fixture
def configured(elasticsearch_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ELASTICSEARCH_URL", elasticsearch_url)
    monkeypatch.setenv("INDEXER_INDEX_PREFIX", prefix)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.services
@pytest.mark.usefixtures("configured")
def test_the_command_prints_the_steps_and_draws_them(tmp_path: Path) -> None:
    result = run(*JANUARY, "--samples", "2", "--plot", str(tmp_path / "waterfall.svg"), "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["chart"] + sum(step["change"] for step in found["steps"]) == found["export"]
    assert all(1 <= len(step["samples"]) <= 2 for step in found["steps"])
    texts = [one.text for one in ElementTree.parse(tmp_path / "waterfall.svg").iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 (our own)
    assert f"{found['chart']:,}" in texts
    assert all(f"{step['change']:+,}" in texts for step in found["steps"])
    table, comma = run(*JANUARY, "--format", "table"), run(*JANUARY, "--format", "csv")
    assert "message of type Campaign" in table.stdout
    assert comma.stdout.splitlines()[-1].startswith(f"export: message threads,,{found['export']}")


@pytest.mark.services
@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--from", "2024-02-01", "--to", "2024-01-01"], "--to"),
        (["--from", "1 May", "--to", "2024-01-01"], "--from"),
        ([*JANUARY, "--time-zone", "Mars/Base"], "--time-zone"),
        ([*JANUARY, "--plot", "waterfall.gif"], "--plot"),
    ],
)
def test_what_cannot_be_used_is_named(arguments: list[str], named: str) -> None:
    result = run(*arguments)
    assert result.exit_code != 0
    assert named in f"{result.output}{result.exception}"


FRAME = Frame("<w>", date(2024, 1, 1), date(2024, 1, 31))


def test_if_the_steps_leave_a_difference_it_does_not_add_up_and_is_drawn() -> None:
    whole = Waterfall(FRAME, 10, 12, 8, (Step("gone", -2), Step("other", 4)), 10, 12)
    assert whole.adds_up
    assert not replace(whole, walked_chart=9).adds_up
    moved = replace(whole, export=13, walked_export=13)
    assert not moved.adds_up
    assert moved.unexplained == 1
    assert [(bar.label, bar.change, bar.total) for bar in moved.bars[-2:]] == [
        ("unexplained", 1, 13),
        ("export: message threads", None, 13),
    ]
    assert "<w>" not in draw_waterfall(moved, page=True)
    assert "unexplained" in draw_waterfall(moved)


def test_a_workspace_without_conversations_has_a_waterfall_of_nothing() -> None:
    nothing = Waterfall(FRAME, 0, 0, 0, (), 0, 0)
    assert nothing.adds_up
    ElementTree.fromstring(draw_waterfall(nothing))  # noqa: S314 (our own)
    assert [bar.text(0, 10).strip() for bar in nothing.bars] == ["", ""]


def test_a_small_step_is_seen_in_text_and_stands_where_it_leads() -> None:
    waterfall = Waterfall(FRAME, 1_000, 999, 999, (Step("gone", -1),), 1_000, 999)
    first, step, last = (bar.text(1_000, 40) for bar in waterfall.bars)
    assert (first, step.count("-"), len(step)) == ("#" * 40, 1, 40)
    assert last.strip() == "#" * 40
