"""The searches that the package's reports become, one of each kind, in files that can be read beside the questions."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.answers.catalogue import load_reports
from indexer.reports import Question, read_question, search_body
from indexer.reports.cell import Cell
from indexer.reports.drill_down_search import listing_body

GOLDEN = Path(__file__).parent / "golden"
REPORTS = load_reports()
MARCH = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-31", "as_of": 1_711_900_000}

QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "count_of_distinct_conversations_by_teammate": ("closed_conversations", {"group_by": "teammate"}),
    "count_of_actions_by_a_tag_of_the_conversation": ("replies_sent", {"group_by": "tag", "interval": "week"}),
    "median_by_month_within_office_hours": (
        "median_first_response_time",
        {"interval": "month", "office_hours": True, "time_zone": "America/New_York"},
    ),
    "median_exact_of_the_whole_range": ("median_first_response_time", {"interval": "range", "exact": True}),
    "median_of_a_list_exact": ("median_response_time_started", {"interval": "range", "exact": True}),
    "median_of_actions_by_team": ("team_first_response_time", {"group_by": "team", "interval": "range"}),
    "percentile_by_week": ("p90_first_response_time", {"interval": "week"}),
    "percentile_by_weeks_from_sunday_over_a_change_of_clocks": (
        "p90_first_response_time",
        {"interval": "week", "week_start": "sunday", "time_zone": "Europe/Dublin"},
    ),
    "mean_of_the_whole_range": ("teammate_replies_per_conversation", {"interval": "range"}),
    "rate_by_month": ("ai_automation_rate", {"interval": "month"}),
    "median_by_the_teammate_who_answered": (
        "median_first_response_time",
        {"group_by": "teammate", "interval": "week", "where": ["team=7", "team_assigned=8"]},
    ),
    "actions_on_the_day_of_their_conversation": ("sla_reply_performance", {"interval": "week"}),
    "actions_on_the_day_of_their_conversation_by_tag": ("sla_replies", {"interval": "week", "group_by": "tag"}),
    "rate_of_actions_by_target": ("sla_reply_performance", {"group_by": "target", "interval": "range"}),
    "share_by_week_and_channel": ("channel_share", {"group_by": "channel", "interval": "week"}),
    "distribution_by_month": ("first_response_time_distribution", {"interval": "month"}),
    "heatmap_of_actions": ("busiest_reply_periods", {"time_zone": "Asia/Kolkata"}),
    "open_at_the_end_of_each_week_by_team": ("open_conversations", {"group_by": "team", "interval": "week"}),
    "board_of_idle_conversations": ("team_board_idle", {"group_by": "teammate"}),
    "age_of_the_backlog": ("backlog_age_distribution", {}),
    "closed_minus_opened_by_team": ("closed_minus_opened", {"group_by": "team", "interval": "month"}),
    "rate_within_a_target_in_office_hours": (
        "answered_within_target",
        {"interval": "range", "office_hours": True, "param": ["target=30m"], "group_by": "team"},
    ),
    "board_of_another_limit": ("backlog_older_than", {"param": ["limit=2d"]}),
    "counts_by_content": ("message_performance", {"group_by": "content"}),
    "counts_of_all_groups_by_week": ("tour_steps", {"interval": "week"}),
    "receipts_by_the_day_of_a_click": ("messages_clicked_by_day_of_event", {"group_by": "link", "interval": "week"}),
    "range_of_an_attribute": ("p90_time_to_close", {"group_by": "custom.plan", "interval": "range"}),
    "conditions_of_every_kind": (
        "csat_score",
        {
            "interval": "range",
            "where": ["tag=bug", "tag=how to", "tag!=spam", "rating>=2", "rating<5", "country=*", "bot_inbox!=*"],
        },
    ),
    "conditions_on_actions_and_conversations": (
        "replies_sent",
        {"interval": "range", "where": ["team=7", "state!=open"]},
    ),
}
CELLS: dict[str, tuple[str, dict[str, Any], Cell]] = {
    "behind_a_team_in_a_week": (
        "team_first_response_time",
        {"interval": "week", "group_by": "team"},
        Cell(date(2024, 3, 4), "7"),
    ),
    "behind_a_teammate_who_answered": (
        "median_first_response_time",
        {"interval": "week", "group_by": "teammate"},
        Cell(date(2024, 3, 4), "7"),
    ),
    "behind_actions_on_the_day_of_their_conversation": (
        "sla_reply_performance",
        {"interval": "week", "group_by": "target"},
        Cell(date(2024, 3, 4), "first_reply_time"),
    ),
    "behind_a_part_of_a_distribution": (
        "first_response_time_distribution",
        {"interval": "month"},
        Cell(date(2024, 3, 1), "5 m - 15 m"),
    ),
    "behind_a_part_of_an_age": ("backlog_age_distribution", {}, Cell(None, "1 d - 3 d")),
    "behind_closed_minus_opened": ("closed_minus_opened", {"interval": "week"}, Cell(date(2024, 3, 4))),
    "behind_counts_of_a_block": ("series_nodes", {}, Cell(None, "12")),
    "behind_a_rate_without_a_tag": ("csat_score", {"group_by": "tag"}, Cell(None, None)),
    "behind_an_hour_of_a_heatmap": ("busiest_periods", {"time_zone": "Europe/Paris"}, Cell(None, "Sun 02")),
}


def asked(name: str) -> Any:
    if name in QUESTIONS:
        report, other = QUESTIONS[name]
        question = put(report, other)
        return search_body(REPORTS[report], question, question.span)
    report, other, cell = CELLS[name]
    return listing_body(REPORTS[report], put(report, other), cell, size=50)


def put(report: str, other: dict[str, Any]) -> Question:
    return read_question(REPORTS[report], MARCH | other)


@pytest.mark.parametrize("name", [*QUESTIONS, *CELLS])
def test_a_question_becomes_this_search(name: str) -> None:
    assert asked(name) == json.loads((GOLDEN / f"{name}.json").read_text())


def test_every_golden_file_is_looked_at() -> None:
    from tests.reports.test_search_body import QUESTIONS as OTHERS

    assert {file.stem for file in GOLDEN.glob("*.json")} == {*QUESTIONS, *CELLS, *OTHERS}


@pytest.mark.parametrize("report", REPORTS.values(), ids=list(REPORTS))
def test_no_search_has_a_script_or_an_aggregation_that_small_distributions_lack(report: Any) -> None:
    missing = {"script", "bucket_sort", "bucket_script", "multi_terms", "auto_date_histogram", "top_metrics", "offset"}
    for group in [None, *report.group_by]:
        question = read_question(report, MARCH | {"group_by": group})
        assert not missing & keys_of(search_body(report, question, question.span))


def keys_of(value: Any) -> set[str]:
    if isinstance(value, dict):
        return value.keys() | {key for inner in value.values() for key in keys_of(inner)}
    return {key for inner in value for key in keys_of(inner)} if isinstance(value, list) else set()
