"""A file of messages is known by its name in any of the usual spellings, and by its columns."""

import pytest

from indexer.messages.statistic_names import known_columns, shape_of, statistic_named
from indexer.messages.statistics import (
    CHECKPOINT,
    CHECKPOINT_COLUMNS,
    EVENTS,
    FLAT,
    FLAT_COLUMNS,
    RECEIPT,
    RECEIPT_COLUMNS,
)

COLUMNS = {RECEIPT: RECEIPT_COLUMNS, CHECKPOINT: CHECKPOINT_COLUMNS} | {
    kind: statistic.columns for kind, statistic in EVENTS.items()
}
TITLES = {RECEIPT: "Receipt", CHECKPOINT: "Checkpoint"} | {kind: statistic.title for kind, statistic in EVENTS.items()}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_statistic_is_found_by_its_kind_and_its_title_however_they_are_spelled(kind: str) -> None:
    title = TITLES[kind]
    several = f"{title}es" if title.endswith("s") else f"{title}s"
    names = [
        f"{kind}.csv",
        f"{title}.csv",
        f"{title.upper()}.CSV",
        f"{title.title().replace(' ', '')}.csv",
        f"{several.lower().replace(' ', '-')}-2026-01.csv.gz",
        f"My workspace {several} (2).csv",
        f"january/{kind}_0001.csv",
    ]
    assert {name: statistic_named(name) for name in names} == dict.fromkeys(names, kind)
    assert {name: shape_of(name, COLUMNS[kind]) for name in names} == dict.fromkeys(names, kind)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("replies.csv", "reply"),
        ("goal_successes.csv", "goal_success"),
        ("completions.csv", "completion"),
        ("series_completions.csv", "series_completion"),
        ("seriesDisengagements.csv", "series_disengagement"),
        ("tour_step_views_and_failures.csv", "tour_step_view"),
        ("notes.csv", None),
        ("opening hours.csv", None),
        ("opens_and_clicks.csv", None),
        ("series.csv", None),
        ("", None),
    ],
)
def test_names_with_other_words(name: str, kind: str | None) -> None:
    assert statistic_named(name) == kind


@pytest.mark.parametrize("kind", COLUMNS)
def test_the_columns_decide_if_the_name_says_nothing_or_something_else(kind: str) -> None:
    for name in ("data.csv", "unsubscribes.csv" if kind != "unsubscribe" else "clicks.csv"):
        assert shape_of(name, [*reversed(COLUMNS[kind]), "further"]) == kind


@pytest.mark.parametrize("first", [*FLAT_COLUMNS, "first_dismissal"])
def test_one_column_of_a_first_event_makes_a_file_flat(first: str) -> None:
    assert shape_of("receipts.csv", ["receipt_id", "received_at", first]) == FLAT
    assert first in known_columns(FLAT)


@pytest.mark.parametrize(
    "columns",
    [
        [],
        ["receipt_id"],
        ["received_at", "name"],
        ["receipt_id", "clicked_at", "opened_at"],
        ["user_id", "ruleset_id", "created_at"],
        ["id", "subject", "body"],
    ],
    ids=str,
)
def test_columns_that_say_nothing(columns: list[str]) -> None:
    assert shape_of("data.csv", columns) is None
