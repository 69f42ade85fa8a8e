"""Events, merges, people and duplicates in any order, from several writers at once that may be killed."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.json import encode
from sqlalchemy import Engine

from indexer.people.person_event import EventSummary, PersonEvent
from tests.forking import run
from tests.store.entities.killed_writer import Step
from tests.store.entities.people import People, event, person

pytestmark = pytest.mark.services

IDS = ("a", "b", "c", "d")
FRESH: Iterator[int] = count()

_names = st.sampled_from(("x", "y"))
_moments = st.tuples(st.sampled_from(IDS), _names, st.integers(0, 5), st.sampled_from(("", "p", "q")))
# Each person is merged at most once, into one of those after it: any order of these merges is possible.
_merges = st.lists(st.sampled_from(range(1, 4)), max_size=3).map(
    lambda targets: [(IDS[n], IDS[max(n + 1, target)]) for n, target in enumerate(targets)]
)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[list[PersonEvent]], list[tuple[str, str]], list[object]]:
    """Batches of events, merges, and all steps in some order: batches may come twice, people at any time."""
    batches = [
        [event(name, at, plan, **_called(draw, id_)) for id_, name, at, plan in batch]
        for batch in draw(st.lists(st.lists(_moments, min_size=1, max_size=5), min_size=1, max_size=5))
    ]
    merges = draw(_merges)
    again = draw(st.lists(st.sampled_from(batches), max_size=2))
    steps = draw(st.permutations([*batches, *again, *merges, *IDS]))
    return batches, merges, list(steps)


def _called(draw: st.DrawFn, id_: str) -> dict[str, str]:
    return draw(st.sampled_from(({"id": id_}, {"external_id": f"ext-{id_}"})))


def _rank(one: PersonEvent) -> tuple[bool, str]:
    return bool(one.metadata), str(one.metadata)


def _expected(batches: list[list[PersonEvent]], merges: list[tuple[str, str]]) -> dict[str, list[EventSummary]]:
    """The summaries by plain reading: all different events of all ids of a person."""
    into = dict(merges)

    def present(id_: str) -> str:
        return present(into[id_]) if id_ in into else id_

    events: dict[tuple[str, str, int], PersonEvent] = {}
    for one in (one for batch in batches for one in batch):
        key = present(one.id or str(one.external_id).removeprefix("ext-")), one.name, one.at
        if key not in events or _rank(one) > _rank(events[key]):
            events[key] = one
    found: dict[str, list[EventSummary]] = {id_: [] for id_ in IDS}
    for person_id, name in sorted({(person_id, name) for person_id, name, _ in events}):
        own = sorted((key[2], one) for key, one in events.items() if key[:2] == (person_id, name))
        found[person_id].append(
            EventSummary(name=name, first=own[0][0], last=own[-1][0], count=len(own), metadata=own[-1][1].metadata)
        )
    return found


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(deliveries())
def test_any_order_gives_the_same_summaries(
    engine: Engine, delivered: tuple[list[list[PersonEvent]], list[tuple[str, str]], list[object]]
) -> None:
    batches, merges, steps = delivered
    people = People(engine, f"w{next(FRESH)}")
    for step in steps:
        if isinstance(step, list):
            people.happen(*step)
        elif isinstance(step, tuple):
            people.merge(*step)
        else:
            people.save(person(str(step), external_id=f"ext-{step}"))
    assert {id_: people.summaries(id_) for id_ in IDS} == _expected(batches, merges)


_kills = st.tuples(st.integers(1, 5), st.integers(1, 40))
"""Before which of its statements a writer is killed at first, and when it takes up its work again."""


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(deliveries(), st.lists(_kills, min_size=3, max_size=3))
def test_writers_at_the_same_time_that_are_killed_give_the_same_summaries(
    engine: Engine,
    delivered: tuple[list[list[PersonEvent]], list[tuple[str, str]], list[object]],
    kills: list[tuple[int, int]],
) -> None:
    batches, merges, steps = delivered
    workspace = f"w{next(FRESH)}"
    written = [_step(one) for one in steps]
    url = engine.url.render_as_string(hide_password=False)

    def write(number: int) -> list[int]:
        """Take every third step and those before it again, and begin anew after each kill."""
        given = encode(written[number::3] + written[:number])
        runs = [
            run([url, workspace, str(last)], os.environ, given, module="tests.store.entities.killed_writer")
            for last in (*kills[number], 0)
        ]
        assert runs[-1].returncode == 0, runs[-1].stderr.decode()
        return [one.returncode for one in runs]

    with ThreadPoolExecutor(3) as pool:
        codes = list(pool.map(write, range(3)))
    assert [first for first, *_ in codes] == [-signal.SIGKILL] * 3
    people = People(engine, workspace)
    assert {id_: people.summaries(id_) for id_ in IDS} == _expected(batches, merges)


def _step(one: object) -> Step:
    if isinstance(one, list):
        return Step(events=one)
    return Step(merge=one) if isinstance(one, tuple) else Step(person=str(one))
