"""The definitions that come with the package, each put to a real index."""

from collections.abc import Iterator
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.pipeline.reporting import load_reports, run_reports
from indexer.reports import Answer, Definition, read_question
from tests.reports.indexed import indexed, many_conversations

REPORTS = load_reports()
RANGE = {
    "workspace": "w",
    "from": "2024-02-20",
    "to": "2024-04-05",
    "as_of": 1_712_000_000,
    "time_zone": "Europe/Paris",
}


@pytest.fixture(scope="module")
def asked(elasticsearch_url: str) -> Iterator[Any]:
    with (
        indexed(elasticsearch_url, many_conversations("w", seed=1)) as prefix,
        Elasticsearch(elasticsearch_url) as client,
    ):
        yield client, prefix


@pytest.mark.services
@pytest.mark.parametrize("report", REPORTS.values(), ids=list(REPORTS))
def test_every_report_answers_for_every_group_and_interval(asked: Any, report: Definition) -> None:
    questions = [
        read_question(report, RANGE | {"group_by": group, "interval": interval, "office_hours": office, "exact": exact})
        for group in [None, *report.group_by]
        for interval in (["range"] if report.is_board else ["day", "week", "month", "range"])
        for office in {False, report.measures_durations}
        for exact in (False, True)
    ]
    client, prefix = asked
    answers = run_reports(client, prefix, [(report, question) for question in questions])
    faults = [
        (question, str(found))
        for question, found in zip(questions, answers, strict=True)
        if not isinstance(found, Answer)
    ]
    assert not faults
