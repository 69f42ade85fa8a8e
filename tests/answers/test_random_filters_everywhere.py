"""A filter has the same people wherever it is asked, and never those of another workspace."""

import io
from collections.abc import Iterator
from typing import NamedTuple

import orjson
import pytest
from msgspec.structs import replace

from indexer.answers.catalogue import find_report, load_reports
from indexer.answers.people_list import count_people, iterate_people, list_people
from indexer.answers.people_question import read_people_question
from indexer.answers.run_report import run_report
from indexer.answers.saved_filters import scope_at
from indexer.answers.workspace_segments import create_segment, freeze_segment, list_segments
from indexer.datasets.people import PEOPLE, incoming_person
from indexer.exports.write_people import write_people
from indexer.people.attribute import Attribute
from indexer.people.filters import Filter, FilterError, FilterScope, matches, print_filter
from indexer.people.person_facts import PersonFacts
from indexer.reports import Answer, InvalidQuestion, read_question
from indexer.store.entities.attributes import add_attributes
from indexer.store.entities.records import save_records
from tests.embedded.harness import Run
from tests.people.filters.filter_workspace import CATALOGUE, NOW, RandomPeople
from tests.people.filters.random_filters import RandomFilters
from tests.people.grouped_people import Place, installation

pytestmark = pytest.mark.services

FILTERS = 24
REPORT = find_report(load_reports(), "people_by_attribute")


def _of_v(facts: PersonFacts) -> PersonFacts:
    return facts._replace(person=replace(facts.person, id=f"v-{facts.person.id}"))


EVERYBODY = {"w": RandomPeople(41).people(300), "v": [_of_v(one) for one in RandomPeople(42).people(200)]}


class World(NamedTuple):
    """Both workspaces have the same filters as segments."""

    place: Place
    filters: dict[str, Filter]
    scopes: dict[str, FilterScope]

    def expected(self, workspace: str, found: Filter) -> list[str]:
        """The ids by the plain evaluation."""
        scope = self.scopes[workspace]
        return sorted(one.person.id for one in EVERYBODY[workspace] if matches(found, one, scope))

    def report(self, workspace: str, **asked: object) -> Answer:
        question = read_question(REPORT, {"workspace": workspace, "as_of": NOW, **asked})
        [resolved] = self.place.resolver().resolve([(REPORT, question)])
        if resolved.fault is not None:
            raise resolved.fault
        return run_report(self.place.client, self.place.prefix, REPORT, resolved.question)


@pytest.fixture(scope="module")
def world(services: Run, elasticsearch_url: str) -> Iterator[World]:
    attributes = list(CATALOGUE.attributes.values())
    with installation(services, elasticsearch_url, EVERYBODY, attributes) as place:
        scopes: dict[str, FilterScope] = {}
        filters: dict[str, Filter] = {}
        for workspace, everybody in EVERYBODY.items():
            with place.store.begin() as connection:
                save_records(connection, PEOPLE, workspace, [incoming_person(one.person) for one in everybody])
                if not filters:
                    made = RandomFilters(43, scope_at(connection, workspace, NOW))
                    filters = {f"filter {number}": made.filter() for number in range(FILTERS)}
                for name, found in filters.items():
                    create_segment(connection, workspace, name, print_filter(found), "contact")
                scopes[workspace] = scope_at(connection, workspace, NOW)
        yield World(place, filters, scopes)


@pytest.mark.parametrize("workspace", ["w", "v"])
def test_a_filter_has_the_same_people_in_every_list_count_file_and_report(world: World, workspace: str) -> None:
    client, prefix, store = world.place.client, world.place.prefix, world.place.store
    expected = {name: world.expected(workspace, found) for name, found in world.filters.items()}
    assert len({len(ids) for ids in expected.values()}) > FILTERS // 3  # the filters tell people apart
    with store.connect() as connection:
        segments = {one.name: one.people for one in list_segments(connection, client, prefix, workspace, now=NOW)}
    groups = {row.group: row.count for row in world.report(workspace, group_by="person.segment").rows}
    for name, found in world.filters.items():
        members = len(expected[name])
        asked = read_people_question(world.scopes[workspace], workspace, print_filter(found), columns=["id"])
        ids: list[str] = []
        cursor = None
        while ids == [] or cursor is not None:
            page = list_people(client, prefix, store.connect, asked.question, size=100, cursor=cursor)
            ids += [one.person.id for one in page.people]
            cursor = page.cursor
            assert page.total == members
            if not ids:
                break
        assert sorted(ids) == expected[name], print_filter(found)
        file = io.BytesIO()
        pages = iterate_people(client, prefix, store.connect, asked.question)
        assert write_people(pages, asked.columns, file, zone=asked.question.scope.zone, format_="ndjson") == members
        assert sorted(orjson.loads(line)["id"] for line in file.getvalue().splitlines()) == expected[name]
        assert count_people(client, prefix, asked.question) == segments[name] == groups.get(name, 0) == members
        assert world.report(workspace, where=[f'person.segment="{name}"']).total.count == members


def test_nothing_of_one_workspace_is_in_another(world: World) -> None:
    client, prefix, store = world.place.client, world.place.prefix, world.place.store
    with store.begin() as connection:
        add_attributes(connection, "v", [Attribute(model="contact", name="only of v", type="string")])
        create_segment(connection, "v", "Segment of v", 'custom."only of v" is unknown', "contact")
        freeze_segment(connection, client, prefix, "v", "Segment of v", "Audience of v")
        scope, of_v = (scope_at(connection, workspace, NOW) for workspace in ("w", "v"))
        shown = {one.name for one in list_segments(connection, client, prefix, "w", now=NOW)}
    assert read_people_question(of_v, "v", 'segment is "Segment of v"', columns=["custom.only of v"]).columns
    assert not {"Segment of v", "Audience of v"} & {*shown, *scope.segments}
    for text in ('custom."only of v" is "x"', 'segment is "Segment of v"'):
        with pytest.raises(FilterError):
            read_people_question(scope, "w", text)
    with pytest.raises(InvalidQuestion):
        read_people_question(scope, "w", None, columns=["custom.only of v"])
    for asked in (
        {"where": ['person.custom."only of v"=x']},
        {"where": ['person.segment="Segment of v"']},
        {"where": ['person.audience="Audience of v"']},
        {"group_by": "person.custom.only of v"},
    ):
        with pytest.raises(InvalidQuestion):
            world.report("w", **asked)
        assert world.report("v", **asked).total.count >= 0
