"""The canned reports on the command line, over a real index."""

import csv
import io
import itertools
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from indexer.answers.catalogue import load_reports
from indexer.cli.app import app
from indexer.cli.report_table import print_answer
from indexer.errors import OperatorError
from indexer.reports import Answer, Interval, Number, Row
from indexer.settings import settings
from indexer.store.database import open_store, upgrade
from indexer.store.entities.names import Named, save_names
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.reports.indexed import conversation, indexed

BAR = "█" * 32
NAME = "new_inbound_conversations"
FIRST_OF_MARCH = 1_709_251_200
MARCH = ["--workspace", "acme", "--from", "2024-03-01", "--to", "2024-03-03"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["report", *arguments])


@pytest.fixture(scope="module")
def prefix(elasticsearch_url: str) -> Iterator[str]:
    """Three conversations: two on the first of March 2024, one on the third, in one channel each."""
    documents = [
        conversation(number, FIRST_OF_MARCH + seconds, "acme", channel=channel)
        for number, (seconds, channel) in enumerate([(1, "email"), (80_000, "chat"), (200_000, "email")])
    ]
    with indexed(elasticsearch_url, documents) as prefix:
        yield prefix


@pytest.fixture
def environment(
    elasticsearch_url: str, empty_store_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("INDEXER_DATABASE_URL", empty_store_url)
    monkeypatch.setenv("INDEXER_ELASTICSEARCH_URL", elasticsearch_url)
    monkeypatch.setenv("INDEXER_INDEX_PREFIX", prefix)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_the_reports_are_listed_by_category() -> None:
    reports = json.loads(run("list", "--format", "json").stdout)
    assert next(report for report in reports if report["name"] == NAME) == {
        "category": "conversations",
        "name": NAME,
        "title": "New inbound conversations",
        "about": "Conversations that a customer started, counted on the day the conversation was created.",
        "unit": "conversations",
        "pipeline": "legacy",
        "group_by": ["channel", "country", "tag", "team", "teammate"],
        "group_by_default": None,
    }

    categories = [category for category, _ in itertools.groupby(report["category"] for report in reports)]
    assert len(categories) == len(set(categories)) > 5
    assert "\nnew_inbound_conversations" in run("list", "--format", "table").stdout


def test_if_the_list_is_narrowed_each_report_has_its_description_unit_and_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for narrowed in (["backlog", "limit"], ["--category", "conversations"]):
        shown = run("list", *narrowed, "--format", "table").stdout
        assert all(len(line) <= 80 for line in shown.splitlines())
        said = " ".join(shown.partition("backlog_older_than\n")[2].split())
        report = next(one for one in load_reports().values() if one.name == "backlog_older_than")
        assert said.startswith(f"{report.title}. {report.about} In conversations, by team, teammate, channel, tag")


def test_the_list_can_be_narrowed_by_words_and_category() -> None:
    def names(*arguments: str) -> list[str]:
        return [report["name"] for report in json.loads(run("list", *arguments, "--format", "json").stdout)]

    assert "backlog_older_than" in names("Backlog", "LIMIT")
    assert "open_conversations" not in names("backlog", "limit")
    assert "sla_hit_rate" in names("--category", "sla")
    assert "csat_score" not in names("--category", "sla")


def test_a_report_is_shown_in_words_with_its_search() -> None:
    shown = run("show", NAME, "--format", "table").stdout
    assert "only where:   legacy.message_type is UserMessage" in shown
    assert all(len(line) <= 80 for line in shown.partition("March 2026")[0].splitlines())
    assert '"calendar_interval": "day"' in shown
    asked = json.loads(run("show", NAME, "--format", "json").stdout)
    assert asked["axis"] == "legacy.conversation_created_at"
    assert asked["search"]["size"] == 0
    assert "counted on,the local date of legacy.conversation_created_at" in run("show", NAME, "--format", "csv").stdout


@pytest.mark.services
@pytest.mark.usefixtures("environment")
def test_json_is_one_object_on_one_line() -> None:
    result = run("run", NAME, *MARCH, "--format", "json")
    assert result.exit_code == 0
    [line] = result.stdout.splitlines()
    answer = json.loads(line)
    assert answer["total"] == {"value": 3, "count": 3}
    assert [row["count"] for row in answer["rows"]] == [2, 0, 1]
    assert "compare" not in answer


@pytest.mark.services
@pytest.mark.usefixtures("environment")
def test_csv_has_a_line_for_every_row() -> None:
    result = run("run", NAME, *MARCH, "--group-by", "channel", "--interval", "month", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["period"], row["group"], row["value"], row["count"], row["partial"]) for row in rows] == [
        ("2024-03-01", "chat", "1", "1", "2024-03-01 to 2024-03-03"),
        ("2024-03-01", "email", "2", "2", "2024-03-01 to 2024-03-03"),
    ]
    assert all((row["workspace"], row["time_zone"], row["exact"]) == ("acme", "UTC", "true") for row in rows)


