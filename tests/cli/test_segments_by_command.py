"""Segments by commands, and reports that ask for them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from indexer.cli.app import app
from indexer.errors import OperatorError
from indexer.settings import settings
from tests.embedded.harness import Run
from tests.people.grouped_people import NOW, Place, as_documents, conversations, installation, people

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def place(services: Run, elasticsearch_url: str) -> Iterator[Place]:
    with (
        installation(services, elasticsearch_url, {"w": people(1)}) as found,
        pytest.MonkeyPatch.context() as patch,
    ):
        found.write("conversations", as_documents(conversations("w", 3)))
        url = found.store.url.set(drivername="postgresql").render_as_string(hide_password=False)
        patch.setenv("INDEXER_DATABASE_URL", url)
        patch.setenv("INDEXER_ELASTICSEARCH_URL", elasticsearch_url)
        patch.setenv("INDEXER_INDEX_PREFIX", found.prefix)
        settings.cache_clear()
        yield found
        settings.cache_clear()


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, [*arguments, "--workspace", "w"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--format", "json").stdout)


@pytest.mark.usefixtures("place")
def test_a_segment_from_its_creation_to_its_end() -> None:
    free = sum(one.person.custom.get("plan", ("", ""))[1] == "free" for one in people(1))
    run("segments", "create", "Free", 'plan is "free"', "--dry-run")
    assert [one["name"] for one in told("segments", "list")] == ["New", "Active", "Slipping away"]
    made = run("segments", "create", "Free", 'custom.plan is "free"', "--format", "table")
    assert made.stdout.splitlines()[0] == 'saved the segment Free: plan is "free"'
    assert told("segments", "show", "Free")["people"] == free > 0
    [counted] = told("segments", "count", "Free")
    assert (counted["people"], counted["counted_at"] > NOW) == (free, True)
    assert run("segments", "count", "Free", "--format", "table").stdout.startswith(f"{free} people at 20")
    run("segments", "freeze", "Free", "Free then", "--dry-run")
    frozen = run("segments", "freeze", "Free", "Free then", "--format", "table")
    assert frozen.stdout.startswith(f"kept {free} people as Free then, at 20")
    assert [one["kind"] for one in told("segments", "list")] == ["predefined"] * 3 + ["dynamic", "fixed"]
    assert told("people", "count", 'segment is "Free"')["count"] == free
    run("segments", "delete", "Free then", "--dry-run")
    for name in ("Free then", "Free"):
        assert run("segments", "delete", name, "--yes").stdout == f"deleted the segment {name}\n"
    with pytest.raises(OperatorError, match="there is no segment 'Free'"):
        run("segments", "count", "Free")


REPORT = ("report", "run", "new_conversations", "--from", "2024-03-10", "--to", "2024-04-01", "--as-of", str(NOW))


@pytest.mark.usefixtures("place")
def test_a_report_takes_words_about_people() -> None:
    whole = told(*REPORT)["total"]["count"]
    free = told(*REPORT, "--where", "person.custom.plan=free")["total"]["count"]
    others = told(*REPORT, "--where", "person.custom.plan!=free")["total"]["count"]
    assert 0 < free < whole == free + others
    grouped = told(*REPORT, "--group-by", "person.segment", "--interval", "range")["rows"]
    assert {row["group"] for row in grouped} >= {"Active", "(no person known)", None}


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--where", "person.segment=Actve"), '--where: person.segment=Actve: there is no segment "Actve"'),
        (("--where", "person.plan=gold"), "--where: no person of w has the plan 'gold'"),
        (("--group-by", "person.email"), "--group-by: person.email tells one person from another"),
    ],
)
def test_what_there_is_not_is_named(options: tuple[str, ...], said: str) -> None:
    with pytest.raises(OperatorError) as caught:
        run(*REPORT, *options)
    assert str(caught.value).startswith(said)


@pytest.mark.usefixtures("place")
def test_a_search_that_is_only_printed_has_words_in_place_of_ids() -> None:
    printed = run(*REPORT, "--where", "person.segment=Active", "--explain").stdout
    assert "ids of people with person.segment=Active" in printed
