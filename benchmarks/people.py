"""People a second from the store to a refreshed index, events a second through the API, and the time of a filter.

`vs_ceiling` is as in `backfill`: people with 20 attributes, a company and 15 events each, stored, into a new index, by
an `indexer worker` of two processes; from the order of the backfill to the refreshed index. The ceiling: the same
documents, finished and cut into requests before the clock runs, sent by as many threads as do best, 1, 2 or 3.

`events_per_second`: events of stored people in batches of 100 to `POST /api/v1/events`, from the first request to the
answer that the last batch is stored. The server is held to one core; three clients send.

`filter_ms` is the median of 200 different filters of five clauses over 200,000 people, each with the count and the
first page of 50, in an index of one shard without a request cache; `slowest_filter_ms` is the slowest one.
`bytes_per_person` is what that index takes of the disk.

`--models` measures the four ways of laying out values instead, with 20 attributes and 30 names of events, and with 250
and 100, and prints the table of docs/decisions/0038. Each way is measured with a few people first, which is not
counted: Elasticsearch is slow until it has compiled what it runs. `--size N` takes N people.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final, NamedTuple

import orjson
import urllib3

from benchmarks._filling import IN_FLIGHT, REQUEST_BYTES, Filling, write_documents
from benchmarks._harness import Progress, Result, timed_in_turn
from benchmarks._people import Shape, events_of, filters, keys_of, page_of, people, store_people
from benchmarks._people_models import models
from benchmarks._site import Site, site
from indexer.datasets.people import PEOPLE
from indexer.errors import OperatorError
from indexer.people.attribute_model import AttributeModel
from indexer.people.attribute_models import MODEL
from indexer.people.person_document import person_document
from indexer.search import BulkWriter, Write, definition
from indexer.search.writes import cut

PEOPLE_ASKED: Final = 200_000
RATED: Final = 30_000
SENT: Final = 5_000
"""People: under the filters, of each backfill that is rated, and whose events go through the API."""

FILTERS: Final = 200
EVENTS_A_REQUEST: Final = 100
CLIENTS: Final = 3
SHAPES: Final = (Shape(), Shape(250, 100))

_WORKSPACE: Final = "people"
_BATCH: Final = 500
_TOLD: Final = 2_000
"""People that are made up before the clock runs, to be written in batches; so many warm Elasticsearch up as well."""

_SAMPLED: Final = 300
_MOST_FIELDS: Final = 5_000
_SIZES_ARE_OLD: Final = 11


def run(rounds: int, say: Progress, size: int = PEOPLE_ASKED) -> Result:
    """Rates a second, milliseconds, bytes, and a ratio."""
    now = int(time.time())
    with site(say) as here:
        figures, vs_ceiling = _rate_backfill(here, now, min(size, RATED), rounds, say)
        figures |= _rate_events(here, now, min(size, SENT), rounds, say)
        say(f"indexing {size:,} people, and asking {FILTERS} filters of them")
        (measured,) = _ask_all(here, [_fill(here, MODEL, Shape(), size, now=now)], Shape(), now)
    return Result(
        figures={
            **figures,
            "filter_ms": measured.filter_ms,
            "slowest_filter_ms": measured.slowest_filter_ms,
            "bytes_per_person": measured.bytes_per_person,
        },
        ratios={"vs_ceiling": vs_ceiling},
    )


def compare(say: Progress, size: int = PEOPLE_ASKED) -> str:
    """The table of all ways of laying out values, as Markdown."""
    now = int(time.time())
    lines = [
        "| attributes, events | people | model | people a second | processor time | bytes a person | fields "
        "| filter | slowest |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    with site(say) as here:
        for shape in SHAPES:
            ways = models(keys_of(list(people(shape, min(size, _SAMPLED), now))))
            for name, model in ways.items():
                say(f"{name}: warm-up")
                _ask_all(here, [_fill(here, model, shape, min(size, _TOLD), now=now)], shape, now)
            filled = []
            for name, model in ways.items():
                say(f"{name}: {shape.attributes} attributes, {shape.events} names of events, {size:,} people")
                filled.append(_fill(here, model, shape, size, now=now))
            say(f"asking {FILTERS} filters of {size:,} people")
            for name, found in zip(ways, _ask_all(here, filled, shape, now), strict=True):
                lines.append(
                    f"| {shape.attributes}, {shape.events} | {size:,} | {name} | {found.people_per_second:,.0f} "
                    f"| {found.processor_us:,.0f} µs | {found.bytes_per_person:,.0f} | {found.fields:,} "
                    f"| {found.filter_ms:.1f} ms | {found.slowest_filter_ms:.0f} ms |"
                )
    return "\n".join(lines)


class Filled(NamedTuple):
    """An index that has people in one of the ways."""

    model: AttributeModel
    name: str
    people_per_second: float
    processor_us: float
    bytes_per_person: float
    fields: int


class Measured(NamedTuple):
    """What one way of laying out values takes.

    The rate is of documents that one thread makes and sends, while the request before is still under way.
    `processor_us` are the microseconds of all processors that a person costs this thread and Elasticsearch together,
    which tells more than the rate if other programs run on the machine.
    """

    people_per_second: float
    processor_us: float
    bytes_per_person: float
    fields: int
    filter_ms: float
    slowest_filter_ms: float


def _fill(here: Site, model: AttributeModel, shape: Shape, count: int, *, now: int) -> Filled:
    search = here.here.search
    name = f"{here.here.settings.index_prefix}-model-{abs(id(model))}-{shape.attributes}"
    own = MODEL.properties.keys()
    properties = {key: field for key, field in definition("people").mappings["properties"].items() if key not in own}
    properties |= model.properties
    search.indices.create(
        index=name,
        aliases={f"{name}-written": {}},
        mappings={"dynamic": "strict", "properties": properties},
        settings={
            "number_of_shards": 1,
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            "requests.cache.enable": False,
            "mapping.total_fields.limit": _MOST_FIELDS,
        },
    )
    took = made_us = 0.0
    found = people(shape, count, now)
    begun_us = _elasticsearch_us(here)
    with BulkWriter(search) as writer:
        while told := list(islice(found, _TOLD)):
            begun, own_begun = perf_counter(), process_time()
            write_documents(
                writer,
                f"{name}-written",
                (Write(one.person.id, 1, orjson.dumps(person_document(one, _WORKSPACE, 1, model))) for one in told),
                _BATCH,
            )
            took += perf_counter() - begun
            made_us += (process_time() - own_begun) * 1e6
    search.indices.refresh(index=name)
    search.options(request_timeout=1_800).indices.forcemerge(index=name, max_num_segments=5)
    search.indices.flush(index=name)
    time.sleep(_SIZES_ARE_OLD)
    used_us = made_us + _elasticsearch_us(here) - begun_us
    size = search.indices.stats(index=name, metric="store")["_all"]["primaries"]["store"]["size_in_bytes"]
    return Filled(model, name, count / took, used_us / count, size / count, _fields(properties))


def _elasticsearch_us(here: Site) -> float:
    """Microseconds of processors that Elasticsearch has used."""
    nodes = here.here.search.nodes.stats(metric="process")["nodes"].values()
    return 1_000.0 * sum(int(node["process"]["cpu"]["total_in_millis"]) for node in nodes)


def _ask_all(here: Site, filled: Sequence[Filled], shape: Shape, now: int) -> list[Measured]:
    """Ask each filter of all these indices in turn, so that other work of the machine meets all; then delete them."""
    taken: list[list[float]] = [[] for _ in filled]
    for bodies in zip(*(_bodies(shape, now, one.model) for one in filled), strict=True):
        for one, body, times in zip(filled, bodies, taken, strict=True):
            times.append(_asked(here.here.search, one.name, body))
    for one in filled:
        here.here.search.indices.delete(index=one.name)
    return [
        Measured(one.people_per_second, one.processor_us, one.bytes_per_person, one.fields, median(times), max(times))
        for one, times in zip(filled, taken, strict=True)
    ]


def _bodies(shape: Shape, now: int, model: AttributeModel) -> Iterator[dict[str, Any]]:
    return (page_of(one, _WORKSPACE) for one in filters(shape, FILTERS, now, model))


def _asked(search: Any, name: str, body: dict[str, Any]) -> float:
    """Milliseconds of a search as the client sees it."""
    begun = perf_counter()
    search.search(index=name, request_cache=False, **body)
    return (perf_counter() - begun) * 1_000


def _fields(properties: dict[str, Any]) -> int:
    return sum(1 + _fields(field.get("properties", {})) for field in properties.values())


def _rate_backfill(here: Site, now: int, count: int, rounds: int, say: Progress) -> tuple[dict[str, float], float]:
    say(f"storing {count:,} people")
    with here.indexer_worker(INDEXER_RECONCILE_SECONDS="86400"):
        here.make_workspace("rated")
        store_people(here, "rated", people(Shape(), count, now), with_events=True)
        documents = [
            Write(f"rated:{facts.person.id}", 1, orjson.dumps(person_document(facts, "rated", 1, MODEL)))
            for facts in people(Shape(), count, now)
        ]
        requests = [body for _, body in cut(documents, lambda: REQUEST_BYTES)]
        filling = Filling(here, PEOPLE)
        timings = timed_in_turn(
            {
                "ours": lambda: filling.backfill(next(filling.targets), "rated") / count,
                **{f"ceiling_{threads}": _ceiling(filling, requests, threads, count) for threads in IN_FLIGHT},
            },
            rounds,
            say,
        )
    ceiling = min((timings[f"ceiling_{threads}"] for threads in IN_FLIGHT), key=lambda timing: timing.median)
    figures = {"people_per_second": 1 / timings["ours"].median, "ceiling_per_second": 1 / ceiling.median}
    return figures, ceiling.times(timings["ours"])


def _ceiling(filling: Filling, requests: Sequence[bytes], threads: int, count: int) -> Callable[[], float]:
    return lambda: filling.send(requests, threads) / count


def _rate_events(here: Site, now: int, count: int, rounds: int, say: Progress) -> dict[str, float]:
    """Each round has a workspace of its own, since events that are stored already cost less."""
    bodies = list(_requests(now, count))
    number = sum(len(orjson.loads(body)) for body in bodies)
    wall = []
    with here.server() as (url, _), urllib3.PoolManager(maxsize=CLIENTS) as clients:
        for turn in range(rounds + 1):
            workspace_id = f"sent{turn}"
            here.make_workspace(workspace_id)
            store_people(here, workspace_id, people(Shape(), count, now), with_events=False)
            send = partial(_send, clients, f"{url}/api/v1/events?workspace={workspace_id}")
            begun = perf_counter()
            with ThreadPoolExecutor(CLIENTS) as pool:
                created = sum(pool.map(send, bodies))
            if turn:
                wall.append(perf_counter() - begun)
            if created != number:
                raise OperatorError(f"{created} of {number} events were stored", "mend the indexer first")
            with here.here.store.begin() as connection:
                connection.exec_driver_sql("DELETE FROM changes WHERE workspace_id = %(w)s", {"w": workspace_id})
            say(f"round {turn} of {rounds}, {number:,} events" if turn else "warm")
    return {"events_per_second": number / median(wall)}


def _requests(now: int, count: int) -> Iterator[bytes]:
    """Distinct events of people in the shape of the API, in batches."""
    found = {
        (event.id, event.name, event.at): {
            "event_name": event.name,
            "created_at": event.at,
            "id": event.id,
            "metadata": {key: value.value for key, value in event.metadata.items()},
        }
        for facts in people(Shape(), count, now)
        for event in events_of(facts)
    }
    lines = iter(found.values())
    while batch := list(islice(lines, EVENTS_A_REQUEST)):
        yield orjson.dumps(batch)


def _send(clients: urllib3.PoolManager, url: str, body: bytes) -> int:
    answer = clients.request("POST", url, body=body, headers={"content-type": "application/json"})
    if answer.status >= 300:
        raise OperatorError(f"the server answered {answer.status}: {answer.data[:500]!r}", "mend the indexer first")
    created: int = answer.json()["created"]
    return created
