"""The table of metrics has every field once, and the words beside a chosen one add up to it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.calendar.durations import duration, exact_duration
from indexer.differences.reasons import Hours
from indexer.explaining import explain
from indexer.explaining.picture import picture_of
from indexer.office_hours import parse_office_hours
from indexer.web.charts.timeline_drawing import draw
from indexer.web.pages.metric_reasons import reasons_for
from indexer.web.pages.metric_table import NO_BREAK, metric_sections
from tests.builders import parsed
from tests.metrics.strategies import START, conversations, schedules

NAMES = {"teammate A": "Ann"}


@settings(max_examples=10)  # each is explained in full
@given(conversations(), schedules(), st.booleans())
def test_every_field_stands_in_the_table_once_and_can_be_chosen(
    raw: dict[str, Any], schedule: dict[str, Any], is_earlier: bool
) -> None:
    hours = parse_office_hours(schedule)
    as_of = START + 3_600 if is_earlier else None
    explanation = explain(parsed(raw), "w", Hours(hours, {}), as_of=as_of, time_zone="Europe/Dublin")
    sections = metric_sections(explanation, NAMES, "reply_times", lambda name: f"?metric={name}")
    cells = [cell for one in sections for metric in one.metrics for row in metric.rows for cell in row.cells if cell]
    cells += [cell for one in sections for cell in one.without]
    assert sorted(cell.name for cell in cells) == sorted(explanation.fields)
    assert [cell.name for cell in cells if cell.chosen] == ["reply_times"]
    shown = {cell.name: cell for cell in cells}
    for name, field in explanation.fields.items():
        assert shown[name].url == f"?metric={name}"
        if field.kind == "duration" and field.value is not None:
            assert shown[name].text.replace(NO_BREAK, " ") == duration(field.value)
            assert shown[name].full == exact_duration(field.value)
        said = reasons_for(explanation, name, NAMES)
        assert [number for number, _ in said.entries] == list(field.parts)
        assert len(said.stretches) == len(field.stretches)
        for words, stretch in zip(said.stretches, field.stretches, strict=True):
            assert stretch.end is None or f": {exact_duration(stretch.seconds)} " in words.text
    drawing = draw(picture_of(explanation, hours, START + 40 * 86_400), NAMES)
    assert sum(mark.count for mark in drawing.marks) == len(explanation.timeline)
