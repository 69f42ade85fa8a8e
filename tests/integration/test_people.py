"""People on their whole way, by the commands of their page: made up, imported, listed, counted, exported."""

import csv
import io
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import orjson
import pytest
from elasticsearch import Elasticsearch
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.answers.people_list import PeopleQuestion, count_people, iterate_people, list_people
from indexer.answers.people_question import AskedPeople, read_people_question, read_scope
from indexer.datasets.people import PEOPLE, stored_facts
from indexer.exports.write_people import FileFormat, write_people
from indexer.people.filters import FilterScope, matches
from indexer.people.person_facts import PersonFacts
from indexer.resources import resource_dir
from indexer.settings import Settings
from indexer.store.entities.stored import read_stored
from tests.integration.installation import Installation
from tests.web.server import served

pytestmark = pytest.mark.services

PAGE = (resource_dir("mappings").parent / "docs" / "people.md").read_text()
PEOPLE_OF_TEST = 250
AS_OF = "2026-11-01"
FILTERS = list(dict.fromkeys(re.findall(r"indexer people (?:list|count|export) '([^']+)'", PAGE)))


class World(NamedTuple):
    """The installation after the commands of the page, what they printed, and everybody that is stored."""

    installation: Installation
    printed: dict[str, str]
    scope: FilterScope
    everybody: list[PersonFacts]

    @property
    def search(self) -> tuple[Elasticsearch, str]:
        return self.installation.search, self.installation.settings.index_prefix

    def asked(self, filter_text: str, **more: Any) -> AskedPeople:
        return read_people_question(self.scope, "acme", filter_text, **more)

    def expected(self, question: PeopleQuestion) -> set[str]:
        """The ids by the plain evaluation of the filter on what the store has."""
        chosen = question.filter
        return {one.person.id for one in self.everybody if chosen is None or matches(chosen, one, self.scope)}

    def listed(self, question: PeopleQuestion, size: int) -> tuple[list[str], int]:
        """The ids of all pages of a list, and the total that it says."""
        ids: list[str] = []
        cursor = None
        while True:
            page = list_people(*self.search, self.installation.engine.connect, question, size=size, cursor=cursor)
            ids += [one.person.id for one in page.people]
            cursor = page.cursor
            if cursor is None:
                return ids, page.total

    def exported(self, asked: AskedPeople, format_: FileFormat) -> bytes:
        file = io.BytesIO()
        pages = iterate_people(*self.search, self.installation.engine.connect, asked.question)
        write_people(pages, asked.columns, file, zone=self.scope.zone, format_=format_)
        return file.getvalue()


@pytest.fixture(scope="module")
def world(module_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    installation = Installation(module_settings)
    directory = tmp_path_factory.mktemp("people")
    printed = {command: tried(installation, command, directory) for command in commands_of_the_page()}
    installation.search.indices.refresh(index=f"{module_settings.index_prefix}-people")
    with installation.engine.connect() as connection:
        ids = connection.exec_driver_sql("SELECT record_id FROM records WHERE dataset = 'people'").scalars().all()
        stored = read_stored(connection, PEOPLE, [("acme", id_) for id_ in ids])
        scope = read_scope(connection, "acme", AS_OF)
    printed["exporters.csv"] = (directory / "exporters.csv").read_text()
    yield World(installation, printed, scope, [stored_facts(one) for one in stored])
    installation.close()


@cache
def commands_of_the_page() -> list[str]:
    found = re.findall(r"^    \$ indexer (.*)$", PAGE, flags=re.MULTILINE)
    return [command.replace("--people 20000", f"--people {PEOPLE_OF_TEST}") for command in found]


def tried(installation: Installation, command: str, directory: Path) -> str:
    """The output of a command of the page, whose files are in that directory."""
    line, _, target = re.fullmatch(r"(.*?)( > (\S+\.ndjson))?", command).groups()  # type: ignore[union-attr]
    words = [
        re.sub(r"^[a-z]+\.(?:ndjson|csv)$", lambda file: str(directory / file[0]), word) for word in shlex.split(line)
    ]
    said = installation.run(*words)
    if target:
        (directory / target).write_text(said)
    return said


def test_the_seven_questions_have_the_answers_that_the_store_gives(world: World) -> None:
    lists = {command: said for command, said in world.printed.items() if command.startswith("people list")}
    assert len(lists) == 7
    for command, said in lists.items():
        filter_text = shlex.split(command)[2]
        expected = world.expected(world.asked(filter_text).question)
        found = orjson.loads(said)
        assert found["total"] == len(expected), filter_text
        assert 0 < found["total"] < PEOPLE_OF_TEST, filter_text
        assert len(found["people"]) == min(20, len(expected))
        columns = shlex.split(command)[shlex.split(command).index("--columns") + 1].split(",")
        assert all(list(one) == columns for one in found["people"])


def test_sorted_lists_are_in_the_order_that_they_say(world: World) -> None:
    for command, said in world.printed.items():
        if "--sort=-" in command:
            column = re.search(r"--sort=-(\S+)", command)[1]  # type: ignore[index]
            values = [one[column] for one in orjson.loads(said)["people"]]
            assert values == sorted(values, reverse=True), column


def test_the_count_and_the_file_of_the_page_are_those_of_the_list(world: World) -> None:
    [count] = [orjson.loads(said) for command, said in world.printed.items() if command.startswith("people count")]
    rows = list(csv.DictReader(io.StringIO(world.printed["exporters.csv"])))
    expected = world.expected(world.asked('event "export" count > 5').question)
    assert {row["id"] for row in rows} == expected
    assert count["count"] == len(rows)
    assert all(int(row["event.export.count"]) > 5 for row in rows)


ATOMS = [
    *FILTERS,
    'plan is not "pro"',
    "seats is unknown",
    'email contains "EXAMPLE"',
    "signed_up_at after 2026-06-30",
    'company.custom.region is "EMEA"',
    'company.plan is not "free"',
    'tag is "3101"',
    "last_seen_at less than 20 days ago",
    'event "export" metadata.format is "csv"',
    'role is "lead"',
]
filters = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.builds(
        lambda one, word, other: f"({one}) {word} ({other})", inner, st.sampled_from(["and", "or"]), inner
    ),
    max_leaves=4,
)
orders = st.sampled_from([None, "name", "-last_seen_at", "seats", "-event.export.count", "plan"])