@pytest.mark.services
@pytest.mark.usefixtures("environment")
def test_csv_says_which_rows_are_compared_with() -> None:
    result = run("run", NAME, "--workspace", "acme", "--from", "2024-03-02", "--to", "2024-03-02", "--compare")
    assert json.loads(result.stdout)["compare"]["total"] == {"value": 2, "count": 2}
    result = run(
        "run", NAME, "--workspace", "acme", "--from", "2024-03-02", "--to", "2024-03-02", "--compare", "--format", "csv"
    )
    assert [row[:5] for row in csv.reader(io.StringIO(result.stdout))] == [
        ["range", "period", "group", "value", "count"],
        ["asked", "2024-03-02", "", "0", "0"],
        ["before", "2024-03-01", "", "2", "2"],
    ]


@pytest.mark.services
@pytest.mark.usefixtures("environment")
def test_a_table_has_bars_and_a_total() -> None:
    lines = [line.split() for line in run("run", NAME, *MARCH, "--format", "table").stdout.splitlines()]
    assert ["New", "inbound", "conversations"] in lines
    assert ["2024-03-01", "2", BAR] in lines
    assert ["2024-03-02", "0"] in lines
    assert ["2024-03-03", "1", "█" * 16] in lines
    assert ["total", "3"] in lines


@pytest.mark.services
@pytest.mark.usefixtures("environment")
def test_a_table_of_groups_leaves_out_empty_groups() -> None:
    found = run("run", NAME, *MARCH, "--group-by", "channel", "--where", "channel=email", "--format", "table").stdout
    assert ["2024-03-01", "email", "1", BAR] in [line.split() for line in found.splitlines()]
    assert "2024-03-02" not in found


