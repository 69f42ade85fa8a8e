import time

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as listening

from indexer.datasets.people import PEOPLE
from indexer.errors import Refused
from indexer.people.attribute_value import Value
from indexer.people.person_event import EventSummary, PersonEvent
from indexer.store.entities.event_weeks import WEEK, close_weeks
from indexer.store.entities.person_events import count_waiting_events, read_events
from indexer.store.entities.stored import read_stored
from tests.store.entities.people import People, T, event, person

pytestmark = pytest.mark.services


@pytest.fixture
def people(engine: Engine) -> People:
    return People(engine)


def summary(name: str, first: int, last: int, count: int, plan: str = "") -> EventSummary:
    metadata = {"plan": Value("string", plan)} if plan else {}
    return EventSummary(name=name, first=T + first, last=T + last, count=count, metadata=metadata)


def test_a_summary_has_the_first_the_last_and_the_number_of_different_events(people: People) -> None:
    people.save(person("1", external_id="u1"))
    saved = people.happen(
        event("export", 5, "pro", id="1"),
        event("export", 1, external_id="u1"),
        event("export", 5, "free", id="1"),
        event("login", 9, id="1"),
    )
    assert saved == (3, 1, 0, 0, (), saved.shards)
    assert len(saved.shards) == 1
    assert people.summaries("1") == [summary("export", 1, 5, 2, "pro"), summary("login", 9, 9, 1)]
    before = people.revision("1")
    assert people.happen(event("export", 5, "free", id="1")).unchanged == 1
    assert people.revision("1") == before
    assert people.happen(event("export", 5, "ultra", external_id="u1")).unchanged == 1  # but its metadata is greater
    assert people.revision("1") > before
    assert people.summaries("1")[0] == summary("export", 1, 5, 2, "ultra")


