"""People and documents that name them, in a store and indices of their own, and the plain answers to questions."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from elasticsearch import Elasticsearch
from msgspec.json import encode
from sqlalchemy import Engine

from indexer.answers.people_ids import PeopleIds
from indexer.answers.resolve_values import Resolver
from indexer.connections import Connections
from indexer.people.attribute import Attribute
from indexer.people.attribute_models import MODEL
from indexer.people.attribute_value import Value
from indexer.people.person import Company, Person
from indexer.people.person_document import person_document
from indexer.people.person_facts import PersonFacts
from indexer.search import ONE_SHARD, Outcome, Write, alias_name, bulk_write, datasets, ensure_dataset
from indexer.settings import Settings
from indexer.store.entities.attributes import add_attributes
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.embedded.harness import Run
from tests.fresh import fresh_database, fresh_prefix

NOW = 1_711_929_600  # 1 April 2024, 00:00 UTC
DAY = 86_400
PLANS = ("free", "pro", "a=b", "", None)
ATTRIBUTES = [
    Attribute(model="contact", name="plan", type="string"),
    Attribute(model="contact", name="seats", type="integer"),
    Attribute(model="contact", name="paying", type="boolean"),
    Attribute(model="contact", name="renews_on", type="date"),
    Attribute(model="company", name="tier", type="string"),
]


def people(seed: int, count: int = 90) -> list[PersonFacts]:
    """People with and without values, of the past and of the future, around the days of the predefined segments."""
    dice = random.Random(seed)
    return [_person(dice, number) for number in range(count)]


def _person(dice: random.Random, number: int) -> PersonFacts:
    standard: dict[str, Any] = {}
    custom: dict[str, Value] = {}
    ages = (-1, 0, 1, DAY - 1, DAY, 8 * DAY, 15 * DAY, 30 * DAY - 1, 30 * DAY, 60 * DAY - 1, 60 * DAY, 80 * DAY)
    signed_up = NOW - dice.choice(ages) - dice.choice((0, 0, 3 * DAY))
    if dice.random() < 0.8:
        standard["signed_up_at"] = signed_up
    if dice.random() < 0.8:
        standard["last_seen_at"] = max(signed_up, NOW - dice.choice(ages))
    if dice.random() < 0.5:
        standard["location.country"] = dice.choice(("Ireland", "Japan"))
    if dice.random() < 0.5:
        standard["last_replied_at"] = signed_up
    if dice.random() < 0.5:
        standard["unsubscribed_from_emails"] = dice.random() < 0.5
    if (plan := dice.choice(PLANS)) is not None and plan:
        custom["plan"] = Value("string", plan)
    if dice.random() < 0.7:
        custom["seats"] = Value("integer", dice.choice((-3, 0, 5, 20)))
    if dice.random() < 0.7:
        custom["paying"] = Value("boolean", dice.random() < 0.5)
    if dice.random() < 0.4:
        custom["renews_on"] = Value("date", dice.choice((19_000, 19_814)))
    company = Company(id="c1", created_at=1, updated_at=1, custom={"tier": Value("string", "gold")})
    person = Person(
        id=f"p{number}",
        role=dice.choice(("user", "user", "lead", "visitor")),
        created_at=signed_up - dice.choice((0, 5, DAY)),
        updated_at=NOW,
        standard=standard,
        custom=custom,
        tags=tuple(dice.sample(("vip", "beta"), dice.randrange(3))),
        companies=("c1",) if dice.random() < 0.3 else (),
    )
    return PersonFacts(person, (company,) if person.companies else ())


@dataclass(frozen=True, slots=True)
class Place:
    """An installation with these people and conversations."""

    client: Elasticsearch
    prefix: str
    store: Engine

    def resolver(self) -> Resolver:
        return Resolver(self.client, self.prefix, self.store.connect, PeopleIds(0))

    def write(self, dataset: str, documents: list[tuple[str, bytes]]) -> None:
        alias = alias_name(self.prefix, dataset)
        settled = bulk_write(self.client, alias, [Write(id_, 1, document) for id_, document in documents])
        assert {one.outcome for one in settled} <= {Outcome.INDEXED}
        self.client.indices.refresh(index=alias)


@contextmanager
def installation(
    services: Run,
    elasticsearch_url: str,
    workspaces: dict[str, list[PersonFacts]],
    attributes: Sequence[Attribute] = ATTRIBUTES,
) -> Iterator[Place]:
    """A place where each of the workspaces has its people, all with these attributes."""
    with (
        fresh_database(services) as url,
        fresh_prefix(elasticsearch_url) as prefix,
        Elasticsearch(elasticsearch_url) as client,
    ):
        settings = {"ELASTICSEARCH_URL": elasticsearch_url, "DATABASE_URL": url, "index_prefix": prefix}
        store = Connections(Settings.model_validate(settings)).store
        place = Place(client, prefix, store)
        for dataset in datasets():
            ensure_dataset(client, prefix, dataset, ONE_SHARD)
        for workspace, found in workspaces.items():
            with store.begin() as connection:
                save_workspace(connection, Workspace(workspace))
                add_attributes(connection, workspace, attributes)
            documents = [person_document(one, workspace, 1, MODEL) for one in found]
            place.write("people", [(f"{workspace}:{one['id']}", encode(one)) for one in documents])
        yield place
        store.dispose()


def conversations(workspace: str, seed: int, count: int = 150) -> list[dict[str, Any]]:
    """Conversations of one, two or no people, some of them unknown."""
    dice = random.Random(seed)
    known = [f"p{number}" for number in range(90)]
    found = []
    for number in range(count):
        ids = dice.sample([*known, "stranger", "former"], dice.choice((1, 1, 1, 2, 0)))
        at = NOW - dice.randrange(20 * DAY)
        found.append(
            {
                "workspace_id": workspace,
                "conversation_id": str(number),
                "created_at": at,
                "started_at": at,
                "contact_ids": ids,
                "channel": dice.choice(("email", "conversation")),
            }
        )
    return found


def as_documents(found: list[dict[str, Any]]) -> list[tuple[str, bytes]]:
    return [(f"{one['workspace_id']}:{one['conversation_id']}", orjson.dumps(one)) for one in found]
