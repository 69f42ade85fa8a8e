"""An answer as rows for CSV."""

from datetime import date

from indexer.reports import Answer, Comparison, Interval, Number, Row
from indexer.reports.answer import Others, RowBefore
from indexer.reports.answer_rows import answer_columns, answer_rows
from indexer.reports.completeness import Part

DAY = date(2024, 3, 4)
ANSWER = Answer(
    report="median_time_to_close",
    workspace="acme",
    from_=DAY,
    to=date(2024, 3, 5),
    time_zone="Europe/Dublin",
    interval=Interval.WEEK,
    group_by="team",
    office_hours=True,
    unit="seconds",
    total=Number(value=60, count=3),
    rows=[Row(period=DAY, group="7", value=60, count=3, partial=Part(from_=DAY, to=date(2024, 3, 5)))],
    where=["tag=Billing", "channel!=chat"],
    exact=False,
)
QUESTION = ["median_time_to_close", "acme", DAY, date(2024, 3, 5), "Europe/Dublin", "week", True]
QUESTION += ["tag=Billing and channel!=chat", False, "seconds"]


def test_every_row_has_the_whole_question() -> None:
    [row] = answer_rows(ANSWER)
    assert row == [DAY, "7", 60, 3, "2024-03-04 to 2024-03-05", *QUESTION]
    assert len(answer_columns(ANSWER)) == len(row)
    until = ANSWER.model_copy(update={"until": 1_709_600_000})
    assert list(answer_rows(until)) == [[*row, 1_709_600_000]]
    assert answer_columns(until) == [*answer_columns(ANSWER), "until"]


def test_names_others_and_the_span_before_have_their_place() -> None:
    before = [RowBefore(period=date(2024, 2, 26), group=None, value=50, count=2, beside=DAY)]
    rest = Others(groups=4, total=Number(value=1, count=1), rows=[Row(period=DAY, group=None, value=1, count=1)])
    compare = Comparison(from_=date(2024, 3, 2), to=date(2024, 3, 3), total=Number(value=50, count=2), rows=before)
    answer = ANSWER.model_copy(update={"labels": {"7": "Billing"}, "others": rest, "compare": compare})
    rows = list(answer_rows(answer))
    assert answer_columns(answer)[:6] == ["range", "period", "group", "label", "value", "count"]
    assert [row[:6] for row in rows] == [
        ["asked", DAY, "7", "Billing", 60, 3],
        ["asked", DAY, None, "others (4)", 1, 1],
        ["before", date(2024, 2, 26), None, None, 50, 2],
    ]
    assert rows[2][9:11] == [date(2024, 3, 2), date(2024, 3, 3)]
