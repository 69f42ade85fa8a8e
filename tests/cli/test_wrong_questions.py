"""Wrong questions to every report: one clear sentence that names the option, and exit 2."""

import pytest
from typer.testing import CliRunner

from indexer.answers.catalogue import load_reports
from indexer.cli.app import app
from indexer.errors import OperatorError

REPORTS = load_reports()
RANGE = {"--workspace": "w", "--from": "2024-03-01", "--to": "2024-03-31"}


def refused(*arguments: str) -> OperatorError:
    """The error that ends the command, which is one line of words."""
    error = CliRunner().invoke(app, ["report", "run", *arguments]).exception
    assert isinstance(error, OperatorError), error
    assert error.exit_code == 2
    assert "\n" not in str(error)
    assert "\n" not in error.remedy
    return error


def options(**other: str) -> list[str]:
    asked = RANGE | {f"--{name.replace('_', '-')}": value for name, value in other.items()}
    return [word for pair in asked.items() for word in pair]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_refuses_a_wrong_question_in_one_sentence(name: str) -> None:
    grouped = str(refused(name, *options(group_by="colour")))
    assert grouped.startswith(f"--group-by: {name} can be grouped ")
    assert "'colour'" in grouped

    backwards = str(refused(name, *options(to="2024-02-28")))
    assert backwards == "--to: 2024-02-28 is before from, 2024-03-01"

    elsewhere = str(refused(name, *options(time_zone="Europe/Dublon")))
    assert elsewhere == (
        "--time-zone: there is no time zone 'Europe/Dublon'; did you mean Europe/Dublin or Europe/London or "
        "Europe/Lisbon?"
    )

    if not REPORTS[name].is_board:  # whose only moment is the present
        for_ever = str(refused(name, *options(**{"from": "1970-01-01", "interval": "day"})))
        assert for_ever.startswith("--interval: 1970-01-01 to 2024-03-31 has 19,814 periods of a day, more than 10,000")


@pytest.mark.parametrize("name", ["new_conversation", "median_first_response", "csat"])
def test_an_unknown_report_is_refused_with_near_names(name: str) -> None:
    error = refused(name, *options())
    assert str(error) == f"there is no report {name!r}"
    assert "did you mean" in error.remedy


def test_conditions_that_cannot_be_are_refused() -> None:
    for wrong in ("colour=red", "tag", "tag>3", "rating>=good", "=x", "tag="):
        said = str(refused("new_conversations", *options(where=wrong)))
        assert said.startswith("--where: "), wrong
