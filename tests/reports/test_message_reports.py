"""Every report of messages against the rows of the files that it is made from."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from msgspec.json import encode

from indexer.answers.catalogue import load_reports
from indexer.answers.drill_down import list_conversations
from indexer.answers.run_report import run_report, run_reports
from indexer.messages.checkpoint import read_checkpoint
from indexer.messages.checkpoint_document import checkpoint_document
from indexer.messages.event import MessageEvent, read_event
from indexer.messages.receipt import read_receipt
from indexer.messages.receipt_document import receipt_document
from indexer.reports import Answer, Definition, Question, Row, read_question
from indexer.reports.drill_down_search import ListedPage
from indexer.search import ONE_SHARD, Outcome, Write, alias_name, bulk_write, datasets, ensure_dataset
from tests.reports.message_files.answering import Given, answer
from tests.reports.message_files.made_rows import Files, W, checkpoints, messages, rows_of
from tests.reports.message_files.made_rows import Row as FileRow
from tests.reports.message_files.numbers import Report, WithFigures
from tests.reports.message_files.receipt_facts import receipts
from tests.reports.message_files.reports import OF_CHECKPOINTS, REPORTS
from tests.reports.message_files.visits import visits
from tests.reports.plain import Asked, Figure, agrees

RECEIPTS, CHECKPOINTS = "message_receipts", "series_checkpoints"
PLAIN = {RECEIPTS: REPORTS, CHECKPOINTS: OF_CHECKPOINTS}
DEFINITIONS = {name: report for name, report in load_reports().items() if report.dataset in PLAIN}
RANGE = (date(2024, 3, 28), date(2024, 4, 1))
INTERVALS = ["day", "week", "month", "range"]
FILES = {"w": messages(1), "v": messages(2)}
VISITS = {"w": checkpoints(3), "v": checkpoints(4)}
FACTS: dict[str, Sequence[Any]] = {RECEIPTS: receipts(FILES[W]), CHECKPOINTS: visits(VISITS[W])}


def documents(workspace: str, files: Files) -> Iterator[tuple[str, bytes]]:
    events: dict[str, list[MessageEvent]] = {}
    same: Counter[str] = Counter()
    for kind, row in rows_of(files):
        ordinal = same[f"{kind}{sorted(row.items(), key=str)}"]
        same[f"{kind}{sorted(row.items(), key=str)}"] += 1
        event = read_event(row, kind, ordinal)
        events.setdefault(event.receipt_id, []).append(event)
    for row in files["receipt"]:
        receipt = read_receipt(row)
        yield receipt.receipt_id, encode(receipt_document(receipt, events.get(receipt.receipt_id, ()), workspace))


def documents_of_visits(workspace: str, rows: Iterable[FileRow]) -> Iterator[tuple[str, bytes]]:
    for visit in visits(rows):
        checkpoint = read_checkpoint(visit.row)
        yield visit.id, encode(checkpoint_document(checkpoint, workspace, first_pass=visit.first))


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[tuple[Elasticsearch, str]]:
    """Two workspaces with the same ids and other messages."""
    prefix = f"t{uuid.uuid4().hex[:12]}"
    with Elasticsearch(elasticsearch_url) as client:
        indices = [ensure_dataset(client, prefix, dataset, ONE_SHARD).index for dataset in datasets()]
        for workspace, files in FILES.items():
            _write(client, alias_name(prefix, RECEIPTS), workspace, documents(workspace, files))
            found = documents_of_visits(workspace, VISITS[workspace])
            _write(client, alias_name(prefix, CHECKPOINTS), workspace, found)
        client.indices.refresh(index=indices)
        yield client, prefix
        client.indices.delete(index=indices)


def _write(client: Elasticsearch, alias: str, workspace: str, found: Iterable[tuple[str, bytes]]) -> None:
    writes = [Write(f"{workspace}:{name}", 1, document) for name, document in found]
    assert {settled.outcome for settled in bulk_write(client, alias, writes)} == {Outcome.INDEXED}


def test_every_report_of_messages_is_computed_from_the_files_too() -> None:
    assert {name: report.dataset for name, report in DEFINITIONS.items()} == {
        name: dataset for dataset, found in PLAIN.items() for name in found
    }


@pytest.mark.parametrize("name", DEFINITIONS)
def test_there_is_something_for_every_report(name: str) -> None:
    given = answer(plain(name), FACTS[DEFINITIONS[name].dataset], Asked(*RANGE))
    assert given.total.count


def plain(name: str) -> Report:
    return PLAIN[DEFINITIONS[name].dataset][name]


def questions(report: Definition) -> Iterator[Asked]:
    """Every group once, every interval with and without a group, in two zones."""
    for place, group in enumerate([None, *report.group_by]):
        zone = "Europe/Dublin" if place % 3 else "America/New_York"
        yield Asked(*RANGE, zone, INTERVALS[place % 4], group)
    for interval in INTERVALS:
        yield Asked(*RANGE, "Asia/Kathmandu", interval, None, week_start="sunday")


def put(report: Definition, asked: Asked) -> Question:
    given = {"workspace": W, "from": asked.first, "to": asked.last, "as_of": 1_900_000_000}
    given |= {"time_zone": asked.time_zone, "interval": asked.interval, "week_start": asked.week_start}
    return read_question(report, {**given, "group_by": asked.group_by or "none", "exact": True})


@pytest.mark.services
@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_report_is_what_the_files_say(index: tuple[Elasticsearch, str], name: str) -> None:
    report = DEFINITIONS[name]
    asked = list(questions(report))
    answers = run_reports(*index, [(report, put(report, one)) for one in asked])
    for one, answered in zip(asked, answers, strict=True):
        assert isinstance(answered, Answer), (one, answered)
        compare(answered, answer(plain(name), FACTS[report.dataset], one), one)


def compare(answered: Answer, wanted: Given, asked: Asked) -> None:
    same(answered.total, wanted.total, asked)
    rows = {(row.period, row.group): row for row in answered.rows}
    assert len(rows) == len(answered.rows)
    missing = {place for place, figure in wanted.rows.items() if figure.count} - rows.keys()
    assert not missing, (asked, missing)
    for place, row in rows.items():
        if place in wanted.rows:
            same(row, wanted.rows[place], asked)
        else:
            assert (row.count, row.value or 0) == (0, 0), (asked, row)


def same(found: Any, figure: Figure, asked: Asked) -> None:
    assert found.count == figure.count, (asked, found, figure)
    assert agrees(found.value, figure), (asked, found, figure)
    wanted = figure.figures if isinstance(figure, WithFigures) else None
    assert (found.figures or {}).keys() == (wanted or {}).keys()
    for name, value in (wanted or {}).items():
        assert agrees(found.figures[name], Figure(value, 0)), (asked, name, found, figure)


@pytest.mark.services
@pytest.mark.parametrize("name", DEFINITIONS)
def test_the_list_behind_a_number_has_what_it_counts(index: tuple[Elasticsearch, str], name: str) -> None:
    report = DEFINITIONS[name]
    for group in (None, *report.group_by[-1:]):
        asked = Asked(*RANGE, "Europe/Dublin", "week", group)
        question = put(report, asked)
        wanted = answer(plain(name), FACTS[report.dataset], asked)
        for row in run_report(*index, report, question).rows[:2]:
            of_group = {"group": row.group} if group or row.group else {}
            page = list_conversations(*index, report, question, period=row.period, size=1000, **of_group)
            ids = wanted.behind.get((row.period, row.group), set())
            assert {one.conversation_id for one in page.rows} == ids, (asked, row)
            check_number(report, row, page)


def check_number(report: Definition, row: Row, page: ListedPage) -> None:
    assert page.total == len(page.rows)
    if report.unit not in {"seconds", "percent"}:
        assert sum(one.value or 0 for one in page.rows) == row.value, row


@pytest.mark.services
def test_messages_of_another_workspace_are_in_no_number(index: tuple[Elasticsearch, str]) -> None:
    report = DEFINITIONS["message_performance"]
    asked = Asked(*RANGE, "UTC", "range", "content")
    for workspace, files in FILES.items():
        answered = run_report(*index, report, put(report, asked).model_copy(update={"workspace": workspace}))
        compare(answered, answer(plain(report.name), receipts(files), asked), asked)
