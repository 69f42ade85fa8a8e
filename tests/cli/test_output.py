"""One way of printing data, for people and for programs."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from indexer.calendar.durations import duration
from indexer.cli.output import counted, in_words, minute, print_records
from indexer.sizes import bytes_said

RECORDS = [
    {"index": "a-v1", "documents": 24918, "size": 220895279, "alias": True, "tags": ["x", "y"], "error": None},
    {"index": "a-v2", "documents": None, "size": 512, "alias": False, "tags": [], "error": None},
]
COLUMNS = ["index", "documents", "size", "alias", "tags", "error"]


def printed(output: str, capsys: pytest.CaptureFixture[str], **how: object) -> str:
    print_records(RECORDS, COLUMNS, output, **how)  # type: ignore[arg-type]
    return capsys.readouterr().out


def test_people_read_sizes_counts_and_truths_and_no_empty_column(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed("table", capsys, people={"documents": counted, "size": bytes_said}).splitlines()
    assert lines[0] == "index  documents    size  alias  tags"
    assert lines[2:] == ["a-v1      24,918  221 MB  yes    x, y", "a-v2               512 B  no"]


def test_programs_read_lists_and_numbers_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(printed("json", capsys)) == RECORDS
    rows = list(csv.DictReader(io.StringIO(printed("csv", capsys))))
    assert rows[0] == {
        "index": "a-v1", "documents": "24918", "size": "220895279", "alias": "true", "tags": '["x","y"]', "error": "",
    }  # fmt: skip


def test_seconds_are_called_time_where_they_are_durations(capsys: pytest.CaptureFixture[str]) -> None:
    print_records([{"seconds_left": 384}], ["seconds_left"], "table", people={"seconds_left": duration})  # type: ignore[arg-type]
    assert capsys.readouterr().out.splitlines()[::2] == ["time left", " 6 m 24 s"]


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (999, "999 B"), (1400, "1.4 kB"), (220_895_279, "221 MB"), (5 * 10**9, "5 GB"), (10**13, "10.0 TB")],
)
def test_a_size_has_the_unit_that_fits(size: int, said: str) -> None:
    assert bytes_said(size) == said


def test_values_in_words() -> None:
    at = datetime(2026, 11, 28, 10, 5, 7, 123456, tzinfo=UTC)
    assert in_words([True, None, "x", {"a": 1}, at]) == "yes, , x, a 1, 2026-11-28 10:05:07+00:00"
    assert minute(at) == minute("2026-11-28T11:05:07+01:00") == "2026-11-28 10:05Z"
