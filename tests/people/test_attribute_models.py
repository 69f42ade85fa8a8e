"""Every way of laying out values finds the same people in Elasticsearch as a plain look at their values does."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from benchmarks._people_models import models
from indexer.people.attribute_model import AttributeModel, Source, TextMatch, ValueKey
from indexer.people.attribute_models.coded_values import coded_values
from indexer.people.attribute_models.keyed_values import key_text, keyed_values
from indexer.people.attribute_models.text_terms import text_terms
from indexer.people.attribute_models.value_code import code, time_code, value_of
from indexer.people.attribute_value import DataType, Scalar, Value
from indexer.people.person import Company, Person
from indexer.people.person_document import person_document
from indexer.people.person_event import EventSummary
from indexer.people.person_facts import PersonFacts
from indexer.people.standard import standard_scalars, standard_times, standard_values
from indexer.search import connect, definition
from tests.fresh import fresh_prefix

pytestmark = pytest.mark.services

TYPES: dict[str, DataType] = {
    "plan": "string",
    "odd.name *": "string",
    "..": "string",
    "seats": "integer",
    "score": "float",
    "owner": "boolean",
    "renewal": "date",
    "trial_at": "datetime",
    "tier": "list",
}
STRINGS = (
    "Free",
    "free",
    "FREE plan",
    "Straße 5",
    "İstanbul",
    "a*b",
    "a?b",
    "back\\slash",
    "pro-rata, plan",
    "日本",
    "x",
)
NUMBERS = (-5, -0.5, 0, 0.25, 1, 3, 1e9, -(2**53) + 1)
DAYS = (-10, 0, 18_262, 20_000)
TIMES = (1, 1_600_000_000, 1_600_000_001, 4_000_000_000)
EVENTS = ("export", "viewed.page", "Ex*port")


def made(random: Random, type_: DataType) -> Scalar:
    match type_:
        case "string" | "list":
            return random.choice(STRINGS)
        case "boolean":
            return random.random() < 0.5
        case "date":
            return random.choice(DAYS)
        case "datetime":
            return random.choice(TIMES)
        case "integer":
            return random.choice([int(number) for number in NUMBERS])
    return random.choice(NUMBERS)


def values(random: Random) -> dict[str, Value]:
    return {name: Value(type_, made(random, type_)) for name, type_ in TYPES.items() if random.random() < 0.6}


def person(ordinal: int) -> PersonFacts:
    random = Random(ordinal)
    companies = tuple(
        Company(id=f"c{place}", created_at=1, updated_at=1, standard={"name": random.choice(STRINGS)},
                custom=values(random))
        for place in range(random.choice((0, 1, 1, 3)))
    )  # fmt: skip
    events = {
        name: EventSummary(
            name=name,
            first=random.choice(TIMES),
            last=random.choice(TIMES),
            count=random.randrange(1, 9),
            metadata={"price.amount": Value("integer", random.randrange(5)), "kind": Value("string", "A b")},
        )
        for name in EVENTS
        if random.random() < 0.5
    }
    standard: dict[str, Scalar] = {"name": random.choice(STRINGS), "signed_up_at": random.choice(TIMES)}
    if random.random() < 0.5:
        standard |= {"location.country": random.choice(STRINGS), "session_count": random.randrange(5)}
    return PersonFacts(
        Person(id=f"p{ordinal}", role="user", created_at=1, updated_at=1, standard=standard, custom=values(random)),
        companies,
        events,
    )


PEOPLE = [person(ordinal) for ordinal in range(60)]


SOURCES: dict[str, Source] = {"c": "custom", "o": "company", "p": "company_custom", "e": "event"}


def all_values(facts: PersonFacts) -> Iterator[tuple[ValueKey, Value]]:
    for name, value in standard_values(facts.person).items():
        yield ValueKey("standard", name), value
    for text, type_, scalar in keyed_values(facts):
        said, _, name = text.partition("\x1f")
        yield ValueKey(SOURCES[said[0]], name, said[1:]), Value(type_, scalar)


KEYS = sorted({(key, value.type) for facts in PEOPLE for key, value in all_values(facts)})


@pytest.fixture(scope="module")
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with connect(elasticsearch_url) as client:
        yield client


@pytest.fixture(scope="module")
def fresh(elasticsearch_url: str) -> Iterator[str]:
    with fresh_prefix(elasticsearch_url) as prefix:
        yield prefix


@pytest.fixture(scope="module", params=["flattened codes", "nested values", "typed slots", "field each"])
def indexed(request: pytest.FixtureRequest, client: Elasticsearch, fresh: str) -> tuple[AttributeModel, Any]:
    """A way of laying out values, and a search of an index that has the people in that way."""
    keys = [(key_text(key), type_) for key, type_ in KEYS if key.source != "standard"]
    model = models(keys)[request.param]
    index = f"{fresh}-{request.param.replace(' ', '-')}"
    own = ("values", "texts")
    properties = {name: field for name, field in definition("people").mappings["properties"].items() if name not in own}
    client.indices.create(
        index=index,
        mappings={"dynamic": "strict", "properties": {**properties, **model.properties}},
        settings={"number_of_shards": 1, "number_of_replicas": 0},
    )
    lines = []
    for facts in PEOPLE:
        document = person_document(facts, "w", 1, model)
        lines += [json.dumps({"index": {"_id": facts.person.id}}), json.dumps(document)]
    answer = client.bulk(index=index, operations=[json.loads(line) for line in lines], refresh=True)
    assert not answer["errors"], [item for item in answer["items"] if item["index"]["status"] > 201][:1]

    def search(bodies: Sequence[dict[str, Any]]) -> list[list[str]]:
        asked = [part for body in bodies for part in ({}, {"size": len(PEOPLE), "_source": False, **body})]
        answers = client.msearch(index=index, searches=asked)["responses"]
        assert not [answer["error"] for answer in answers if "error" in answer]
        return [[hit["_id"] for hit in answer["hits"]["hits"]] for answer in answers]

    return model, search


Test = Callable[[Value], bool]


def questions(model: AttributeModel) -> Iterator[tuple[str, ValueKey, Test, dict[str, Any]]]:
    """Random questions, each as a test of a value and as a query."""
    for ordinal, (key, type_) in enumerate(KEYS):
        random = Random(ordinal)
        yield "exists", key, lambda _value: True, model.exists(key)
        asked = [made(random, type_) for _ in range(3)]
        wanted = tuple(asked[:2])
        yield f"is {wanted}", key, lambda value, wanted=wanted: value.value in wanted, model.equals(key, type_, wanted)
        if type_ in ("string", "list"):
            text = str(asked[2])
            part = text[random.randrange(len(text)) :].swapcase()
            for match, found in TEXT_TESTS.items():
                yield f"{match} {part!r}", key, partial(_text_test, found, part), model.text(key, match, part)
        elif type_ != "boolean":
            low, high = sorted(float(one) if type_ == "float" else int(one) for one in asked[:2])
            yield (
                f"{low} to {high}",
                key,
                lambda value, low=low, high=high: low <= value.value <= high,
                model.between(key, type_, gte=low, lte=high),
            )
            yield f"> {low}", key, lambda value, low=low: value.value > low, model.between(key, type_, gt=low)
            yield f"< {high}", key, lambda value, high=high: value.value < high, model.between(key, type_, lt=high)


def tokens(text: str) -> list[str]:
    return "".join(each if each.isalnum() or each == "_" else " " for each in text.casefold()).split()


def has_words(text: str, part: str) -> bool:
    seen, wanted = tokens(text), tokens(part)
    return bool(wanted) and any(seen[at : at + len(wanted)] == wanted for at in range(len(seen)))


def _text_test(found: Callable[[str, str], bool], part: str, value: Value) -> bool:
    return found(str(value.value), part)


TEXT_TESTS: dict[TextMatch, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part.casefold() in text.casefold(),
    "starts_with": lambda text, part: text.casefold().startswith(part.casefold()),
    "ends_with": lambda text, part: text.casefold().endswith(part.casefold()),
    "contains_word": has_words,
}


def test_the_same_people_are_found(indexed: tuple[AttributeModel, Any]) -> None:
    model, search = indexed
    asked = [one for one in questions(model) if one[0].split()[0] != "contains_word" or tokens(one[0].split("'")[1])]
    found = search([{"query": query} for *_, query in asked])
    for (name, key, test, _), ids in zip(asked, found, strict=True):
        expected = {
            facts.person.id for facts in PEOPLE if any(own == key and test(value) for own, value in all_values(facts))
        }
        assert set(ids) == expected, (name, key)


def test_people_are_sorted_by_value_and_those_without_one_come_last(indexed: tuple[AttributeModel, Any]) -> None:
    model, search = indexed
    single = [(key, type_) for key, type_ in KEYS if key.source in ("standard", "custom", "event")]
    found = search([{"query": {"match_all": {}}, "sort": [model.sort(key, type_, "desc")]} for key, type_ in single])
    for (key, _), ids in zip(single, found, strict=True):
        held = {facts.person.id: dict(all_values(facts)).get(key) for facts in PEOPLE}
        with_value = [one.value for each in ids if (one := held[each]) is not None]
        assert with_value == sorted(with_value, key=_order, reverse=True)
        assert all(held[each] is None for each in ids[len(with_value) :])


def _order(value: Scalar) -> Any:
    return value.encode("utf-8") if isinstance(value, str) else value


def test_one_walk_gives_the_codes_and_terms_of_all_values() -> None:
    several = 0
    for facts in PEOPLE:
        values = keyed_values(facts)
        expected: dict[str, list[str]] = {}
        for key, type_, value in values:
            if (coded := code(type_, value)) not in expected.setdefault(key, []):
                expected[key].append(coded)

        found = coded_values(facts)

        assert {key: one if isinstance(one, list) else [one] for key, one in found.codes.items()} == expected
        assert found.terms == list(dict.fromkeys(found.terms))
        assert set(found.terms) == set(text_terms(facts, values))
        several += sum(isinstance(one, list) for one in found.codes.values())
    assert several


def test_values_without_types_are_those_with_types() -> None:
    empty = Person(id="p", role="user", created_at=1, updated_at=2, standard={"name": "", "unknown": 3, "email": "e"})
    for record in (empty, *(facts.person for facts in PEOPLE), *(one for facts in PEOPLE for one in facts.companies)):
        values = standard_values(record)

        assert standard_scalars(record) == {name: one.value for name, one in values.items()}
        times = [one.value for one in values.values() if one.type == "datetime"]
        assert sorted(standard_times(record), key=str) == sorted(times, key=str)


@pytest.mark.parametrize("type_", ["integer", "float", "date", "datetime", "boolean", "string"])
def test_codes_stand_in_the_order_of_the_values_and_give_them_back(type_: DataType) -> None:
    known: dict[str, Sequence[Scalar]] = {
        "integer": [int(number) for number in NUMBERS],
        "float": NUMBERS,
        "date": DAYS,
        "datetime": TIMES,
        "boolean": (False, True),
        "string": STRINGS,
    }
    ordered = sorted(known[type_], key=_order)
    coded = [code(type_, value) for value in ordered]
    assert coded == sorted(coded, key=str.encode)
    assert [value_of(one) for one in coded] == ordered
    if type_ == "datetime":
        assert [time_code(int(at)) for at in ordered] == coded
