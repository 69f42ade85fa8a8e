"""`indexer diff` as a user runs it."""

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.settings import Settings
from tests import forking
from tests.builders import conversation, document_of, part
from tests.integration.installation import Installation


def diff(*arguments: str) -> tuple[int, bytes, str]:
    """Exit code, standard output and standard error, where no service is needed."""
    done = forking.run(["diff", *arguments], os.environ)
    return done.returncode, done.stdout, done.stderr.decode()


def side(path: Path, *lines: dict[str, Any]) -> str:
    path.write_bytes(b"".join(orjson.dumps({"workspace_id": "w", **line}) + b"\n" for line in lines))
    return f"file:{path}"


@pytest.fixture
def sides(tmp_path: Path) -> tuple[str, str]:
    """Three conversations on each side: one is equal, one differs in two fields, and each side has one alone."""
    left = side(
        tmp_path / "left.ndjson",
        {"conversation_id": "1", "started_at": 10, "title": "<b>&"},
        {"conversation_id": "2", "started_at": 10, "handling_time": 60, "title": "<b>&"},
        {"conversation_id": "3"},
    )
    right = side(
        tmp_path / "right.ndjson",
        {"conversation_id": "4"},
        {"conversation_id": "2", "started_at": 11, "title": "</script>"},
        {"conversation_id": "1", "started_at": 10, "title": "<b>&"},
    )
    return left, right


def test_differences_are_counted_by_field(sides: tuple[str, str]) -> None:
    code, out, _ = diff(*sides, "--explain", "0", "--format", "json")
    found = orjson.loads(out)
    assert code == 1
    assert (found["compared"], found["different"], found["only_left"], found["only_right"]) == (2, 1, 1, 1)
    fields = {one["left"]: one for one in found["fields"]}
    assert fields.keys() == {"started_at", "handling_time", "title"}
    assert fields["started_at"] == {
        "left": "started_at", "right": "started_at", "compared": 2, "equal": 1, "within_tolerance": 0, "different": 1,
        "missing_left": 0, "missing_right": 0, "biggest_difference": 1, "median_difference": 1, "reasons": {},
        "samples": [
            {
                "workspace_id": "w", "conversation_id": "2", "left": 10, "right": 11, "reasons": [], "words": None,
                "explain": "indexer explain 2 started_at --workspace w",
            }
        ],
    }  # fmt: skip
    assert (fields["handling_time"]["missing_right"], fields["handling_time"]["biggest_difference"]) == (1, None)


def test_every_difference_is_a_line_of_ndjson(sides: tuple[str, str]) -> None:
    code, out, _ = diff(*sides, "--explain", "0", "--format", "ndjson")
    lines = [orjson.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [(one["conversation_id"], one["kind"], one.get("left_field")) for one in lines] == [
        ("2", "different", "handling_time"),
        ("2", "different", "started_at"),
        ("2", "different", "title"),
        ("3", "only_left", None),
        ("4", "only_right", None),
    ]


def test_tables_and_csv_name_the_fields(sides: tuple[str, str]) -> None:
    code, out, _ = diff(*sides, "--explain", "0", "--format", "table")
    assert code == 1
    assert out.decode().startswith("2 compared, 1 different, 1 only left, 1 only right\n")
    assert "indexer explain 2 started_at --workspace w" in out.decode()
    _, out, _ = diff(*sides, "--explain", "0", "--format", "csv")
    rows = list(csv.DictReader(out.decode().splitlines()))
    assert [row["left"] for row in rows] == ["handling_time", "started_at", "title"]


def test_the_page_stands_alone_and_shows_text_as_text(sides: tuple[str, str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    diff(*sides, "--explain", "0", "--html", str(page))
    html = page.read_text()
    assert page.stat().st_mode & 0o777 == 0o600
    assert html.count("<svg") >= 2
    assert not re.search(r"<script|<link|@import|url\(|src=|href=", html)
    assert "&lt;/script&gt;" in html
    code, _, said = diff(*sides, "--explain", "0", "--html", str(tmp_path))
    assert (code, str(tmp_path) in said) == (2, True)


def test_tolerated_and_ignored_differences_are_equal(sides: tuple[str, str], tmp_path: Path) -> None:
    same = ("--explain", "0", "--format", "json", "--workspace", "w")
    left = side(tmp_path / "l", {"conversation_id": "2", "started_at": 10, "title": "a"})
    right = side(tmp_path / "r", {"conversation_id": "2", "started_at": 11, "title": "b"})
    code, out, _ = diff(left, right, *same, "--tolerance", "timestamp=1s", "--ignore", "title")
    assert code == 0
    assert [(one["left"], one["within_tolerance"]) for one in orjson.loads(out)["fields"]] == [("started_at", 1)]
    assert diff(left, right, *same, "--fields", "state")[0] == 0
    assert diff(left, right, *same, "--tolerance", "duration=9s", "--ignore", "title")[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("source", "source"),
        ("pipeline:old", "source"),
        ("pipeline:new", "pipeline:legacy", "--fields", "nothing"),
        ("file:a", "file:b", "--tolerance", "soon"),
        ("file:a", "file:b", "--from", "yesterday"),
        ("file:a", "file:b", "--time-zone", "Dublin"),
        ("file:/nothing/a", "file:/nothing/b"),
        ("file:a", "file:b", "--dataset", "nothing"),
    ],
)
def test_sides_that_cannot_be_compared_are_a_usage_error(arguments: tuple[str, ...]) -> None:
    code, out, said = diff(*arguments)
    assert (code, out) == (2, b"")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "reason", "remedy"),
    [
        (("pipeline:new", "pipeline:legacy"), "calls have no side pipeline:new", "source, index:NAME and file:PATH"),
        (("source", "vendor"), "calls have no side vendor", "source, index:NAME and file:PATH"),
        (("source", "index:calls", "--explain", "5"), "differences of calls", "leave out --explain"),
        (("file:a", "file:b", "--office-hours", "week.json"), "differences of calls", "leave out --explain"),
    ],
)
def test_a_question_that_does_not_suit_the_dataset_is_refused_with_a_remedy(
    arguments: tuple[str, ...], reason: str, remedy: str
) -> None:
    code, out, said = diff(*arguments, "--dataset", "calls")
    assert (code, out) == (2, b"")
    assert reason in said
    assert remedy in said