@pytest.mark.services
@pytest.mark.usefixtures("environment")
def test_a_workspace_that_is_not_known_is_an_error_that_names_the_nearest(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INDEXER_DATABASE_URL", database_url)
    for command in ("run", "conversations"):
        result = run(command, NAME, "--workspace", "acne", "--from", "2024-03-01", "--to", "2024-03-01")
        assert isinstance(result.exception, OperatorError)
        assert str(result.exception) == (
            "--workspace: the workspace acne has no conversations in the index; did you mean 'acme'?"
        )


@pytest.mark.services
@pytest.mark.usefixtures("environment")
def test_if_nothing_of_a_stored_workspace_is_indexed_it_is_told_and_is_not_an_error(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INDEXER_DATABASE_URL", database_url)
    store = open_store(database_url)
    upgrade(store)
    with store.begin() as connection:
        save_workspace(connection, Workspace("acne"))
    store.dispose()
    result = run("run", NAME, "--workspace", "acne", "--from", "2024-03-01", "--to", "2024-03-01")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["total"]["count"] == 0
    assert result.stderr == "the workspace acne has no conversations in the index\n"


@pytest.mark.services
@pytest.mark.usefixtures("environment")
def test_a_value_that_does_not_occur_is_an_error_that_names_the_nearest() -> None:
    result = run("run", NAME, *MARCH, "--where", "channel=emial")
    assert isinstance(result.exception, OperatorError)
    assert str(result.exception) == ("--where: no conversation of acme has the channel 'emial'; did you mean 'email'?")
    result = run("conversations", NAME, *MARCH, "--group-by", "channel", "--group", "caht")
    assert isinstance(result.exception, OperatorError)
    assert str(result.exception) == "--group: no conversation of acme has the channel 'caht'; did you mean 'chat'?"


@pytest.mark.services
@pytest.mark.usefixtures("environment")
def test_a_range_without_anything_is_not_taken_for_an_empty_workspace() -> None:
    result = run("run", NAME, "--workspace", "acme", "--from", "2020-03-01", "--to", "2020-03-01")
    assert (result.exit_code, result.stderr) == (0, "")


def test_explain_prints_the_searches_and_needs_no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDEXER_ELASTICSEARCH_URL", "http://127.0.0.1:1")
    settings.cache_clear()
    result = run("run", NAME, *MARCH, "--compare", "--explain")
    settings.cache_clear()
    assert result.exit_code == 0
    starts = [
        json.loads(line)["query"]["bool"]["filter"][1]["range"]["legacy.conversation_created_at"]
        for line in result.stdout.splitlines()
    ]
    assert [(start["gte"], start["lt"]) for start in starts] == [
        (FIRST_OF_MARCH, FIRST_OF_MARCH + 3 * 86_400),
        (FIRST_OF_MARCH - 3 * 86_400, FIRST_OF_MARCH),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "tomorrow"], "--to: 'tomorrow' is not a date of the form YYYY-MM-DD"),
        (["--last", "28d"], "--last: cannot be combined with from; give one of them"),
        (["--from", "2024-03-04"], "--to: 2024-03-03 is before from, 2024-03-04"),
        (["--interval", "year"], "--interval: Input should be 'day', 'week', 'month' or 'range'"),
        (["--time-zone", "Dublin"], "--time-zone: there is no time zone 'Dublin'"),
        (["--group-by", "colour"], "--group-by: new_inbound_conversations can be grouped only by channel, country, "),
        (["--where", "tags=x"], "--where: 'tags' is not one of channel, "),
        (["--office-hours"], "--office-hours: new_inbound_conversations measures no duration"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(arguments: list[str], said: str) -> None:
    error = run("run", NAME, *MARCH, *arguments).exception
    assert isinstance(error, OperatorError)
    assert str(error).startswith(said)
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("words", "dates"),
    [
        (["--from", "yesterday"], ("2024-03-02", "2024-03-03")),
        (["--from", "yesterday", "--to", "yesterday"], ("2024-03-02", "2024-03-02")),
        (["--last", "28d"], ("2024-02-04", "2024-03-02")),
        (["--month", "2024-02"], ("2024-02-01", "2024-02-29")),
        (["--month", "this", "--time-zone", "Pacific/Auckland"], ("2024-03-01", "2024-03-31")),
        (["--last", "1d", "--time-zone", "Pacific/Auckland"], ("2024-03-03", "2024-03-03")),
    ],
)
def test_dates_can_be_said_in_words(words: list[str], dates: tuple[str, str]) -> None:
    """Seen from 3 March 2024, 18:00 UTC, when it is the 4th in Auckland."""
    result = run("run", NAME, "--workspace", "acme", *words, "--as-of", "2024-03-03T18:00:00Z", "--explain")
    assert result.exit_code == 0, result.output
    axis = json.loads(result.stdout)["query"]["bool"]["filter"][1]["range"]["legacy.conversation_created_at"]
    zone = ZoneInfo(words[words.index("--time-zone") + 1] if "--time-zone" in words else "UTC")
    first, end = (datetime.fromtimestamp(axis[key], zone) for key in ("gte", "lt"))
    assert (first.date().isoformat(), (end - timedelta(days=1)).date().isoformat()) == dates


@pytest.mark.parametrize("missing", ["--from", "--to"])
def test_a_range_has_no_default(missing: str) -> None:
    place = MARCH.index(missing)
    error = run("run", NAME, *MARCH[:place], *MARCH[place + 2 :]).exception
    assert isinstance(error, OperatorError)
    assert str(error) == f"{missing}: is missing"


def test_a_workspace_has_no_default() -> None:
    result = run("run", NAME, *MARCH[2:])
    assert result.exit_code == 2
    assert "--workspace" in result.output


def test_an_unknown_report_is_refused_with_the_nearest_name() -> None:
    error = run("run", "new_inbound_conv", *MARCH).exception
    assert isinstance(error, OperatorError)
    assert (str(error), error.remedy) == (
        "there is no report 'new_inbound_conv'",
        f"did you mean {NAME} or inbound_calls or new_closed_conversations?",
    )


BEHIND = ["conversations", NAME, *MARCH]


@pytest.mark.services
@pytest.mark.usefixtures("environment")
def test_the_conversations_behind_a_number_come_in_pages() -> None:
    first = run(*BEHIND, "--limit", "2", "--format", "csv")
    assert list(csv.reader(io.StringIO(first.stdout))) == [
        ["conversation_id", "at", "value"],
        ["0", str(FIRST_OF_MARCH + 1), "1"],
        ["1", str(FIRST_OF_MARCH + 80_000), "1"],
    ]
    counted, more = first.stderr.splitlines()
    assert counted == "2 of 3 conversations"
    second = run(*BEHIND, "--limit", "2", "--cursor", more.removeprefix("more with --cursor "))
    assert [row["conversation_id"] for row in json.loads(second.stdout)] == ["2"]
    assert "more" not in second.stderr


@pytest.mark.services
@pytest.mark.usefixtures("environment")
def test_people_read_local_times_and_programs_epoch_seconds() -> None:
    asked = ["conversations", NAME, *MARCH, "--time-zone", "Europe/Dublin", "--limit", "1"]
    assert "2024-03-01 00:00:01" in run(*asked, "--format", "table").stdout
    assert str(FIRST_OF_MARCH + 1) in run(*asked, "--format", "csv").stdout


@pytest.mark.services
@pytest.mark.usefixtures("environment")
def test_the_conversations_of_one_row_are_listed() -> None:
    row = ["--group-by", "channel", "--period", "2024-03-01", "--group", "email"]
    assert [one["conversation_id"] for one in json.loads(run(*BEHIND, *row).stdout)] == ["0"]
    assert json.loads(run(*BEHIND, "--group-by", "channel", "--no-group").stdout) == []


@pytest.mark.services
@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--period", "2024-03-09"], "--period: no day of the answer begins on 2024-03-09"),
        (["--period", "soon"], "--period: 'soon' is not a date"),
        (["--group", "email"], "--group: needs group_by"),
        (["--group", "email", "--no-group"], "--group and --no-group exclude each other"),
        (["--cursor", "x"], "--cursor: is not valid for this list"),
        (["--limit", "0"], "--limit: a page has 1 to 1,000 conversations, not 0"),
    ],
)
def test_a_row_or_page_that_there_is_not_is_named(arguments: list[str], said: str) -> None:
    error = run(*BEHIND, *arguments).exception
    assert isinstance(error, OperatorError)
    assert str(error).startswith(said)
    assert error.exit_code == 2


