"""The people of the sample workspace: what can be asked of them has an answer, and readers take all of it."""

from functools import cache
from zoneinfo import ZoneInfo

import pytest

from indexer.people.attribute import Catalogue
from indexer.people.company_reader import read_company
from indexer.people.event_reader import read_event
from indexer.people.filters import FilterScope, matches, parse_filter
from indexer.people.person_event import EventSummary
from indexer.people.person_facts import PersonFacts
from indexer.people.person_reader import read_person
from indexer.sample import DEFAULT_END, companies, events, people
from tests.sample.test_command import run

PEOPLE = 600

QUESTIONS = {
    "signed up in the last week": "signed_up_at less than 7 days ago and signed_up_at more than -1 days ago",
    "signed up once and never returned": 'event "logged-in" count is 1 and last_seen_at more than 7 days ago',
    "free plan, not upgraded": 'plan is "free" and event "upgraded-plan" has not happened',
    "used it until a month ago, then quit": "last_seen_at more than 30 days ago and last_seen_at less than 60 days ago",
    "looked at one page a lot lately": 'event "viewed-pricing-page" count > 3 '
    'and event "viewed-pricing-page" last less than 30 days ago',
    "used the export often": 'event "export" count > 5',
    "downgraded": 'event "downgraded-plan" has happened',
}


@cache
def known() -> tuple[Catalogue, list[PersonFacts]]:
    """Some people with their events, and the attributes that they have."""
    catalogue, found = Catalogue(), []
    for raw in people(PEOPLE, seed=1):
        read = read_person(raw, catalogue)
        assert read.refused == ()
        catalogue = catalogue.with_attributes(read.inferred)
        found.append(read.person)
    summaries: dict[str, dict[str, EventSummary]] = {}
    for raw in events(PEOPLE, seed=1):
        read_one = read_event(raw)
        assert read_one.refused == ()
        event = read_one.event
        mine = summaries.setdefault(event.external_id or event.id or "", {})
        before = mine.get(event.name, EventSummary(name=event.name, first=event.at, last=event.at, count=0))
        mine[event.name] = EventSummary(
            name=event.name,
            first=min(before.first, event.at),
            last=max(before.last, event.at),
            count=before.count + 1,
        )
    return catalogue, [
        PersonFacts(one, (), summaries.get(str(one.standard.get("external_id", one.id)), {})) for one in found
    ]


@pytest.mark.parametrize("question", QUESTIONS)
def test_some_people_are_the_answer_and_others_are_not(question: str) -> None:
    catalogue, facts = known()
    scope = FilterScope(catalogue, ZoneInfo("UTC"), DEFAULT_END, {})
    asked = parse_filter(QUESTIONS[question], scope)
    answers = sum(matches(asked, one, scope) for one in facts)
    assert 2 <= answers <= PEOPLE / 2


def test_companies_are_those_of_the_people_and_are_read() -> None:
    _, facts = known()
    read = [read_company(raw, Catalogue()) for raw in companies(PEOPLE, seed=1)]
    assert not any(one.refused for one in read)
    assert {one.company.id for one in read} == {each for one in facts for each in one.person.companies}


@pytest.mark.parametrize(("dataset", "told"), [("people", people), ("companies", companies), ("events", events)])
def test_more_people_continue_the_same_sequence(dataset: str, told: object) -> None:
    assert callable(told)
    few, more = list(told(20, seed=3)), list(told(40, seed=3))
    if dataset != "companies":  # these count their members
        assert more[: len(few)] == few
    assert few == list(told(20, seed=3))
    assert few != list(told(20, seed=4))


def test_the_command_writes_events() -> None:
    lines = run("--dataset", "events", "--people", "30").stdout.splitlines()
    assert len(lines) == len(list(events(30, seed=1)))
    refused = run("--dataset", "people", "--people", "200000")
    assert refused.returncode == 2
