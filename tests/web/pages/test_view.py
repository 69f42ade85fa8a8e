from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from indexer.answers.catalogue import load_reports
from indexer.reports import read_question
from indexer.reports.completeness import parts
from indexer.web.pages.range_words import period_name, range_label
from indexer.web.pages.view import groups_overlap

REPORTS = load_reports()


@pytest.mark.parametrize(
    ("first", "last", "label"),
    [
        (date(2024, 3, 1), date(2024, 3, 1), "1 March 2024"),
        (date(2024, 3, 1), date(2024, 3, 31), "1 to 31 March 2024"),
        (date(2024, 2, 29), date(2024, 3, 1), "29 February to 1 March 2024"),
        (date(2023, 12, 31), date(2024, 1, 1), "31 December 2023 to 1 January 2024"),
    ],
)
def test_a_range_names_month_and_year_once(first: date, last: date, label: str) -> None:
    assert range_label(first, last) == label


@pytest.mark.parametrize(
    ("report", "group", "overlaps"),
    [
        ("new_conversations", "tag", True),
        ("new_conversations", "channel", False),
        ("replies_sent", "teammate", False),
        ("replies_sent", "tag", True),
        ("conversations_replied_to", "teammate", True),
        ("median_first_response_time", "tag", False),
    ],
)
def test_groups_overlap_if_a_document_can_be_in_several(report: str, group: str, overlaps: bool) -> None:
    found = REPORTS[report]
    assert groups_overlap(found, found.dimension(group)) is overlaps


@pytest.mark.parametrize(
    ("interval", "now", "names"),
    [
        ("day", "2024-03-06T12:05", {"2024-03-06": "Wed 6 Mar 2024 (until 12:05)", "2024-03-07": "(to come)"}),
        ("week", "2024-03-06T12:05", {"2024-02-26": "(3 of 7 days)", "2024-03-04": "(until 6 Mar, 12:05)"}),
        ("week", "2024-03-01T23:59", {"2024-02-26": "(from 1 Mar until 1 Mar, 23:59)", "2024-03-04": "(to come)"}),
        ("week", "2024-03-20T00:00", {"2024-02-26": "(3 of 7 days)", "2024-03-04": "(4 of 7 days)"}),
        ("month", "2024-03-06T00:00", {"2024-03-01": "March 2024 (until 6 Mar, 00:00)"}),
        ("month", "2024-04-01T00:00", {"2024-03-01": "March 2024 (7 of 31 days)"}),
        ("range", "2024-03-06T12:05", {"2024-03-01": "From 1 Mar 2024"}),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Dublin", "Pacific/Auckland", "Asia/Kathmandu"])
def test_a_period_that_is_not_whole_says_its_days_or_until_when_it_counts(
    interval: str, now: str, names: dict[str, str], zone: str
) -> None:
    report = REPORTS["new_conversations"]
    as_of = int(datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone)).timestamp())
    asked = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-07", "time_zone": zone, "interval": interval}
    question = read_question(report, asked | {"as_of": as_of})
    found = parts(report, question, question.span)
    for period, name in names.items():
        day = date.fromisoformat(period)
        assert period_name(day, question, found.get(day)).endswith(name)
