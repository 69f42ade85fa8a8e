"""One person with everything that belongs to the person: former ids, segments, conversations, and messages."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from elasticsearch import Elasticsearch
from sqlalchemy import Connection

from indexer import search
from indexer.answers.earlier_moment import read_moment
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
from indexer.reports.search_filters import up_to
from indexer.search.search_requests import search_many
from indexer.store.entities.contact_merges import read_former_ids
from indexer.store.entities.earlier_events import read_earlier_events

MOST_RECORDS: Final = 20
"""How many conversations and receipts of a person are listed, the newest."""


class SegmentOfPerson(NamedTuple):
    """A saved filter that the person matches now, and its meaning in a sentence."""

    name: str
    kind: Literal["predefined", "dynamic"]
    meaning: str


class EventOfPerson(NamedTuple):
    """How often a person did something, and when first and last; None for what is not known of an earlier moment."""

    name: str
    times: int | None
    first: int
    last: int | None


class PersonOverview(NamedTuple):
    """What the store has of a person; `former_ids` are those before merges. Times are shown in `zone`.

    `events` are those up to `as_of`, the moment in epoch seconds (None: now). Everything else is of now.
    """

    facts: PersonFacts
    links: ProfileLinks
    former_ids: Sequence[str]
    segments: Sequence[SegmentOfPerson]
    zone: ZoneInfo
    as_of: int | None
    events: Sequence[EventOfPerson]


class RecordsOfPerson(NamedTuple):
    """How many records a person has in the index, and the fields of the newest ones."""

    total: int
    newest: Sequence[Mapping[str, Any]]


def read_person_overview(  # noqa: PLR0917  (who asks about whom, and of which moment)
    connection: Connection, workspace: str, written: str, template: str | None, now: int, as_of: str | None = None
) -> PersonOverview:
    """The person named as in `find_person`, which says what is raised; segments are those at `now`.

    Raises `InvalidMoment` for an `as_of` that cannot be used.
    """
    facts = find_person(connection, workspace, written)
    scope = filters_at(connection, workspace, now).scope
    moment = read_moment(as_of, scope.zone)
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
        moment,
        _events(connection, workspace, facts, moment),
    )


def _events(connection: Connection, workspace: str, facts: PersonFacts, moment: int | None) -> list[EventOfPerson]:
    summaries = [one for _, one in sorted(facts.events.items()) if moment is None or one.first <= moment]
    if moment is None or all(one.last <= moment for one in summaries):
        return [EventOfPerson(one.name, one.count, one.first, one.last) for one in summaries]
    earlier = read_earlier_events(connection, workspace, facts.person.id, moment)
    found = []
    for one in summaries:
        times: int | None = one.count
        last = one.last if one.last <= moment else earlier.last.get(one.name)
        if one.last > moment:
            times = None if earlier.later is None else one.count - earlier.later.get(one.name, 0)
        found.append(EventOfPerson(one.name, times, one.first, last))
    return found


def state_at(conversation: Mapping[str, Any], moment: int) -> str | None:
    """The state of a conversation at a moment, by the times of its document; None before a customer has written."""
    if _lasts(conversation.get("snoozed_during"), moment):
        return "snoozed"
    if _lasts(conversation.get("open_during"), moment):
        return "open"
    started_at = conversation.get("started_at")
    return "closed" if started_at is not None and started_at <= moment else None


def _lasts(ranges: Sequence[Mapping[str, int]] | None, moment: int) -> bool:
    return any(one["gte"] <= moment < one.get("lt", moment + 1) for one in ranges or ())


def records_of_person(
    client: Elasticsearch, prefix: str, workspace: str, ids: Sequence[str], as_of: int | None = None
) -> tuple[RecordsOfPerson, RecordsOfPerson]:
    """The conversations and the receipts of a person with these ids, up to `as_of` (epoch seconds).

    Raises `ServiceUnavailable` and `SearchRefused`.
    """
    of_conversations = ["conversation_id", "created_at", "title", "state", "channel"]
    if as_of is not None:
        of_conversations += ["started_at", "open_during", "snoozed_during"]
    searches = [
        (CONVERSATIONS, "contact_ids", "created_at", of_conversations),
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
                    "query": of_workspace(workspace, {"terms": {people: list(ids)}}, *up_to(time, as_of)),
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
