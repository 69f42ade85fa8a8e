"""Fields of the three pipelines that answer the same question stand in one row."""

from indexer.datasets.field import COUNT, SECONDS, TEXT, both, group
from indexer.datasets.field import Field as Described
from indexer.explaining.explanation import Row
from indexer.explaining.rows import ROWS, rows_of


def test_a_row_has_a_question_and_the_fields_that_answer_it() -> None:
    rows = {row.title: row for row in ROWS}
    assert rows["last close"] == Row("last close", "last_closed_at", "statistics.last_close_at", "legacy.last_close_at")
    assert rows["first customer part"] == Row("first customer part", legacy="legacy.first_user_reply_at")
    assert rows["last reply"] == Row("last reply", rest="statistics.last_admin_reply_at")
    assert rows["handling time"] == Row("handling time", new="handling_time")
    assert rows["last close"].names == ("last_closed_at", "statistics.last_close_at", "legacy.last_close_at")
    assert rows["handling time"].names == ("handling_time",)


def test_rows_are_in_the_order_of_a_conversation_with_its_facts_last() -> None:
    titles = [row.title for row in ROWS]
    chosen = ["start", "first response", "last close", "actions", "started by", "workspace id", "tags", "rating"]
    assert [title for title in titles if title in chosen] == chosen
    assert titles[-1] == "data quality"


def test_a_field_without_a_row_gets_one_titled_by_its_name() -> None:
    groups = [
        group("Moods", "", None, Described("mood", TEXT, "", "The mood.")),
        group("Effort", "legacy", "legacy", *both("writing_time", SECONDS, "", "The time of writing.")),
        group("Words", "statistics", "rest", Described("count_words", COUNT, "", "The words.")),
    ]
    rows = rows_of(groups)
    new = rows.index(Row("writing time", legacy="legacy.writing_time"))
    assert rows[new - 1 : new + 4] == [
        Row("actions", new="actions"),
        Row("writing time", legacy="legacy.writing_time"),
        Row("writing time, office hours", legacy="legacy.writing_time_ooo"),
        Row("count words", rest="statistics.count_words"),
        Row("started by", "started_by", None, "legacy.message_type"),
    ]
    assert rows[-1] == Row("mood", new="mood")
