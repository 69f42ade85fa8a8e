"""The bulk writer against whatever a server may say: every write gets one outcome, and a true one."""

import enum
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from elasticsearch import Elasticsearch
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.search import BulkWriter, Outcome, Write, connect
from tests.search.scripted import Answer, ScriptedServer, each, ids, refused, taken
from tests.search.ten_writes import ALIAS, quick


class Whole(enum.Enum):
    """What may happen to a request as a whole."""

    HUNG_UP = enum.auto()
    TAKEN_AND_BROKEN_OFF = enum.auto()
    TOO_LARGE = enum.auto()
    GARBAGE = enum.auto()


Said = Whole | int | list[int]
"""To a request: what happens to it as a whole, the status of its refusal, or statuses of its items in turn."""

SAID = st.one_of(
    st.sampled_from(Whole),
    st.sampled_from([429, 429, 500, 502, 503, 503, 504]),
    st.lists(st.sampled_from([201, 201, 201, 400, 409, 429, 503, 500]), min_size=1, max_size=7),
)


class Story:
    """A server that says one thing after the other, then takes everything; it remembers what it did."""

    def __init__(self, sayings: list[Said]) -> None:
        self._sayings = iter(sayings)
        self._lock = threading.Lock()
        self.taken: set[str] = set()
        self.told: dict[str, set[int]] = {}
        self.final: Counter[str] = Counter()

    def __call__(self, body: bytes) -> Answer | None:
        with self._lock:
            return self._say(next(self._sayings, [201]), body)

    def _say(self, said: Said, body: bytes) -> Answer | None:
        names = ids(body)
        match said:
            case Whole.HUNG_UP:
                return None
            case Whole.TAKEN_AND_BROKEN_OFF:
                self.taken.update(names)
                self.final.update(names)  # an unknown outcome is the caller's to decide
                return replace(taken(body), breaks_off=True)
            case Whole.TOO_LARGE:
                return self._refuse(names, 413)
            case Whole.GARBAGE:
                return Answer(200, {"errors": False, "items": []})
            case int():
                return self._refuse(names, said)
            case list():
                statuses = {name: said[place % len(said)] for place, name in enumerate(names)}
                for name, status in statuses.items():
                    self.told.setdefault(name, set()).add(status)
                    if status == 201:
                        self.taken.add(name)
                    if status in {201, 400, 409, 500}:
                        self.final[name] += 1
                return each(body, statuses)

    def _refuse(self, names: list[str], status: int) -> Answer:
        for name in names:
            self.told.setdefault(name, set()).add(status)
        return refused(status)


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[ScriptedServer, Elasticsearch]]:
    """A server and its client that all examples share."""
    server = ScriptedServer()
    client = connect(server.url)
    yield server, client
    client.close()
    server.close()


@settings(max_examples=150, deadline=None)
@given(
    sayings=st.lists(SAID, max_size=15),
    number=st.integers(0, 30),
    request_bytes=st.integers(1, 1_500),
    budget=st.integers(50, 3_000),
    most_requests=st.integers(1, 4),
)
def test_every_write_has_one_outcome_and_it_is_what_the_server_did(
    stage: tuple[ScriptedServer, Elasticsearch],
    sayings: list[Said],
    number: int,
    request_bytes: int,
    budget: int,
    most_requests: int,
) -> None:
    server, client = stage
    server.bulk = story = Story(sayings)
    server.crowds.clear()
    writes = [Write(f"w:{place}", place, b'{"revision":%d}' % place) for place in range(number)]
    limits = quick(request_bytes=request_bytes, budget=budget, most_requests=most_requests)
    with BulkWriter(client, limits) as writer:
        settled = writer.write(ALIAS, writes)
    assert [one.id for one in settled] == [write.id for write in writes]
    for one in settled:
        told = story.told.get(one.id, set())
        match one.outcome:
            case Outcome.INDEXED:
                assert one.id in story.taken
            case Outcome.SUPERSEDED:
                assert 409 in told
            case Outcome.POISON:
                assert told & {400, 413}
            case Outcome.RETRY:
                assert one.reason
        assert story.final[one.id] <= 1, "sent again after its end"
    assert writer.in_flight.bytes == 0
    for crowd in server.crowds:
        assert len(crowd) <= most_requests
        assert sum(crowd) <= 2 * budget or len(crowd) == 1