@settings(max_examples=25)
@given(filter_text=filters, sort=orders, size=st.sampled_from([7, 100, 1_000]))
def test_count_list_and_files_have_the_same_people(world: World, filter_text: str, sort: str | None, size: int) -> None:
    asked = world.asked(filter_text, columns=["id", "name"], sort=sort)
    expected = world.expected(asked.question)
    assert count_people(*world.search, asked.question) == len(expected)
    ids, total = world.listed(asked.question, size)
    assert (total, len(ids), set(ids)) == (len(expected), len(expected), expected)
    rows = list(csv.DictReader(io.StringIO(world.exported(asked, "csv").decode())))
    assert [row["id"] for row in rows] == ids
    lines = world.exported(asked, "ndjson").splitlines()
    assert [orjson.loads(line)["id"] for line in lines] == ids


@pytest.fixture
def client(world: World) -> Iterator[httpx.Client]:
    used = world.installation.settings
    urls = {"DATABASE_URL": used.database_url, "REDIS_URL": used.redis_url}
    with served(str(used.elasticsearch_url), used.index_prefix, **{k: str(v) for k, v in urls.items()}) as client:
        client.params = client.params.merge({"workspace": "acme"})
        yield client


def test_the_api_lists_counts_and_exports_the_same_people(world: World, client: httpx.Client) -> None:
    chosen = {"filter": 'event "export" count > 2', "as_of": AS_OF}
    asked = world.asked(chosen["filter"], columns=["id", "event.export.count"], sort="-event.export.count")
    expected, total = world.listed(asked.question, 1_000)
    more = {**chosen, "columns": "id,event.export.count", "sort": "-event.export.count"}
    assert client.get("/api/v1/people/count", params=chosen).json()["count"] == total
    ids: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get("/api/v1/people", params={**more, "limit": 10, **cursor}).json()
        assert page["total"] == total
        ids += [one["id"] for one in page["people"]]
        if page["cursor"] is None:
            break
        cursor = {"cursor": page["cursor"]}
    assert ids == expected
    file = client.get("/api/v1/people/export", params=more)
    assert [row["id"] for row in csv.DictReader(io.StringIO(file.text))] == expected
    lines = client.get("/api/v1/people/export", params={**more, "format": "ndjson"}).text.splitlines()
    assert [orjson.loads(line)["id"] for line in lines] == expected


def test_the_api_shows_and_explains_a_person(world: World, client: httpx.Client) -> None:
    person = next(one.person for one in world.everybody if "export" in one.events)
    shown = client.get(f"/api/v1/people/{person.id}").json()
    assert (shown["id"], shown["role"]) == (person.id, person.role)
    told = client.get(f"/api/v1/people/{person.id}/why", params={"filter": 'event "export" has happened'}).json()
    assert told["matches"] is True
    events = client.get(f"/api/v1/people/{person.id}/events").json()
    assert [one["at"] for one in events] == sorted((one["at"] for one in events), reverse=True)
    assert client.get("/api/v1/people/nobody").status_code == 404
    assert client.get("/api/v1/people", params={"filter": "colour is"}).json()["error"]["parameter"] == "filter"
    assert client.get("/api/v1/people", params={"columns": "colour"}).json()["error"]["parameter"] == "columns"
    assert client.get("/api/v1/people", params={"cursor": "x"}).json()["error"]["parameter"] == "cursor"
    names = {one["name"] for one in client.get("/api/v1/people/attributes").json()}
    assert {"plan", "seats"} <= names


