"""What `indexer backfill` refuses before it asks any service."""

import pytest
from typer.testing import CliRunner

from indexer.cli.app import app


@pytest.mark.parametrize(
    ("option", "written", "said"),
    [
        ("--from", "yesterday", "'yesterday' is not a date of the form YYYY-MM-DD"),
        ("--to", "20260331", "'20260331' is not a date of the form YYYY-MM-DD"),
        ("--to", "2026-02-29", "2026-02-29 is not in the calendar"),
    ],
)
def test_a_day_that_cannot_be_read_is_a_usage_error(option: str, written: str, said: str) -> None:
    result = CliRunner().invoke(app, ["backfill", option, written, "--dry-run"], env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert f"{option}: {said}" in result.output
