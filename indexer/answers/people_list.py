"""The people that a filter holds for: how many, and who they are, from one point in time of the index."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from elasticsearch import Elasticsearch
from sqlalchemy import Connection

from indexer import search
from indexer.answers.list_page import read_list_page
from indexer.datasets.people import PEOPLE, stored_facts
from indexer.keys import EntityKey
from indexer.people.attribute_models import MODEL
from indexer.people.filters import Filter, FilterScope, query
from indexer.people.list_columns import ListColumn
from indexer.people.person_facts import PersonFacts
from indexer.reports import InvalidQuestion
from indexer.reports.list_cursor import read_cursor, write_cursor
from indexer.search.search_requests import hit_pages, one_point_in_time, search_once
from indexer.store.entities.stored import read_stored

Connect = Callable[[], AbstractContextManager[Connection]]
"""Opens a connection to the store."""

MOST_ON_A_PAGE: Final = 1_000

_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class PeopleQuestion:
    """Which people of a workspace are asked for, and their order; without a filter they are all.

    `scope.now` is the moment from which days ago count. `sort` is a column with a type; without one, people are in the
    order of their ids.
    """

    workspace: str
    scope: FilterScope
    filter: Filter | None = None
    sort: ListColumn | None = None
    descending: bool = False

    @property
    def query(self) -> dict[str, Any]:
        """The query of Elasticsearch."""
        own = {"term": {"workspace_id": self.workspace}}
        asked = [] if self.filter is None else [query(self.filter, self.scope, MODEL)]
        return {"bool": {"filter": [own, *asked]}}

    @property
    def body(self) -> dict[str, Any]:
        """The search, whose hits are the ids."""
        by_id = {"id": {"order": "asc"}}
        order = [by_id]
        if self.sort is not None and self.sort.key is not None and self.sort.type is not None:
            order = [MODEL.sort(self.sort.key, self.sort.type, "desc" if self.descending else "asc"), by_id]
        return {"query": self.query, "sort": order, "_source": False, "docvalue_fields": ["id"]}


class PeoplePage(NamedTuple):
    """A page of people, the number of all of them, and the cursor of the next page; None on the last one."""

    people: list[PersonFacts]
    total: int
    cursor: str | None


def count_people(client: Elasticsearch, prefix: str, question: PeopleQuestion) -> int:
    """The number of people; raises `NoIndexYet` and `ServiceUnavailable`."""
    body = {"query": question.query, "size": 0, "track_total_hits": True}
    found = search_once(client, _alias(prefix), body, question.workspace)
    total: int = found["hits"]["total"]["value"]
    return total


def list_people(
    client: Elasticsearch,
    prefix: str,
    connect: Connect,
    question: PeopleQuestion,
    *,
    size: int = 50,
    cursor: str | None = None,
) -> PeoplePage:
    """A page of up to `size` people (1 to 1,000); all pages are of the index as it was at the first one.

    What is shown of a person is what the store has. Raises `InvalidQuestion` (also if the cursor has expired),
    `NoIndexYet` and `ServiceUnavailable`.
    """
    if not 1 <= size <= MOST_ON_A_PAGE:
        raise InvalidQuestion("limit", f"a page has 1 to {MOST_ON_A_PAGE:,} people, not {size}")
    list_ = _list_of(question)
    begun = None if cursor is None else read_cursor(list_, cursor)
    body = {**question.body, "size": size, "track_total_hits": True}
    page = read_list_page(client, _alias(prefix), question.workspace, body, begun)
    return PeoplePage(
        read_people(connect, question.workspace, _ids(page.hits)),
        page.total,
        None if page.following is None else write_cursor(list_, page.following),
    )


def iterate_people(
    client: Elasticsearch, prefix: str, connect: Connect, question: PeopleQuestion
) -> Iterator[list[PersonFacts]]:
    """All people in their order, page by page, as the index is at this moment; memory holds one page."""
    with one_point_in_time(client, _alias(prefix), question.workspace) as ask:
        for hits in hit_pages(ask, {**question.body, "size": _PAGE}):
            yield read_people(connect, question.workspace, _ids(hits))


def read_people(connect: Connect, workspace: str, ids: Sequence[str]) -> list[PersonFacts]:
    """The people with these ids, in this order; those that are no longer stored are left out."""
    with connect() as connection:
        stored = read_stored(connection, PEOPLE, [EntityKey(workspace, id_) for id_ in ids])
    found = {one.entity_id: stored_facts(one) for one in stored if not one.deleted}
    return [found[id_] for id_ in ids if id_ in found]


def _list_of(question: PeopleQuestion) -> str:
    """A text that tells lists apart, for their cursors; days ago may have moved on between two pages."""
    return repr(("people", question.workspace, question.filter, question.sort, question.descending))


def _ids(hits: Sequence[Any]) -> list[str]:
    return [hit["fields"]["id"][0] for hit in hits]


def _alias(prefix: str) -> str:
    return search.alias_name(prefix, PEOPLE.name)