def table(name: str, rows: list[Row], total: Number, capsys: pytest.CaptureFixture[str], **other: Any) -> list[str]:
    """The lines of an answer's table."""
    report = load_reports()[name]
    answer = Answer(
        report=name,
        workspace="w",
        from_=date(2024, 3, 1),
        to=date(2024, 3, 2),
        time_zone="UTC",
        interval=Interval.DAY,
        office_hours=False,
        unit=report.unit,
        total=total,
        rows=rows,
        where=[],
        exact=True,
        **{"group_by": None, **other},
    )
    print_answer(report, answer)
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_a_table_of_durations_says_them_and_how_many_are_behind(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        Row(period=date(2024, 3, 1), group=None, value=4980.0, count=3),
        Row(period=date(2024, 3, 2), group=None, value=None, count=0),
    ]
    lines = table("median_first_response_time", rows, Number(value=4980.0, count=3), capsys)
    assert "day time count" in lines
    assert f"2024-03-01 1 h 23 m 3 {BAR}" in lines
    assert "2024-03-02 - 0" in lines
    assert "total 1 h 23 m 3" in lines


def test_a_table_of_a_distribution_names_its_parts_and_counts_conversations(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        Row(period=date(2024, 3, 1), group="< 5 m", value=75.0, count=3),
        Row(period=date(2024, 3, 1), group="5 m - 15 m", value=25.0, count=1),
    ]
    lines = table("first_response_time_distribution", rows, Number(value=100, count=4), capsys)
    assert "day part percent count" in lines
    assert f"2024-03-01 < 5 m 75 % 3 {BAR}" in lines
    assert "total 100 % 4" in lines


def test_groups_that_are_ids_are_told_with_their_names(
    elasticsearch_url: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_store(database_url)
    upgrade(engine)
    with engine.begin() as connection:
        save_names(connection, "acme", Named.TEAM, {"7": "Frontline"})
    engine.dispose()
    documents = [conversation(1, FIRST_OF_MARCH, "acme", team_assigned_id="7"), conversation(2, FIRST_OF_MARCH, "acme")]
    with indexed(elasticsearch_url, documents) as prefix:
        monkeypatch.setenv("INDEXER_ELASTICSEARCH_URL", elasticsearch_url)
        monkeypatch.setenv("INDEXER_DATABASE_URL", database_url)
        monkeypatch.setenv("INDEXER_INDEX_PREFIX", prefix)
        settings.cache_clear()
        asked = ["run", NAME, "--workspace", "acme", "--from", "2024-03-01", "--to", "2024-03-01", "--group-by", "team"]
        answer = json.loads(run(*asked, "--format", "json").stdout)
        table = run(*asked, "--format", "table").stdout
        rows = run(*asked, "--format", "csv").stdout.splitlines()
        settings.cache_clear()
    assert answer["labels"] == {"7": "Frontline"}
    assert "Frontline 7" in table
    begun = [",".join(row.split(",")[:5]) for row in rows]
    assert begun == ["period,group,label,value,count", "2024-03-01,7,Frontline,1,1", "2024-03-01,,,1,1"]
