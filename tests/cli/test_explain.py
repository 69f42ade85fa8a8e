"""`indexer explain` as a user runs it."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.settings import Settings
from tests import forking
from tests.builders import conversation, part
from tests.integration.installation import Installation

THURSDAY = 604_800  # 8 January 1970
RAW = conversation(
    part("A", "comment", THURSDAY + 3600),
    part("O", "comment", THURSDAY + 3700),
    part("A", "close", THURSDAY + 7200),
    at=THURSDAY,
)
OUTBOUND = conversation(
    part("A", "comment", 60), part("C", "comment", 100), at=1, by="A", delivered_as="admin_initiated", id="7"
)


def explain(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error, where no service is needed."""
    done = forking.run(["explain", *arguments], os.environ)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "in.ndjson"
    path.write_bytes(b"{broken\n" + b"\n".join(map(orjson.dumps, (RAW, OUTBOUND))))
    return str(path)


def explained(*arguments: str) -> dict[str, Any]:
    code, out, said = explain(*arguments, "--format", "json")
    assert (code, said) == (0, "")
    found: dict[str, Any] = orjson.loads(out)
    return found


def test_a_conversation_of_a_file_is_explained_without_any_service(file: str, tmp_path: Path) -> None:
    schedule = tmp_path / "hours.json"
    # Dublin was an hour ahead of UTC in that winter.
    intervals = [{"start_minute": 3 * 1440 + 90, "end_minute": 3 * 1440 + 120}]
    schedule.write_bytes(orjson.dumps({"time_zone_name": "Europe/Dublin", "time_intervals": intervals}))
    found = explained("1", "first_response_time_ooo", "--file", file, "--office-hours", str(schedule))
    explanation = found["explanation"]
    field = explanation["fields"]["first_response_time_ooo"]
    assert (field["value"], field["parts"]) == (1800, [1, 2])
    assert field["stretches"][0]["intervals"] == [[THURSDAY + 1800, THURSDAY + 3600]]
    assert [one["type"] for one in explanation["timeline"]] == ["creation", "source", "comment", "comment", "close"]
    assert found["shown"]["first_response_time_ooo"] == "30 m (1,800 s)"
    assert found["names"] == {"teammate A": "A"}


def test_the_table_has_a_timeline_and_every_value_that_there_is(file: str) -> None:
    code, out, _ = explain("1", "--file", file, "--format", "table")
    assert code == 0
    assert "1970-01-08 01:00:00+00:00 (608400)  #2" in out
    assert "≠" not in out
    _, differing, _ = explain("7", "--file", file, "--format", "table")
    assert "≠ new and legacy: before_anchor" in differing
    _, detailed, _ = explain("1", "first_response_at", "--file", file, "--format", "table")
    assert "first_response_at: The first visible part by a teammate" in detailed


def test_csv_has_a_line_for_each_field(file: str) -> None:
    _, out, _ = explain("1", "statistics.first_close_at", "--file", file, "--format", "csv")
    assert [(row["field"], row["value"], row["parts"]) for row in csv.DictReader(out.splitlines())] == [
        ("statistics.first_close_at", "612000", "4"),
        ("legacy.first_close_at", "612000", "4"),
    ]


def test_as_of_a_time_only_what_there_was_counts(file: str) -> None:
    for written in ("1970-01-08T01:30:00+00:00", "1970-01-08T01:30"):
        found = explained("1", "last_closed_at", "--file", file, "--as-of", written)["explanation"]
        assert (found["as_of"], found["fields"]["last_closed_at"]["value"]) == (THURSDAY + 5400, None)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("2",), "has no conversation '2'"),
        (("1", "first_respons_at"), "'first_respons_at' is not a field of a document; did you mean first_response_at"),
        (("1", "--as-of", "soon"), "'soon' is not a time"),
        (("1", "--as-of", "1960-01-01"), "the conversation did not exist before"),
    ],
)
def test_a_conversation_that_cannot_be_explained_is_a_usage_error(
    file: str, arguments: tuple[str, ...], told: str
) -> None:
    code, out, said = explain(*arguments, "--file", file)
    assert (code, out) == (2, "")
    assert told in said
    assert "Traceback" not in said


def test_without_a_file_a_workspace_is_needed() -> None:
    code, _, said = explain("1")
    assert code == 2
    assert "give --workspace" in said


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    installation = Installation(test_settings)
    installation.run("import", "-", "--workspace", "w", stdin=orjson.dumps([RAW]))
    installation.index_everything()
    yield installation
    installation.close()


@pytest.mark.services
def test_a_stored_conversation_is_explained_and_compared_with_the_index(installation: Installation) -> None:
    found = installation.json("explain", "1", "first_response_time", "--workspace", "w")
    assert (found["notice"], found["explanation"]["fields"]["first_response_time"]["value"]) == (None, 3600)
    later = RAW | {"updated_at": THURSDAY + 9000, "title": "Other"}
    installation.run("import", "-", "--workspace", "w", stdin=orjson.dumps([later]))
    notice = installation.json("explain", "1", "--workspace", "w")["notice"]
    assert notice.startswith("The document in the index differs from the one computed now: revision ")
    assert "2 fields (title, updated_at)" in notice
    installation.run("import", "-", "--workspace", "w", stdin=orjson.dumps([RAW | {"id": "2"}]))
    notice = installation.json("explain", "2", "--workspace", "w")["notice"]
    assert notice == "The index has no document of this conversation."
    assert "'3' is not stored in workspace 'w'" in installation.said("explain", "3", "--workspace", "w", code=2)
    installation.environment["ELASTICSEARCH_URL"] = "http://127.0.0.1:1"
    found = installation.json("explain", "1", "--workspace", "w")
    assert found["notice"].startswith("The index cannot be compared: ")
    assert found["explanation"]["fields"]["title"]["value"] == "Other"
