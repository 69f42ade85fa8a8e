from datetime import date

import pytest

from indexer.answers.catalogue import load_reports
from indexer.web.view import groups_overlap, range_label


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
    found = load_reports()[report]
    assert groups_overlap(found, found.dimension(group)) is overlaps
