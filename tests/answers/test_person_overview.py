"""What a person had done up to an earlier moment: what single events say, as long as they are stored."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from indexer.answers.earlier_moment import InvalidMoment
from indexer.answers.person_overview import EventOfPerson, read_person_overview, state_at
from indexer.store.database import open_store
from indexer.store.entities.event_weeks import WEEK, close_weeks
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.store.entities.people import People, T, event, person

pytestmark = pytest.mark.services

HAPPENED = [("a", 10), ("a", WEEK), ("a", 3 * WEEK), ("b", 2 * WEEK), ("c", 5), ("c", 20), ("d", 4 * WEEK)]
"""Names of events, and seconds after `T`."""


@pytest.fixture(scope="module")
def people(services: Run) -> Iterator[People]:
    with fresh_database(services) as url:
        people = People(open_store(url))
        people.save(person("1"), person("2"))
        people.happen(*(event(name, at, id="1") for name, at in HAPPENED), event("a", 11, id="2"))
        yield people
        people.engine.dispose()


def events_at(engine: Engine, as_of: int | None) -> list[EventOfPerson]:
    with engine.connect() as connection:
        written = None if as_of is None else str(as_of)
        return [*read_person_overview(connection, "w", "1", None, T + 9 * WEEK, written).events]


@given(st.sampled_from(sorted({at for _, at in HAPPENED})), st.sampled_from([-1, 0, 1]))
@settings(deadline=None, max_examples=40)
def test_events_are_those_up_to_the_moment(people: People, at: int, beside: int) -> None:
    moment = at + beside
    until = [(name, seconds) for name, seconds in HAPPENED if seconds <= moment]
    times = {name: [T + seconds for other, seconds in until if other == name] for name in sorted(dict(until))}
    expected = [EventOfPerson(name, len(found), min(found), max(found)) for name, found in times.items()]
    assert events_at(people.engine, T + moment) == expected


def test_without_a_moment_they_are_all_events(people: People) -> None:
    assert [(one.name, one.times) for one in events_at(people.engine, None)] == [("a", 3), ("b", 1), ("c", 2), ("d", 1)]


def test_a_moment_that_is_not_a_time_is_refused(people: People) -> None:
    with people.engine.connect() as connection, pytest.raises(InvalidMoment, match="'soon' is not a time"):
        read_person_overview(connection, "w", "1", None, T, "soon")


def test_what_single_events_said_that_are_gone_is_not_known(services: Run) -> None:
    with fresh_database(services) as url:
        people = People(open_store(url))
        people.save(person("1"))
        people.happen(*(event(name, at, id="1") for name, at in HAPPENED))
        with people.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE person_event_weeks SET saved_at = to_timestamp(0)")
            assert close_weeks(connection, (T // WEEK + 2) * WEEK) == [T // WEEK, T // WEEK + 1]
        # In a week whose events are gone, with more of them later.
        assert events_at(people.engine, T + 15) == [
            EventOfPerson("a", None, T + 10, None),
            EventOfPerson("c", None, T + 5, None),
        ]
        # After these weeks everything is known but the last of the events that are gone.
        assert events_at(people.engine, T + 2 * WEEK + 1) == [
            EventOfPerson("a", 2, T + 10, None),
            EventOfPerson("b", 1, T + 2 * WEEK, T + 2 * WEEK),
            EventOfPerson("c", 2, T + 5, T + 20),
        ]
        people.engine.dispose()


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (9, None),
        (10, "open"),
        (20, "snoozed"),
        (29, "snoozed"),
        (30, "open"),
        (40, "closed"),
        (50, "open"),
        (99, "open"),
    ],
)
def test_the_state_of_a_conversation_is_that_of_the_moment(moment: int, state: str | None) -> None:
    conversation = {
        "started_at": 10,
        "state": "closed",
        "open_during": [{"gte": 10, "lt": 40}, {"gte": 50}],
        "snoozed_during": [{"gte": 20, "lt": 30}],
    }
    assert state_at(conversation, moment) == state


def test_a_conversation_in_which_no_customer_has_written_had_no_state() -> None:
    assert state_at({"state": "closed"}, 10) is None