def test_a_batch_of_new_events_takes_four_statements(people: People, engine: Engine) -> None:
    people.save(person("1", external_id="u1", email="ann@example.com"), person("2"))
    lately = int(time.time()) - 60 - T
    people.happen(event("a", lately, id="1"))  # makes the week's partition
    asked: list[object] = []
    listening.listen(engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    saved = people.happen(
        event("a", lately + 1, id="1"),
        event("b", lately + 1, external_id="u1"),
        event("c", lately + 1, email="ann@example.com"),
        event("a", lately, id="2"),
    )
    assert saved.created == 4
    assert len(asked) == 4, asked


def test_all_people_whose_events_change_become_due_and_no_others(people: People) -> None:
    people.save(person("1"), person("2"), person("3"), person("4"))
    people.happen(event("a", 1, "free", id="1"), event("a", 1, "free", id="2"), event("a", 1, "pro", id="3"))
    people.due()
    saved = people.happen(
        event("a", 1, "pro", id="1"),  # greater metadata
        event("a", 1, "free", id="2"),
        event("a", 1, "free", id="3"),  # smaller metadata
        event("a", 2, id="4"),
        event("a", 2, id="stranger"),
    )
    assert (saved.created, saved.unchanged, saved.waiting) == (2, 3, 1)
    assert people.due() == {"1", "4"}
    assert people.summaries("1") == [summary("a", 1, 1, 1, "pro")]


def test_an_event_makes_its_person_due_and_is_an_input_of_the_document(people: People, engine: Engine) -> None:
    people.save(person("1", companies=["c"]), person("2"))
    assert people.due() == {"1", "2"}
    people.happen(event("a", 1, id="1"))
    assert people.due() == {"1"}
    people.company("c", b'{"id":"c"}')
    assert people.due() == {"1"}
    with engine.connect() as connection:
        [stored] = read_stored(connection, PEOPLE, [("w", "1")])
    assert stored.linked == (b'{"id":"c"}',)
    assert stored.summaries == (f'{{"name":"a","first":{T + 1},"last":{T + 1},"count":1,"metadata":{{}}}}'.encode(),)
    assert stored.revision == people.revision("1")
    people.save(person("1", at=T + 1))  # has left the company
    people.due()
    people.company("c", b'{"id":"c","x":1}', T + 1)
    assert people.due() == set()


@pytest.mark.parametrize("who", [{"id": "1"}, {"external_id": "u1"}, {"email": "Ann@Example.com"}])
def test_events_wait_for_their_person(people: People, engine: Engine, who: dict[str, str]) -> None:
    saved = people.happen(event("a", 1, **who), event("a", 1, **who), event("a", 2, **who))
    assert (saved.created, saved.unchanged, saved.waiting) == (2, 1, 2)
    with engine.connect() as connection:
        assert count_waiting_events(connection, "w")[:2] == (2, 1)
        assert count_waiting_events(connection, "v")[:2] == (0, 0)
    people.save(person("1", external_id="u1", email="ann@example.com"))
    assert people.summaries("1") == [summary("a", 1, 2, 2)]
    assert people.happen(event("a", 2, **who)).unchanged == 1
    with engine.connect() as connection:
        assert count_waiting_events(connection) == (0, 0, 0)
        assert [one.at for one in read_events(connection, "w", "1")] == [T + 2, T + 1]


def test_an_event_that_cannot_be_used_is_refused_alone(people: People) -> None:
    people.save(person("1", email="a@x.org"), person("2", email="A@x.org"))
    saved = people.happen(
        event("ok", 1, id="1"),
        event("nobody", 1),
        event("two", 1, email="a@x.org"),
        event("", 1, id="1"),
        event("nul", 1, id="\0"),
        PersonEvent(name="late", at=int(time.time()) + 400 * 86_400, id="1"),
        PersonEvent(name="early", at=0, id="1"),
        event("half", 1, "\ud800", id="1"),
        event("ok", 2, id="1"),
    )
    assert saved.created == 2
    assert [place for place, _ in saved.refused] == [1, 2, 3, 4, 5, 6, 7]
    assert str(dict(saved.refused)[2]) == "email: belongs to several people (1, 2): name the person by id"


def test_the_events_of_an_earlier_id_are_those_of_the_person(people: People, engine: Engine) -> None:
    people.save(person("a", external_id="lead"), person("b"))
    people.happen(event("x", 1, id="a"), event("x", 3, "pro", id="a"), event("y", 1, id="a"), event("x", 3, id="b"))
    people.due()
    merged = people.merge("a", "b")
    assert (merged.into_id, merged.events) == ("b", 3)
    assert people.due() == {"a", "b"}
    assert people.summaries("b") == [summary("x", 1, 3, 2, "pro"), summary("y", 1, 1, 1)]
    assert people.summaries("a") == []
    assert people.happen(event("x", 1, id="a"), event("x", 9, external_id="lead")).created == 1
    assert people.summaries("b")[0] == summary("x", 1, 9, 3)
    assert people.save(person("a", at=T + 10_000_000_000)).older == 1  # does not come back
    people.due()
    before = people.revision("a"), people.revision("b")
    assert people.merge("a", "b") == ("b", 0, 0, frozenset(), frozenset())  # again
    assert (people.due(), before) == (set(), (people.revision("a"), people.revision("b")))
    with engine.connect() as connection:
        assert len(read_events(connection, "w", "a")) == 4


@pytest.mark.parametrize(
    ("from_id", "into_id", "said"),
    [
        ("a", "lead", "lead: is not an id but an external id; the id is b"),
        ("lead", "a", "lead: is not an id but an external id; the id is b"),
        ("a", "B@x.org", "B@x.org: is not an id but an e-mail address; the id is b"),
    ],
)
def test_a_merge_names_ids_and_loses_nobody(people: People, from_id: str, into_id: str, said: str) -> None:
    people.save(person("a"), person("b", external_id="lead", email="b@x.org"))
    people.happen(event("x", 1, id="a"))
    with pytest.raises(Refused) as refused:
        people.merge(from_id, into_id)
    assert str(refused.value) == said
    assert people.summaries("a") == [summary("x", 1, 1, 1)]
    assert people.merge("a", "c").into_id == "c"  # who may come later


def test_a_deleted_person_takes_the_events_along(people: People) -> None:
    people.save(person("1"))
    people.happen(event("a", 1, id="1"))
    people.delete("1", at=T + 5)
    saved = people.happen(event("a", 1, id="1"), event("a", 9, id="1"))
    assert (saved.too_old, saved.waiting) == (1, 1)
    people.save(person("1", at=T + 9))
    assert people.summaries("1") == [summary("a", 9, 9, 1)]


def test_the_events_of_an_ended_week_go_and_their_summaries_stay(people: People, engine: Engine) -> None:
    other = People(engine, "v")
    people.save(person("1"), person("2"))
    people.happen(event("a", 1, id="1"), event("a", 1, id="2"), event("a", 2 * WEEK, id="1"), event("a", 1, id="99"))

    def close(before: float) -> list[int]:
        with engine.begin() as connection:
            return close_weeks(connection, before)

    assert close(T + WEEK) == []  # they have just arrived
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE person_event_weeks SET saved_at = to_timestamp(0)")
    assert close(T + WEEK) == [T // WEEK]
    assert close(T + WEEK) == []
    assert people.summaries("1") == [summary("a", 1, 2 * WEEK, 2)]
    late = people.happen(event("a", 1, id="1"), event("a", 7, id="2"), event("a", 2 * WEEK, id="1"))
    assert (late.too_old, late.unchanged) == (2, 1)
    people.save(person("99"))
    assert people.summaries("99") == []  # what waited for too long is gone
    # The week is another one for a workspace that had nothing in it.
    other.save(person("1"))
    assert other.happen(event("a", 1, id="1")).created == 1
    # What is gone cannot be compared any more: it counts in both.
    people.merge("2", "1")
    assert people.summaries("1") == [summary("a", 1, 2 * WEEK, 3)]


def test_a_history_of_many_years_shares_one_partition(people: People, engine: Engine) -> None:
    def partitions() -> list[str]:
        rows = people.rows(
            "SELECT inhrelid::regclass::text AS relname FROM pg_inherits WHERE inhparent = 'person_events'::regclass"
        )
        return sorted(row.relname for row in rows)

    def close(before: float) -> list[int]:
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE person_event_weeks SET saved_at = to_timestamp(0)")
            return close_weeks(connection, before)

    now = int(time.time()) - T
    history = [event("a", week * WEEK - T + 1, id="1") for week in range(700)]
    people.save(person("1"))
    assert people.happen(*history, event("a", now, id="1")).created == 701
    assert people.happen(*history[::-1]).unchanged == 700
    [earlier, recent] = sorted(partitions(), key=len, reverse=True)
    assert earlier.startswith("person_events_before_")
    assert recent == f"person_events_{(T + now) // WEEK}"
    assert close(300 * WEEK) == list(range(300))
    late = people.happen(*history)
    assert (late.too_old, late.unchanged) == (300, 400)
    assert people.rows("SELECT count(*) FROM person_events")[0].count == 401
    assert close(700 * WEEK) == list(range(300, 700))
    assert partitions() == [recent]
    assert people.summaries("1")[0].count == 701
    other = People(engine, "v")
    other.save(person("1"))
    assert other.happen(*history).created == 700