@pytest.fixture
def calls(tmp_path: Path) -> tuple[str, str]:
    """Two calls on each side: one differs in two fields, and each side has one alone."""
    left = side(
        tmp_path / "left.ndjson",
        {"call_id": "7", "conversation_id": "1", "initiated_at": 10, "duration": 60, "state": "answered"},
        {"call_id": "8", "conversation_id": "1", "initiated_at": 10},
    )
    right = side(
        tmp_path / "right.ndjson",
        {"call_id": "9", "conversation_id": "1", "initiated_at": 10},
        {"call_id": "7", "conversation_id": "1", "initiated_at": 10, "duration": 185, "state": "missed"},
    )
    return left, right


def test_calls_are_compared_without_reasons_and_without_a_service(calls: tuple[str, str], tmp_path: Path) -> None:
    of_calls = (*calls, "--dataset", "calls")
    code, out, said = diff(*of_calls, "--format", "json", "--html", str(tmp_path / "page.html"))
    found = orjson.loads(out)
    assert (code, said) == (1, "")
    assert (found["compared"], found["different"], found["only_left"], found["only_right"]) == (1, 1, 1, 1)
    assert (found["explained"], found["reasons"]) == (0, {})
    [sample] = next(one["samples"] for one in found["fields"] if one["left"] == "duration")
    assert (sample["conversation_id"], sample["left"], sample["right"], sample["explain"]) == ("7", 60, 185, None)
    page = (tmp_path / "page.html").read_text()
    assert "only right: call <code>9</code>" in page
    assert "Durations: how far apart" in page
    assert "indexer explain" not in page

    _, out, _ = diff(*of_calls, "--format", "table")
    assert "2 m 5 s" in out.decode()
    assert "indexer explain" not in out.decode()
    _, out, _ = diff(*of_calls, "--format", "json", "--tolerance", "duration=2m", "--fields", "duration")
    assert [one["different"] for one in orjson.loads(out)["fields"]] == [1]
    _, out, _ = diff(*of_calls, "--format", "json", "--tolerance", "duration=3m", "--fields", "duration")
    assert [one["within_tolerance"] for one in orjson.loads(out)["fields"]] == [1]


def test_a_broken_line_late_in_a_file_gives_no_partial_verdict(sides: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "left.ndjson"
    with path.open("ab") as stream:
        stream.write(b"{broken\n")
    for written in ("ndjson", "json", "table", "csv"):
        code, out, said = diff(*sides, "--explain", "0", "--format", written)
        assert (code, out) == (2, b"")
        assert f"{path}, line 4" in said


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    installation = Installation(test_settings)
    raws = [conversation(part("A", "comment", 61), at=1, id=str(number)) for number in range(5)]
    installation.run("import", "-", "--workspace", "w", stdin=orjson.dumps(raws))
    installation.index_everything()
    yield installation
    installation.close()


@pytest.mark.services
def test_an_installation_is_compared_with_its_source_and_with_a_file(
    installation: Installation, tmp_path: Path
) -> None:
    assert installation.run("diff", "index:conversations", "source", "--format", "csv").splitlines()[1:] == []
    documents = [document_of(conversation(part("A", "comment", 61), at=1, id=str(number))) for number in range(5)]
    documents[3]["teammate_replies_count"] = 7
    left = side(tmp_path / "f.ndjson", *documents)
    found = orjson.loads(installation.run("diff", left, "index:conversations", "--format", "json", code=1))
    assert [one["left"] for one in found["fields"]] == ["teammate_replies_count"]
    assert found["reasons"] == {"unexplained": 1}
    assert "there is no index" in installation.said("diff", "index:nothing", "source", code=2)


def test_if_nothing_was_compared_nothing_is_reported_as_equal(tmp_path: Path) -> None:
    left = side(tmp_path / "left.ndjson", {"conversation_id": "1", "started_at": 10})
    right = side(tmp_path / "right.ndjson", {"conversation_id": "2", "started_at": 10})
    _, printed, _ = diff(left, right, "--format", "table")
    assert printed.startswith(b"0 compared")
    assert b"equal everywhere" not in printed