def test_a_file_of_people_can_be_imported_again(world: World, tmp_path: Path) -> None:
    columns = "id,name,email,external_id,signed_up_at,custom.plan,custom.seats,custom.renews_at,tags,companies"
    file = tmp_path / "all.csv"
    run = world.installation.run
    run("people", "export", "--workspace", "acme", "--columns", columns, "--output", str(file))
    said = run("import", str(file), "--dataset", "people", "--workspace", "acme", "--dry-run")
    assert orjson.loads(said)["unchanged"] == PEOPLE_OF_TEST


def test_one_person_is_shown_explained_and_merged(world: World) -> None:
    json, run = world.installation.json, world.installation.run
    first, second, *_ = [one.person for one in world.everybody if "external_id" in one.person.standard]
    shown = json("people", "show", str(first.standard["external_id"]), "--workspace", "acme")
    assert shown["id"] == first.id
    assert shown["custom"]["plan"] == first.custom["plan"].value
    told = json("people", "why", first.id, 'plan is "free" or plan is not "free"', "--workspace", "acme")
    assert told["matches"] is True
    assert sorted(clause["holds"] for clause in told["clauses"][1:]) == [False, True]
    names = {one["name"] for one in json("events", "names", "--workspace", "acme")}
    assert {"logged-in", "export"} <= names
    assert json("events", "list", first.id, "--workspace", "acme")
    assert "would be" in run("people", "merge", first.id, second.id, "--workspace", "acme", "--dry-run")
    run("contact", "merge", first.id, second.id, "--workspace", "acme")
    assert json("people", "show", first.id, "--workspace", "acme")["id"] == second.id


def test_an_export_of_one_person_is_told_which_command_discloses_the_person(world: World) -> None:
    said = world.installation.said("people", "export", "ann@example.com", "--workspace", "acme", code=2)
    assert "indexer people disclose ann@example.com --workspace acme" in " ".join(said.split())
    said = world.installation.said("people", "export", "plan is", "--workspace", "acme", code=2)
    assert "disclose" not in said


def test_an_address_of_several_people_lists_them(world: World, tmp_path: Path) -> None:
    file = tmp_path / "two.ndjson"
    file.write_bytes(b'{"external_id":"t1","email":"Two@example.com"}\n{"external_id":"t2","email":"x@example.com"}\n')
    world.installation.run("import", str(file), "--dataset", "people", "--workspace", "other")
    file.write_bytes(b'{"external_id":"t2","email":"two@example.com"}\n')
    world.installation.run("import", str(file), "--dataset", "people", "--workspace", "other")
    said = world.installation.said("people", "show", "two@example.com", "--workspace", "other", code=2)
    assert "2 people have two@example.com" in said
    assert world.installation.json("people", "show", "t2", "--workspace", "other")["email"] == "two@example.com"


def test_a_filter_is_shown_in_each_of_its_forms_and_each_finds_the_same(world: World) -> None:
    text = 'plan is not "free" and event "export" count > 5'
    shown = orjson.loads(world.installation.run("people", "filter", text, "--workspace", "acme", "--explain"))
    assert shown["text"] == text
    assert shown["meaning"] == f"People for whom {text}. “Is not” includes people without plan."
    as_json = orjson.dumps(shown["json"]).decode()
    assert world.asked(as_json).question.filter == world.asked(text).question.filter
    scoped = {"bool": {"filter": [{"term": {"workspace_id": "acme"}}, shown["query"]]}}
    client, prefix = world.search
    assert client.count(index=f"{prefix}-people", query=scoped)["count"] == len(
        world.expected(world.asked(text).question)
    )


def test_the_api_discloses_and_erases_a_person_for_good(world: World, client: httpx.Client, tmp_path: Path) -> None:
    person = next(one.person for one in reversed(world.everybody) if "export" in one.events)
    count = client.get("/api/v1/people/count").json()["count"]
    held = client.get(f"/api/v1/people/{person.id}/held").json()
    assert held["people"]
    assert held["events"]
    erased = client.delete(f"/api/v1/people/{person.id}", params={"because": "asked for it"}).json()
    assert erased["counts"]["people"] == 1
    assert client.get(f"/api/v1/people/{person.id}").status_code == 404
    assert client.delete(f"/api/v1/people/{person.id}", params={"because": "again"}).status_code == 404
    world.installation.search.indices.refresh(index=f"{world.installation.settings.index_prefix}-people")
    assert client.get("/api/v1/people/count").json()["count"] == count - 1
    again = client.post("/api/v1/people", json={"id": person.id, "name": "Again"})
    assert again.status_code == 422
    assert "erased" in again.json()["error"]["message"]
