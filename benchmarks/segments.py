"""Reports by people: reading the ids of segments of three sizes and searching by them, beside a copied field.

There are 200,000 people, and half as many conversations of 90 days, nearly all of one of them. The same report is
asked with the ids of a segment's members, and with a field of the conversations that has a copy of the membership; the
numbers must be the same. `ids_ms` is the time to read the ids, `by_ids_ms` the report by them, `copied_ms` the report
by the copy, and `rewrite_ms` the time to write again the conversations of the segment's members, as copies need when
the members change. All figures are medians over the rounds, without a request cache.
"""

import random
from collections.abc import Iterator
from itertools import islice
from statistics import median
from time import perf_counter
from typing import Any

import orjson
from elasticsearch import Elasticsearch
from msgspec.json import encode

from benchmarks._harness import Progress, Result
from benchmarks._services import services
from indexer import search
from indexer.answers.catalogue import load_reports
from indexer.answers.people_ids import PeopleIds
from indexer.answers.run_report import run_report
from indexer.errors import OperatorError
from indexer.people.attribute_models import MODEL
from indexer.people.attribute_value import Value
from indexer.people.person import Person
from indexer.people.person_document import person_document
from indexer.people.person_facts import PersonFacts
from indexer.reports import Answer, Question, read_question
from indexer.reports.known_people import KnownPeople
from indexer.search import BulkWriter, Outcome, Write, ensure_dataset
from indexer.services import Service, service_urls
from indexer.settings import settings

PEOPLE = 200_000
WORKSPACE = "sample"
SIZES = (100, 10_000, 200_000)
_BEGIN, _DAYS, _DAY = 1_700_006_400, 90, 86_400
_BATCH = 2_000
_REPORT = "new_conversations"
_WORD = "person.segment"


def run(rounds: int, progress: Progress, size: int = PEOPLE) -> Result:
    """Milliseconds for segments of 100, 10,000 and all people; `size` is the number of people."""
    with services(progress):
        found = settings()
        with search.connect(service_urls(found, Service.ELASTICSEARCH).elasticsearch) as client:
            progress(f"indexing {size:,} people and {size // 2:,} conversations")
            _write(client, found.index_prefix, "people", _people(size))
            _write(client, found.index_prefix, "conversations", _conversations(size))
            return _measure(client, found.index_prefix, rounds, progress, size)


def _measure(client: Elasticsearch, prefix: str, rounds: int, progress: Progress, size: int) -> Result:
    figures: dict[str, float] = {}
    for members in SIZES:
        if members > size:
            continue
        times: dict[str, list[float]] = {"ids_ms": [], "by_ids_ms": [], "copied_ms": [], "rewrite_ms": []}
        ids: list[str] = []
        for turn in range(rounds + 1):
            begun = perf_counter()
            ids = PeopleIds(0).of(client, prefix, WORKSPACE, {"term": {"tags": _tag(members)}})
            read = perf_counter()
            by_ids = run_report(client, prefix, load_reports()[_REPORT], _by_ids(ids))
            asked = perf_counter()
            copied = run_report(client, prefix, load_reports()[_REPORT], _by_copy(members))
            done = perf_counter()
            _write(client, prefix, "conversations", _of_members(size, set(ids)))
            written = perf_counter()
            _expect_the_same(by_ids, copied)
            if turn:
                for name, seconds in zip(
                    times, (read - begun, asked - read, done - asked, written - done), strict=True
                ):
                    times[name].append(seconds * 1e3)
        figures |= {f"{members}.{name}": median(values) for name, values in times.items()}
        progress(f"{len(ids):,} members measured")
    return Result(figures=figures, ratios={})


def _by_ids(ids: list[str]) -> Question:
    question = _question(f"{_WORD}=measured")
    return question.about(KnownPeople({f"{_WORD}=measured": ids}))


def _by_copy(members: int) -> Question:
    return _question(f"custom.segment={_tag(members)}")


def _question(where: str) -> Question:
    asked = {"workspace": WORKSPACE, "from": "2023-11-15", "to": "2024-02-12", "where": [where]}
    return read_question(load_reports()[_REPORT], asked)


def _expect_the_same(one: Answer, other: Answer) -> None:
    if one.total != other.total or not one.total.count:
        raise OperatorError(f"two ways give {one.total} and {other.total}", "mend them first")


def _tag(members: int) -> str:
    return f"of {members}"


def _tags(number: int, size: int) -> list[str]:
    """The segments of a person: each has its members evenly spread."""
    return [_tag(members) for members in SIZES if members <= size and number % (size // members) == 0]


def _people(size: int) -> Iterator[tuple[str, bytes]]:
    plans = ("free", "pro", "team")
    for number in range(size):
        person = Person(
            id=_id(number),
            role="user",
            created_at=_BEGIN,
            updated_at=_BEGIN,
            custom={"plan": Value("string", plans[number % len(plans)])},
            tags=tuple(_tags(number, size)),
        )
        yield person.id, encode(person_document(PersonFacts(person), WORKSPACE, 1, MODEL))


def _conversations(size: int) -> Iterator[tuple[str, bytes]]:
    dice = random.Random(1)
    for number in range(size // 2):
        of = dice.randrange(size + size // 20)
        at = _BEGIN + dice.randrange(_DAYS * _DAY)
        yield str(number), orjson.dumps(_conversation(number, of, at, size))


def _conversation(number: int, of: int, at: int, size: int) -> dict[str, Any]:
    return {
        "workspace_id": WORKSPACE,
        "conversation_id": str(number),
        "created_at": at,
        "started_at": at,
        "contact_ids": [_id(of)],
        "custom": {"segment": _tags(of, size)} if of < size else {},
    }


def _of_members(size: int, members: set[str]) -> Iterator[tuple[str, bytes]]:
    for name, document in _conversations(size):
        if not members.isdisjoint(orjson.loads(document)["contact_ids"]):
            yield name, document


def _id(number: int) -> str:
    return f"5f{number:022x}"


_revision = 0


def _write(client: Elasticsearch, prefix: str, dataset: str, documents: Iterator[tuple[str, bytes]]) -> None:
    global _revision  # noqa: PLW0603 (every writing is of a later version)
    _revision += 1
    made = ensure_dataset(client, prefix, dataset)
    client.indices.put_settings(index=made.index, settings={"index": {"requests.cache.enable": False}})
    with BulkWriter(client) as writer:
        while batch := list(islice(documents, _BATCH)):
            writes = [Write(f"{WORKSPACE}:{name}", _revision, document) for name, document in batch]
            if any(one.outcome is not Outcome.INDEXED for one in writer.write(made.alias, writes)):
                raise OperatorError("a document was not written", "see the log of Elasticsearch")
    client.indices.refresh(index=made.index)
