"""One person with everything that belongs to the person: former ids, segments, conversations, and messages."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from elasticsearch import Elasticsearch
from sqlalchemy import Connection

from indexer import search
from indexer.answers.find_person import find_person
from indexer.answers.profile_links import ProfileLinks, profile_links
from indexer.answers.saved_filters import filters_at
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.errors import OperatorError
from indexer.people.filters import matches, sentence
from indexer.people.person_facts import PersonFacts
from indexer.people.predefined_segments import PREDEFINED
from indexer.reports.scope import of_workspace
from indexer.search.search_requests import search_many
from indexer.store.entities.contact_merges import read_former_ids

MOST_RECORDS: Final = 20
"""How many conversations and receipts of a person are listed, the newest."""


class SegmentOfPerson(NamedTuple):
    """A saved filter that the person matches now, and its meaning in a sentence."""

    name: str
    kind: Literal["predefined", "dynamic"]
    meaning: str


class PersonOverview(NamedTuple):
    """What the store has of a person; `former_ids` are those before merges. Times are shown in `zone`."""

    facts: PersonFacts
    links: ProfileLinks
    former_ids: Sequence[str]
    segments: Sequence[SegmentOfPerson]
    zone: ZoneInfo


class RecordsOfPerson(NamedTuple):
    """How many records a person has in the index, and the fields of the newest ones."""

    total: int
    newest: Sequence[Mapping[str, Any]]


def read_person_overview(
    connection: Connection, workspace: str, written: str, template: str | None, now: int
) -> PersonOverview:
    """The person named as in `find_person`, which says what is raised; segments are those at `now`."""
    facts = find_person(connection, workspace, written)
    scope = filters_at(connection, workspace, now).scope
    return PersonOverview(
        facts,
        profile_links(connection, workspace, facts.person, template),
        read_former_ids(connection, workspace).get(facts.person.id, []),
        [
            SegmentOfPerson(name, "predefined" if name in PREDEFINED else "dynamic", sentence(found))
            for name, found in scope.segments.items()
            if matches(found, facts, scope)
        ],
        scope.zone,
    )


def records_of_person(
    client: Elasticsearch, prefix: str, workspace: str, ids: Sequence[str]
) -> tuple[RecordsOfPerson, RecordsOfPerson]:
    """The conversations and the receipts of a person with these ids; raises `ServiceUnavailable`, `SearchRefused`."""
    searches = [
        (CONVERSATIONS, "contact_ids", "created_at", ["conversation_id", "created_at", "title", "state", "channel"]),
        (
            MESSAGE_RECEIPTS,
            "user_id",
            "received_at",
            ["receipt_id", "received_at", "content_id", "content_title", "content_type", "first_open_at"],
        ),
    ]
    found = search_many(
        client,
        [
            (
                search.alias_name(prefix, dataset.name),
                {
                    "size": MOST_RECORDS,
                    "track_total_hits": True,
                    "query": of_workspace(workspace, {"terms": {people: list(ids)}}),
                    "sort": [{time: "desc"}],
                    "_source": fields,
                },
                workspace,
            )
            for dataset, people, time, fields in searches
        ],
    )
    conversations, receipts = map(_records, found)
    return conversations, receipts


def _records(response: Mapping[str, Any] | OperatorError) -> RecordsOfPerson:
    if isinstance(response, OperatorError):
        raise response
    hits = response["hits"]
    return RecordsOfPerson(hits["total"]["value"], [hit["_source"] for hit in hits["hits"]])
