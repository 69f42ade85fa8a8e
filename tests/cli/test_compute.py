"""`indexer compute` as a user runs it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests import forking
from tests.builders import conversation, document_of, part

THURSDAY = 604_800  # 8 January 1970
CONVERSATION = conversation(
    part("A", "comment", THURSDAY + 3600), part("A", "close", THURSDAY + 7200), at=THURSDAY, title="Hello"
)


def compute(*arguments: str, stdin: bytes = b"") -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, the documents, and the text on standard error."""
    done = forking.run(["compute", *arguments], os.environ, stdin)
    return done.returncode, [orjson.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_documents_come_out_in_the_order_of_the_input() -> None:
    many = [CONVERSATION | {"id": str(number)} for number in range(1, 4)]
    code, documents, said = compute("--workspace", "w", stdin=b"\n".join(map(orjson.dumps, many)))
    assert (code, said) == (0, "")
    assert documents == [document_of(one) for one in many]


def test_a_bad_line_is_named_with_its_number_and_the_rest_comes_out(tmp_path: Path) -> None:
    file = tmp_path / "in.ndjson"
    lines = [
        orjson.dumps(CONVERSATION),
        b"{not json",
        orjson.dumps({"id": "5", "created_at": 1, "conversation_parts": [{"part_type": "comment"}]}),
        b"[1]",
        orjson.dumps(CONVERSATION | {"id": "2"}),
    ]
    file.write_bytes(b"\n".join(lines))
    code, documents, said = compute(str(file))
    assert code == 1
    assert [document["conversation_id"] for document in documents] == ["1", "2"]
    reported = said.splitlines()
    assert [line.partition(": ")[0] for line in reported[:3]] == [f"{file}, line {number}" for number in (2, 3, 4)]
    assert reported[1].endswith("conversation_parts[0].created_at: is missing")
    assert reported[2].endswith("is a list, not a conversation object")
    assert reported[3] == "3 refused"


def test_office_hours_are_applied(tmp_path: Path) -> None:
    file = tmp_path / "hours.json"
    hours = {"time_zone_name": "UTC", "time_intervals": [{"start_minute": 3 * 1440 + 30, "end_minute": 3 * 1440 + 60}]}
    file.write_bytes(orjson.dumps(hours))
    _, (document,), _ = compute("--office-hours", str(file), stdin=orjson.dumps(CONVERSATION))
    assert (document["first_response_time"], document["first_response_time_ooo"]) == (3600, 1800)
    assert document["office_hours_id"] != document_of(CONVERSATION)["office_hours_id"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "is not JSON"),
        (b'{"time_zone_name": "Mars/Base"}', "time_zone_name"),
        (b'{"time_intervals": [{"start_minute": 0, "end_minute": "x"}]}', "time_intervals[0].end_minute"),
    ],
)
def test_wrong_office_hours_are_a_usage_error_that_names_file_and_field(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "hours.json"
    file.write_bytes(content)
    code, documents, error = compute("--office-hours", str(file), stdin=orjson.dumps(CONVERSATION))
    assert (code, documents) == (2, [])
    assert f"{file}: " in error
    assert said in error


def test_a_missing_file_is_a_usage_error_without_a_traceback(tmp_path: Path) -> None:
    code, _, said = compute(str(tmp_path / "missing"))
    assert code == 2
    assert "No such file" in said
    assert "Traceback" not in said


def test_custom_attributes_over_many_lines_make_a_document_of_one_line() -> None:
    pretty = orjson.dumps(CONVERSATION | {"custom_attributes": {"plan": "Pro"}}, option=orjson.OPT_INDENT_2)
    _, documents, _ = compute(stdin=pretty)
    assert [document["custom"] for document in documents] == [{"plan": "Pro"}]


def test_a_reader_that_stops_early_is_not_an_error(tmp_path: Path) -> None:
    file = tmp_path / "in.ndjson"
    file.write_bytes(b"\n".join([orjson.dumps(CONVERSATION)] * 20_000))
    pipeline = f"{sys.executable} -m indexer compute {file} | head -n 1"
    done = subprocess.run(pipeline, shell=True, capture_output=True, check=True)  # noqa: S602 - a pipe is the point
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == b""


def test_a_full_disk_is_said_without_a_traceback(tmp_path: Path) -> None:
    file = tmp_path / "in.ndjson"
    file.write_bytes(orjson.dumps(CONVERSATION))
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "indexer", "compute", str(file)], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("error: standard output cannot be written: No space left on device")
