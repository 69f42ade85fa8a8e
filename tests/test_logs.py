"""The logs of a process if standard error is not a terminal."""

import subprocess
import sys
from typing import Any

import orjson
import pytest

_START = """
import logging, structlog
from indexer import logs
logs.configure({level})
"""


def said(script: str, level: str = "logging.WARNING") -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", _START.format(level=level) + script], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    return [orjson.loads(line) for line in done.stderr.splitlines()]


def test_an_event_is_a_line_with_its_fields() -> None:
    (line,) = said("structlog.get_logger().warning('released', changes=3)")
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "released", "changes": 3, "level": "warning"}


def test_lines_go_to_the_present_standard_error() -> None:
    """A command that was run within a test leaves its logs configured, and its standard error is closed."""
    script = (
        "import io, sys\nlog, real, sys.stderr = structlog.get_logger(), sys.stderr, io.StringIO()\n"
        "logs.configure()\nsys.stderr.close()\nsys.stderr = real\nlog.warning('heard')"
    )
    (line,) = said(script)
    assert line["event"] == "heard"


def test_a_librarys_warning_is_a_line_with_its_name() -> None:
    (line,) = said("logging.getLogger('celery.worker').warning('%s is lost', 'Redis')")
    assert (line["event"], line["logger"], line["level"]) == ("Redis is lost", "celery.worker", "warning")


def test_libraries_are_heard_from_warnings_on_whatever_is_asked_for() -> None:
    script = "structlog.get_logger().info('ours'); logging.getLogger('celery').info('theirs')"
    assert [line["event"] for line in said(script, "logging.DEBUG")] == ["ours"]


@pytest.mark.parametrize("level", ["warning", "error"])
def test_tracebacks_are_for_errors(level: str) -> None:
    (line,) = said(f"try: 1 / 0\nexcept ZeroDivisionError as e: logging.getLogger('x').{level}('no', exc_info=e)")
    assert ("ZeroDivisionError" in line.get("exception", "")) == (level == "error")


def test_the_beat_is_brief_about_messages_that_it_cannot_send() -> None:
    script = (
        "try: 1 / 0\nexcept ZeroDivisionError: logging.getLogger('celery.beat').exception('no %s\\n%s', 'Redis', [1])"
    )
    (line,) = said(script)
    assert line["event"] == "no Redis"
    assert "exception" not in line
