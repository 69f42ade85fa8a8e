"""A dozen reports over real ticket histories: what Elasticsearch answers is what plain Python computes."""

import gzip
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch

from indexer.datasets.conversations import conversation_document
from indexer.datasets.dataset import Computation
from indexer.office_hours import parse_office_hours
from indexer.sample import office_hours
from tests.reports.comparing import Asking
from tests.reports.indexed import indexed
from tests.reports.plain import Asked
from tests.reports.questions import Put

INCIDENTS = Path(__file__).parents[3] / "shared" / "data" / "incidents.ndjson.gz"
COUNT = 4_000
MARCH = (date(2016, 2, 29), date(2016, 3, 31))

REPORTS = {
    "new_conversations": ("channel", "tag"),
    "new_inbound_conversations": ("team", "custom.priority"),
    "conversations_by_how_started": ("delivered_as",),
    "open_conversations": ("team",),
    "reopened_conversations": ("team",),
    "closed_conversations": ("teammate", "team"),
    "close_events": ("teammate", "team"),
    "replies_sent": ("teammate", "team"),
    "busiest_reply_periods": (),
    "median_first_response_time": ("team",),
    "p90_first_response_time": (),
    "first_response_time_distribution": (),
    "median_time_to_close": ("tag",),
    "median_response_time_by_reply": ("teammate",),
    "team_first_response_time": ("team",),
    "teammate_handling_time": ("assigned_teammate",),
    "total_handling_time": ("team",),
    "sla_hit_rate": ("sla", "team"),
}
"""Reports, and what each is grouped by here where its definition allows it."""


@pytest.fixture(scope="module")
def asking(elasticsearch_url: str) -> Iterator[Asking]:
    if not INCIDENTS.exists():
        pytest.skip(f"the real ticket histories are not beside the project ({INCIDENTS.name})")
    computation = Computation("incidents", parse_office_hours(office_hours()))
    with gzip.open(INCIDENTS) as lines:
        documents: list[dict[str, Any]] = [
            orjson.loads(conversation_document(line, computation)) for line in islice(lines, COUNT)
        ]
    with (
        indexed(elasticsearch_url, documents) as prefix,
        Elasticsearch(elasticsearch_url, request_timeout=60) as client,
    ):
        yield Asking(client, prefix, documents)


@pytest.mark.services
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_of_real_histories_is_what_plain_python_computes(asking: Asking, name: str) -> None:
    definition = asking.definitions[name]
    groups = [group for group in REPORTS[name] if group in definition.group_by]
    for zone in ("UTC", "America/Sao_Paulo", "Asia/Kolkata"):
        for interval in ("day", "week", "month", "range"):
            for group in (None, *groups):
                put = Put(
                    Asked(*MARCH, zone, interval, group, office_hours=definition.measures_durations and zone == "UTC")
                )
                assert asking.agreed(name, put, "incidents").total.count
    narrow = Asked(*MARCH, where=("team_assigned=8070", "team_assigned=8056", "tag!=Category 26"))
    assert asking.agreed(name, Put(narrow, compare=True), "incidents").total.count
