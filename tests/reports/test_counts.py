"""Several counts side by side: read off buckets, in words, as CSV, and refused if they say nothing."""

from datetime import date
from typing import Any

import pytest

from indexer.reports import Answer, Definition, InvalidDefinition, build_answer, read_question, search_body
from indexer.reports.answer_rows import answer_columns, answer_rows
from indexer.reports.definition_words import in_words
from tests.reports.definitions import definition

EMAIL, IRISH = {"channel": "email"}, {"country": "Ireland"}
COUNTS: dict[str, Any] = {
    "all": {},
    "email": {"where": EMAIL, "of": "all"},
    "irish": {"where": IRISH, "of": ["email", "all"], "of_all": "email", "of_most": True},
    "irish_email": {"where": EMAIL | IRISH, "of": "email"},
}


def of(counts: dict[str, Any] = COUNTS, **other: Any) -> Definition:
    return definition(**{"value": {"counts": counts}, "group_by": ["tag"], **other})


def bucket(every: int, email: int, irish: int, both: int) -> dict[str, Any]:
    counted = {"email": email, "irish": irish, "irish_of_email": both, "irish_email": both}
    return {"doc_count": every, "counts": {"buckets": {name: {"doc_count": n} for name, n in counted.items()}}}


def answered(**other: Any) -> Answer:
    report = of()
    question = read_question(report, {"workspace": "w", "from": "2024-03-04", "to": "2024-03-05"} | other)
    groups = [{"key": {"group": "a"}, **bucket(6, 4, 3, 2)}, {"key": {"group": None}, **bucket(10, 0, 1, 0)}]
    response = {
        "hits": {"total": {"value": 16}},
        "aggregations": {**bucket(16, 4, 4, 2), "groups": {"buckets": groups}},
    }
    return build_answer(report, question, [response])


def test_a_percentage_is_of_the_documents_that_are_in_both() -> None:
    answer = answered(group_by="tag")
    assert answer.interval == "range"
    first, nameless = answer.rows
    assert (first.value, first.count) == (6, 6)
    assert first.figures == {
        "all": 6,
        "email": 4,
        "email_of_all": pytest.approx(400 / 6),
        "irish": 3,
        "irish_of_email": 50,
        "irish_of_all": 50,
        "irish_of_all_email": 75,
        "irish_of_most": 30,
        "irish_email": 2,
        "irish_email_of_email": 50,
    }
    assert nameless.figures is not None
    assert (nameless.figures["irish_of_email"], nameless.figures["irish_of_all_email"]) == (None, 25)


def test_the_total_has_no_largest_group() -> None:
    total = answered(group_by="tag").total
    assert total.figures is not None
    assert (total.figures["irish_of_all_email"], total.figures["irish_of_most"]) == (100, None)


def test_a_row_of_csv_has_a_column_for_each_figure() -> None:
    answer = answered(group_by="tag")
    columns = answer_columns(answer)
    assert columns[:6] == ["period", "group", "value", "count", "all", "email"]
    for row in answer_rows(answer):
        assert len(row) == len(columns)
    assert next(answer_rows(answer))[:6] == [date(2024, 3, 4), "a", 6, 6, 6, 4]


def test_the_json_of_other_reports_has_no_figures() -> None:
    plain = definition()
    question = read_question(plain, {"workspace": "w", "from": "2024-03-04", "to": "2024-03-04"})
    found = build_answer(plain, question, [{"hits": {"total": {"value": 1}}, "aggregations": {}}]).json_object()
    assert "figures" not in found["total"]
    assert "figures" not in found["rows"][0]
    assert answered(group_by="tag").json_object()["total"]["figures"]["email"] == 4


def test_a_filter_is_asked_for_only_if_no_other_has_its_documents() -> None:
    report = of()
    question = read_question(report, {"workspace": "w", "from": "2024-03-04", "to": "2024-03-05"})
    filters = search_body(report, question, question.span)["aggs"]["counts"]["filters"]["filters"]
    assert set(filters) == {"email", "irish", "irish_of_email", "irish_email"}


def test_the_words_name_each_count_and_its_bases() -> None:
    assert in_words(of())["number"].startswith(
        "how many conversations, side by side: all; email (channel is email, also in percent of all); "
        "irish (country is Ireland, also in percent of email and of all and of all email "
        "and of the group with most all)"
    )


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "value.counts: "),
        ({"sent": {}, "read": {"of": "send"}}, "'send' is not one of sent, read"),
        ({"a": {"of": ["b"]}, "b": {}, "a_of_b": {}}, "a_of_b is the name of two figures"),
        ({"sent": {"where": {"nowhere": 1}}}, "value.counts.sent.where.nowhere: nowhere is not a field"),
        ({"sent": {"where": {"remark": "x"}}}, "value.counts.sent.where.remark: remark is of type text"),
        ({"Sent": {}}, "value.counts"),
    ],
)
def test_counts_that_cannot_be_read_are_refused(counts: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        of(counts)
    assert said in str(caught.value)


def test_counts_of_actions_are_refused() -> None:
    with pytest.raises(InvalidDefinition, match="value: counts is of conversations, not of actions"):
        of(axis="actions.at", action={"kind": "reply"})
