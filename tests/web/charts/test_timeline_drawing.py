"""A timeline as figures for an SVG: within the picture, readable, and with the texts of its entries."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from indexer.differences.reasons import Hours
from indexer.explaining import explain
from indexer.explaining.picture import picture_of
from indexer.office_hours import ALWAYS_OPEN, parse_office_hours
from indexer.sample import generate, office_hours
from indexer.web.charts.timeline_drawing import Drawing, draw
from tests.builders import conversation, parsed, part

HOURS = parse_office_hours(office_hours())
NAMES = {"teammate A": "Ann", "team T1": "Front Desk"}
T = int(datetime(2026, 3, 28, 23, 30, tzinfo=UTC).timestamp())


def drawings(count: int) -> list[Drawing]:
    """Of conversations of the sample, with each having its reply times highlighted."""
    found = []
    for raw in generate(count, seed=5):
        explanation = explain(parsed(raw), "w", Hours(HOURS, {}), time_zone="Europe/Dublin")
        chosen = [explanation.fields["reply_times_ooo"]]
        found.append(draw(picture_of(explanation, HOURS, T + 400 * 86_400, chosen), {}))
    return found


def test_everything_lies_within_the_picture_and_times_do_not_cover_each_other() -> None:
    for drawing in drawings(25):
        bars = [*drawing.office, *drawing.cuts, *drawing.assigned, *drawing.states, *drawing.highlight]
        assert all(bar.x >= 0 and bar.x + bar.width <= 100 and bar.width >= 0 for bar in bars)
        assert all(0 < mark.x < 100 and mark.y < drawing.height for mark in drawing.marks)
        assert all(later.x - earlier.x >= 6.5 for earlier, later in pairwise(drawing.ticks))
        wide = [tick.x for tick in drawing.ticks if not tick.minor]
        assert all(later - earlier >= 23 for earlier, later in pairwise(wide))


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/London", ["Clocks go forward by 1 h: Sun 29 Mar 2026, 02:00:00"]),
        ("Europe/Dublin", ["Clocks go forward by 1 h: Sun 29 Mar 2026, 02:00:00"]),
        ("Pacific/Auckland", []),
        ("Asia/Kathmandu", []),
    ],
)
def test_a_change_of_clocks_says_what_clocks_show_after_it(zone: str, said: list[str]) -> None:
    raw = conversation(part("A", "close", T + 4 * 3_600), at=T)
    explanation = explain(parsed(raw), "w", Hours(ALWAYS_OPEN, {}), time_zone=zone)
    drawing = draw(picture_of(explanation, ALWAYS_OPEN, T), NAMES)
    assert [bar.title for bar in drawing.clock_changes] == said
    local = datetime.fromtimestamp(T, ZoneInfo(zone))
    assert drawing.marks[0].text.endswith(f"{local:%a} {local.day} {local:%b %Y, %H:%M:%S}")


def test_names_stand_in_place_of_ids() -> None:
    raw = conversation(
        part("O", "assignment", T + 60, to="T1"),
        part("O", "assignment", T + 120, to="A"),
        part("A", "comment", T + 600),
        at=T,
    )
    explanation = explain(parsed(raw), "w", Hours(ALWAYS_OPEN, {}))
    drawing = draw(picture_of(explanation, ALWAYS_OPEN, T + 900), NAMES)
    assert [bar.text for bar in drawing.assigned] == ["Front Desk", "Front Desk, Ann"]
    assert "comment by teammate Ann" in drawing.marks[-1].text
    assert drawing.until_now
