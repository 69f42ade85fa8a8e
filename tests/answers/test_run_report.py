"""Reports out of a real index, against a count in plain Python."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from elasticsearch import Elasticsearch

from indexer.answers.catalogue import UnknownReport, find_report, load_reports
from indexer.answers.run_report import has_documents, latest_day, run_report, run_reports, workspaces
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.reports import Answer, InvalidQuestion, Row, read_question
from indexer.search.mappings import mapped_fields
from indexer.search.search_requests import NoIndexYet
from tests.reports.definitions import content
from tests.reports.indexed import WINDOWS, Document, conversation, indexed, many_conversations

NAME = "new_inbound_conversations"
REPORT = load_reports()[NAME]
ZONES = ["UTC", "Europe/Dublin", "America/Sao_Paulo", "America/St_Johns", "Pacific/Apia", "Asia/Kolkata"]
FIELDS = {
    "channel": "channel",
    "country": "country",
    "tag": "tags",
    "team": "team_assigned_id",
    "teammate": "teammate_assigned_id",
}


class Index:
    """An index with the documents of two workspaces and of a third with more groups than a page."""

    def __init__(self, client: Elasticsearch, prefix: str, documents: list[Document]) -> None:
        self.client, self.prefix, self.documents = client, prefix, documents

    def ask(self, **parameters: Any) -> Answer:
        question = read_question(REPORT, {"workspace": "w", **parameters})
        return run_report(self.client, self.prefix, REPORT, question)


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[Index]:
    documents = many_conversations("w", seed=1) + many_conversations("v", seed=2)
    documents += [conversation(number, 86_400 * number, "wide", channel=f"c{number % 12}") for number in range(60)]
    with indexed(elasticsearch_url, documents) as prefix, Elasticsearch(elasticsearch_url) as client:
        yield Index(client, prefix, documents)


def begins(day: date, interval: str) -> date:
    if interval == "week":
        year, week, _ = day.isocalendar()
        return date.fromisocalendar(year, week, 1)
    return date(day.year, day.month, 1) if interval == "month" else day


def counted(
    documents: list[Document], workspace: str, first: date, last: date, zone: str, interval: str, group_by: str | None
) -> tuple[int, Counter[tuple[date, str | None]]]:
    """The total and the number of each period and group, by another way."""
    total, rows = 0, Counter[tuple[date, str | None]]()
    for document in documents:
        day = datetime.fromtimestamp(document["legacy"]["conversation_created_at"], ZoneInfo(zone)).date()
        inbound = document["legacy"]["message_type"] == "UserMessage"
        if document["workspace_id"] != workspace or not inbound or not first <= day <= last:
            continue
        total += 1
        value = document.get(FIELDS[group_by]) if group_by else None
        groups = value if isinstance(value, list) else [value]
        for group in groups or [None]:
            rows[begins(day, interval), group] += 1
    return total, rows


@pytest.mark.services
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("interval", ["day", "week", "month"])
@pytest.mark.parametrize("group_by", [None, *FIELDS])
def test_every_cut_of_a_report_is_what_plain_counting_gives(
    index: Index, zone: str, interval: str, group_by: str | None
) -> None:
    for window in WINDOWS:
        first, last = (date.fromisoformat(day) for day in window)
        answer = index.ask(
            **{"from": window[0], "to": window[1], "time_zone": zone, "interval": interval, "group_by": group_by}
        )
        total, rows = counted(index.documents, "w", first, last, zone, interval, group_by)
        assert total
        assert answer.total.value == answer.total.count == total

        groups = sorted({group for _, group in rows}, key=lambda group: (group is None, str(group)))
        every_day = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        starts = sorted({begins(day, interval) for day in every_day})
        assert [(row.period, row.group) for row in answer.rows] == [(s, group) for s in starts for group in groups]
        assert {(row.period, row.group): row.count for row in answer.rows if row.count} == rows
        assert all(row.value == row.count for row in answer.rows)


@pytest.mark.services
def test_a_comparison_has_the_answer_for_the_days_before(index: Index) -> None:
    compared = index.ask(**{"from": "2024-03-08", "to": "2024-03-21", "group_by": "tag", "compare": True}).compare
    before = index.ask(**{"from": "2024-02-23", "to": "2024-03-07", "group_by": "tag"})
    assert compared is not None
    assert (compared.from_, compared.to) == (date(2024, 2, 23), date(2024, 3, 7))
    assert before.total.count
    assert compared.total == before.total
    assert [Row(**row.model_dump(exclude={"beside"})) for row in compared.rows] == before.rows
    assert all((row.beside - row.period).days == 14 for row in compared.rows if row.beside)
    assert all(row.beside for row in compared.rows)


@pytest.mark.services
def test_conditions_on_one_field_are_alternatives_and_on_two_both_hold(index: Index) -> None:
    answer = index.ask(**{"from": "2010-01-01", "to": "2024-12-31", "where": ["tag=bug", "tag=billing", "team=7"]})
    expected = [
        document
        for document in index.documents
        if document["workspace_id"] == "w"
        and document["legacy"]["message_type"] == "UserMessage"
        and {"bug", "billing"} & set(document["tags"])
        and document.get("team_assigned_id") == "7"
    ]
    assert expected
    assert answer.total.count == len(expected)


@pytest.mark.services
def test_custom_attributes_are_a_condition_like_any_other(index: Index) -> None:
    answer = index.ask(**{"from": "2010-01-01", "to": "2024-12-31", "where": ["custom.plan=pro"]})
    inbound = [
        document
        for document in index.documents
        if document["workspace_id"] == "w" and document["legacy"]["message_type"] == "UserMessage"
    ]
    assert answer.total.count == sum(document["custom"] == {"plan": "pro"} for document in inbound)
    assert 0 < answer.total.count < len(inbound)


@pytest.mark.services
def test_groups_come_in_as_many_pages_as_it_takes(index: Index) -> None:
    # So many days that a page has room for eight groups only.
    answer = index.ask(workspace="wide", group_by="channel", **{"from": "1970-01-01", "to": "1988-01-01"})
    assert answer.total.count == 60
    counts = Counter(dict.fromkeys((), 0))
    for row in answer.rows:
        counts[row.group] += row.count
    assert counts == {f"c{number}": 5 for number in range(12)}


@pytest.mark.services
def test_more_groups_than_an_answer_can_hold_are_refused(index: Index) -> None:
    with pytest.raises(InvalidQuestion, match="group_by: there are at least 12 groups in 9,862 periods"):
        index.ask(workspace="wide", group_by="channel", **{"from": "1970-01-01", "to": "1996-12-31"})


@pytest.mark.services
def test_many_questions_are_answered_at_once_and_an_error_stands_in_its_place(index: Index) -> None:
    given: list[dict[str, Any]] = [
        {"workspace": "w", "from": "2024-03-08", "to": "2024-03-21", "group_by": "tag", "compare": True},
        {"workspace": "wide", "from": "1970-01-01", "to": "1996-12-31", "group_by": "channel"},
        {"workspace": "wide", "from": "1970-01-01", "to": "1988-01-01", "group_by": "channel"},
    ]
    questions = [(REPORT, read_question(REPORT, parameters)) for parameters in given]
    first, refused, paged = run_reports(index.client, index.prefix, questions)
    assert first == index.ask(**given[0])
    assert isinstance(refused, InvalidQuestion)
    assert paged == index.ask(**given[2])
    assert run_reports(index.client, index.prefix, []) == []
    [missing] = run_reports(index.client, "tnone", questions[:1])
    assert isinstance(missing, NoIndexYet)


@pytest.mark.services
def test_the_answers_to_one_request_share_a_budget_of_rows(index: Index) -> None:
    # 12 channels in 6,575 days are 78,900 rows each.
    wide = {"workspace": "wide", "from": "1970-01-01", "to": "1988-01-01", "group_by": "channel"}
    narrow = {"workspace": "wide", "from": "1970-01-01", "to": "1970-01-31"}
    questions = [(REPORT, read_question(REPORT, given)) for given in (wide, wide, narrow)]
    first, refused, last = run_reports(index.client, index.prefix, questions)
    assert isinstance(first, Answer)
    assert len(first.rows) == 78_900
    assert isinstance(refused, InvalidQuestion)
    assert "of which the answers before have taken 78,900" in str(refused)
    assert "ask fewer questions at once" in str(refused)
    assert last == index.ask(**narrow)


@pytest.mark.services
@pytest.mark.parametrize("further", [{}, {"sort": "count"}, {"top": 10}])
def test_the_rows_of_a_comparison_and_of_chosen_groups_count_too(index: Index, further: dict[str, Any]) -> None:
    # All channels have conversations in February and in January, so both spans have them in 5,113 days.
    given = {"from": "1970-02-01", "to": "1984-01-31", "group_by": "channel"} | further
    assert len(index.ask(workspace="wide", **given).rows) > 50_000
    with pytest.raises(InvalidQuestion, match=r"group_by: there are .* groups in .* at most 100,000 rows in all"):
        index.ask(workspace="wide", compare=True, **given)


@pytest.mark.services
def test_pages_of_groups_are_smaller_among_many_questions_and_answers_the_same(index: Index) -> None:
    given = [
        {"workspace": "wide", "from": f"197{year}-01-01", "to": "1972-06-01", "group_by": "channel"} for year in (0, 1)
    ]
    questions = [(REPORT, read_question(REPORT, one)) for one in given * 25]
    answers = run_reports(index.client, index.prefix, questions)
    assert [answer for answer in answers if isinstance(answer, Answer)][:2] == [index.ask(**one) for one in given]


def test_questions_that_make_too_many_rows_whatever_is_found_are_refused_before_any_search() -> None:
    reports = load_reports()
    days = {"workspace": "w", "from": "1990-01-01", "to": "2016-12-31"}
    board = reports["busiest_periods"]
    questions = {
        "body: the 11 questions together make at least 108,482 rows": [(REPORT, read_question(REPORT, days))] * 11,
        "interval: it makes at least": [
            (
                board,
                read_question(board, {"workspace": "w", "from": "2015-01-01", "to": "2017-01-01", "interval": "day"}),
            )
        ],
    }
    nowhere = Elasticsearch("http://127.0.0.1:1", max_retries=0)
    with nowhere:
        for said, asked in questions.items():
            with pytest.raises(InvalidQuestion, match=said):
                run_reports(nowhere, "tnone", asked)
        with pytest.raises(InvalidQuestion, match="interval: it makes at least"):
            run_report(nowhere, "tnone", *questions["interval: it makes at least"][0])


@pytest.mark.services
def test_a_range_without_conversations_has_all_its_periods(index: Index) -> None:
    for group_by in (None, "tag"):
        answer = index.ask(**{"from": "2001-01-01", "to": "2001-01-03", "group_by": group_by})
        assert [(row.period.day, row.group, row.value, row.count) for row in answer.rows] == [
            (1, None, 0, 0),
            (2, None, 0, 0),
            (3, None, 0, 0),
        ]


@pytest.mark.services
def test_workspaces_are_listed_and_an_unknown_one_has_nothing(index: Index) -> None:
    assert workspaces(index.client, index.prefix, "conversations") == ["v", "w", "wide"]
    assert has_documents(index.client, index.prefix, "conversations", "w")
    assert not has_documents(index.client, index.prefix, "conversations", "nobody")


@pytest.mark.services
def test_the_latest_day_is_that_of_the_newest_conversation_that_counts(elasticsearch_url: str) -> None:
    late = int(datetime(2024, 3, 5, 23, 30, tzinfo=ZoneInfo("UTC")).timestamp())
    campaign = conversation(2, late + 10 * 86_400)
    campaign["legacy"]["message_type"] = "Campaign"
    documents = [conversation(1, late), campaign]
    with indexed(elasticsearch_url, documents) as prefix, Elasticsearch(elasticsearch_url) as client:
        assert latest_day(client, prefix, REPORT, "w", ZoneInfo("UTC")) == date(2024, 3, 5)
        assert latest_day(client, prefix, REPORT, "w", ZoneInfo("Europe/Paris")) == date(2024, 3, 6)
        assert latest_day(client, prefix, REPORT, "nobody", ZoneInfo("UTC")) is None


@pytest.mark.services
def test_without_an_index_the_remedy_is_told(elasticsearch_url: str) -> None:
    question = read_question(REPORT, {"workspace": "w", "from": "2024-01-01", "to": "2024-01-02"})
    with (
        Elasticsearch(elasticsearch_url) as client,
        pytest.raises(NoIndexYet, match="nothing has the name tnone-conversations") as caught,
    ):
        run_report(client, "tnone", REPORT, question)
    assert "indexer import" in caught.value.remedy


def test_a_server_that_does_not_answer_is_a_service_that_is_not_there() -> None:
    with Elasticsearch("http://127.0.0.1:1", max_retries=0) as client, pytest.raises(ServiceUnavailable):
        workspaces(client, "t", "conversations")


def test_the_fields_of_a_mapping_are_those_of_documents_and_of_nested_objects() -> None:
    fields = mapped_fields("conversations")
    assert fields["legacy.conversation_created_at"] == "date"
    assert fields["custom"] == "flattened"
    assert (fields["actions"], fields["actions.at"]) == ("nested", "date")


def test_a_near_name_is_suggested() -> None:
    with pytest.raises(UnknownReport) as caught:
        find_report({NAME: REPORT}, "new_inbound")
    assert caught.value.remedy == f"did you mean {NAME}?"
    with pytest.raises(UnknownReport) as caught:
        find_report({NAME: REPORT}, "xyz")
    assert "indexer report list" in caught.value.remedy


def written(directory: Path, name: str, text: str) -> Path:
    file = directory / "conversations" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return directory


def test_a_new_report_is_a_new_file(tmp_path: Path) -> None:
    queries = written(tmp_path, "opened.yaml", str(content(group_by=["channel"])))
    [found] = load_reports(queries).values()
    assert (found.name, found.dataset, found.group_by) == ("opened", "conversations", ["channel"])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "opened.yaml",
            str(content(axis="opened_at")),
            "queries/conversations/opened.yaml: axis: opened_at is not a field",
        ),
        ("opened.yaml", "name: [", "queries/conversations/opened.yaml: while parsing"),
        ("closed.yaml", str(content()), "queries/conversations/closed.yaml: name: opened is not the name of the file"),
        ("opened.txt", "", "there are no reports in "),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(OperatorError) as caught:
        load_reports(written(tmp_path, name, text))
    assert str(caught.value).startswith(said)
