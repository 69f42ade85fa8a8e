"""The page for every kind of number, over documents that have something to measure."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.reports.indexed import Document, conversation, indexed
from tests.web.conftest import DAY, FIRST_OF_MARCH
from tests.web.pages.test_dashboard import text_of
from tests.web.server import served

pytestmark = pytest.mark.services

MARCH = {"workspace": "acme", "from": "2024-03-01", "to": "2024-03-03"}


def document(number: int, day: int, channel: str, **other: object) -> Document:
    at = FIRST_OF_MARCH + day * DAY + 9 * 3600
    return conversation(number, at, "acme", started_at=at, channel=channel, **other)


@pytest.fixture(scope="module")
def page(elasticsearch_url: str, empty_store_url: str) -> Iterator[httpx.Client]:
    """First responses after 1 h 23 m (by e-mail) and after 1 m (chat) on the 1st, none on the 2nd, one on the 3rd."""
    documents = [
        document(1, 0, "email", first_response_time=4_980, state="open", tags=["a", "b"], teammate_assigned_id="5"),
        document(2, 0, "chat", first_response_time=60, state="open", teammate_assigned_id="6"),
        document(3, 1, "chat"),
        document(4, 2, "email", first_response_time=3_600, tags=["a"]),
    ]
    with (
        indexed(elasticsearch_url, documents) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=empty_store_url) as client,
    ):
        yield client


def shown(client: httpx.Client, report: str, **other: str) -> str:
    response = client.get("/", params=MARCH | {"report": report} | other)
    assert response.status_code == 200, text_of(response.text)
    return response.text


def test_durations_are_lines_with_gaps(page: httpx.Client) -> None:
    html = shown(page, "median_first_response_time")
    assert "1 h from 3 values" in text_of(html)
    assert "<title>Fri 1 Mar 2024: 42 m</title>" in html
    assert "<title>Sat 2 Mar 2024: -</title>" in html
    assert html.count("<circle") == 2
    assert not re.findall(r'<line class="s0"', html)
    assert 'rect class="s0"' not in html
    assert "Day Time Fri 1 Mar 2024 42 m Sat 2 Mar 2024 - Sun 3 Mar 2024 1 h Whole range 1 h" in text_of(html)


def test_each_group_has_a_line(page: httpx.Client) -> None:
    html = shown(page, "median_first_response_time", group_by="channel")
    assert [html.count(f'<circle class="s{number}"') for number in (0, 1)] == [2, 1]
    assert "<title>Fri 1 Mar 2024: email 1 h 23 m, chat 1 m</title>" in html
    assert "<tfoot>" not in html


def test_a_distribution_is_a_table_of_its_parts_for_the_whole_range_and_stacked_by_day(page: httpx.Client) -> None:
    html = shown(page, "first_response_time_distribution", interval="range")
    assert "3 conversations 1 to 3 March 2024" in text_of(html)
    assert "Time Percent Conversations &lt; 5 m 33.3 % 1 5 m - 15 m 0 % 0" in text_of(html)
    by_day = shown(page, "first_response_time_distribution")
    assert by_day.count('<rect class="d') == 3


def test_a_heatmap_is_a_grid_of_the_hours_of_the_week(page: httpx.Client) -> None:
    html = shown(page, "busiest_periods")
    assert re.findall(r'<tr><th scope="row">(\w+)</th>', html)[::6] == ["Monday", "Sunday"]
    assert html.count("<td class=") == 7 * 24
    assert "Busiest: Friday, 09:00 to 09:59, 2." in text_of(html)


def test_the_groups_of_a_whole_range_stand_below_one_another(page: httpx.Client) -> None:
    html = text_of(shown(page, "new_inbound_conversations", interval="range", group_by="tag"))
    assert "Tag Conversations a 2 b 1 (none) 2" in html
    assert "the groups add up to more than the total" in html


def test_a_board_shows_the_present_without_dates(page: httpx.Client) -> None:
    response = page.get("/", params={"report": "team_board_open", "workspace": "acme"})
    assert "2 conversations" in text_of(response.text)
    assert 'type="date"' not in response.text
    assert "indexer report run team_board_open --workspace acme --time-zone UTC</code>" in response.text


def test_another_report_is_not_asked_what_only_the_one_before_knows(page: httpx.Client) -> None:
    asked = {"shown": "new_inbound_conversations", "group_by": "country", "interval": "week", "compare": "true"}
    for report in ("busiest_periods", "team_board_open", "median_first_response_time"):
        shown(page, report, **asked)
    refused = page.get("/", params=MARCH | {"report": "busiest_periods", "group_by": "country"})
    assert refused.status_code == 422


def test_reports_are_chosen_by_category(page: httpx.Client) -> None:
    html = shown(page, "new_inbound_conversations")
    groups = re.findall(r'<optgroup label="([^"]*)">', html)
    assert groups[:2] == ["Conversations", "Responsiveness"]
    assert len(re.findall(r'<option value="[a-z_0-9]+"[^>]*>', html)) > 60


def test_every_report_has_a_page(page: httpx.Client) -> None:
    for report in page.get("/api/v1/reports").json():
        if report["dataset"] == "conversations":
            for interval in ("", "range"):
                shown(page, report["name"], shown="another", interval=interval)
