"""Addresses that are saved: read from what a browser shows, checked, and written in one way."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.answers.catalogue import load_reports
from indexer.answers.page_catalogue import load_pages
from indexer.dashboards.saved_address import SavedPage, SavedReport, read_address
from indexer.reports import InvalidQuestion
from indexer.reports.question_conditions import Clause

REPORTS = load_reports()
PAGES = load_pages(REPORTS)


def read(address: str) -> SavedPage | SavedReport:
    return read_address(address, "acme", PAGES, REPORTS)


@pytest.mark.parametrize(
    ("written", "saved"),
    [
        ("/pages/overview?workspace=acme&range=28d", "/pages/overview?range=28d"),
        ("https://reports.example.com/app/pages/overview?range=7d&where=", "/pages/overview"),
        (
            "/pages/teams?office_hours=true&where=channel%3Demail",
            "/pages/teams?where=channel%3Demail&office_hours=true",
        ),
        ("/pages/teams?order=2.1&order=1.-1", "/pages/teams?order=2.1"),  # the first is the board's own
        ("/?report=new_conversations&order=-1", "/?report=new_conversations&order=-1"),
        ("/?report=new_conversations&shown=csat_score&workspace=acme", "/?report=new_conversations"),
        (
            "https://reports.example.com/app/?report=new_conversations&group_by=channel",
            "/?report=new_conversations&group_by=channel",
        ),
    ],
)
def test_an_address_is_saved_in_the_one_way_to_write_it(written: str, saved: str) -> None:
    assert read(written).address == saved
    assert read(saved).address == saved


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=50))
def test_any_value_of_a_condition_survives(value: str) -> None:
    condition = str(Clause("channel", "=", value))
    for start in ("/pages/overview?", "/?report=new_conversations&"):
        address = read(start + urlencode({"where": condition})).address
        found = read(address)
        assert found.address == address
        kept = found.state.where if isinstance(found, SavedPage) else tuple(found.asked["where"])
        assert kept == (condition,)


@pytest.mark.parametrize(
    ("address", "parameter", "reason"),
    [
        ("/pages/overveiw", "address", "did you mean overview?"),
        ("/?report=new_conversations&order=value", "order", "is not the number of a column"),
        ("/pages/overview?order=99.1", "order", "none of them is number 99"),
        ("/?report=new_conversation", "address", "did you mean"),
        ("/lists/new_conversations", "address", "is not that of a page or a report"),
        ("/", "address", "is not that of a page or a report"),
        ("javascript:alert(1)", "address", "is not that of a page or a report"),
        ("/pages/overview?workspace=zenith", "address", "another workspace than acme"),
        ("/pages/overview?colour=red", "colour", "no such parameter"),
        ("/pages/overview?range=28", "range", "28d"),
        ("/?report=new_conversations&colour=red", "colour", "no such parameter"),
        ("/?report=new_conversations&from=2024-01-01", "to", "is missing"),
        ("/?report=new_conversations&interval=day&interval=week", "interval", "given twice"),
        ("/?report=new_conversations&group_by=weather", "group_by", "weather"),
        ("/pages/overview?where=" + "x" * 2_000, "address", "2,000 characters"),
    ],
)
def test_an_address_that_cannot_be_shown_is_refused_by_the_name_of_its_fault(
    address: str, parameter: str, reason: str
) -> None:
    with pytest.raises(InvalidQuestion, match=reason) as refused:
        read(address)
    assert refused.value.parameter == parameter


@pytest.mark.parametrize(
    ("address", "is_fixed"),
    [
        ("/pages/overview?range=28d", False),
        ("/pages/overview?from=2024-01-01&to=2024-01-31", True),
        ("/pages/overview?as_of=1700000000", True),
        ("/?report=new_conversations", False),
        ("/?report=new_conversations&from=2024-01-01&to=2024-01-31", True),
        ("/?report=new_conversations&until=1700000000", True),
    ],
)
def test_an_address_with_dates_shows_the_same_ones_for_ever(address: str, *, is_fixed: bool) -> None:
    assert read(address).is_fixed == is_fixed
