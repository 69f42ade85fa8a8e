"""A page of hits behind a list, or all of them, from the point in time that its first page opened."""

from typing import Any, NamedTuple

from elasticsearch import ApiError, Elasticsearch, TransportError

from indexer.errors import OperatorError
from indexer.reports import InvalidQuestion
from indexer.reports.list_cursor import ListCursor
from indexer.reports.search_filters import Body
from indexer.search.search_requests import KEPT, close_point_in_time, open_point_in_time, refusal, unreachable


class ListPage(NamedTuple):
    """The hits of a page, how many there are in all, and where the next page starts; None on the last one."""

    hits: list[Any]
    total: int
    following: ListCursor | None


class WholeList(NamedTuple):
    """All hits of a list, or none if there are more than the reader can take; `total` is how many there are.

    The point in time stays open: the reader closes it.
    """

    hits: list[Any]
    total: int
    pit: str


def read_list_page(client: Elasticsearch, alias: str, workspace: str, body: Body, begun: ListCursor | None) -> ListPage:
    """The page after `begun`, or the first one, of a search `body` with `size`, `sort` and `track_total_hits`.

    Raises `InvalidQuestion` if the point in time has expired, `NoIndexYet` and `ServiceUnavailable`.
    """
    try:
        pit = open_point_in_time(client, alias, workspace) if begun is None else begun.pit
        response = _ask(client, body if begun is None else {**body, "search_after": list(begun.after)}, pit)
    except (ApiError, TransportError) as error:
        raise _fault(error, alias, is_begun=begun is not None) from error
    hits = response["hits"]["hits"]
    following = None
    if len(hits) == body["size"]:
        following = ListCursor(response["pit_id"], hits[-1]["sort"])
    else:
        close_point_in_time(client, response["pit_id"])
    return ListPage(hits, response["hits"]["total"]["value"], following)


def read_whole_list(
    client: Elasticsearch, alias: str, workspace: str, body: Body, pit: str | None, *, most: int
) -> WholeList:
    """All hits of such a search, read a page of `size` at a time.

    They are of the point in time `pit` that a page before opened, or else of a new one. Raises as `read_list_page`.
    """
    is_begun = pit is not None
    hits: list[Any] = []
    try:
        pit = open_point_in_time(client, alias, workspace) if pit is None else pit
        while True:
            response = _ask(client, {**body, "search_after": hits[-1]["sort"]} if hits else body, pit)
            found, total, pit = response["hits"]["hits"], response["hits"]["total"]["value"], response["pit_id"]
            if total > most:
                return WholeList([], total, pit)
            hits += found
            if len(found) < body["size"]:
                return WholeList(hits, total, pit)
    except (ApiError, TransportError) as error:
        raise _fault(error, alias, is_begun=is_begun) from error


def _ask(client: Elasticsearch, body: Body, pit: str) -> Any:
    asked = {**body, "pit": {"id": pit, "keep_alive": KEPT}}
    return client.search(body=asked, allow_partial_search_results=False).body


def _fault(error: ApiError | TransportError, alias: str, *, is_begun: bool) -> OperatorError | InvalidQuestion:
    if isinstance(error, TransportError):
        return unreachable(error)
    if is_begun and error.meta.status in {400, 404}:
        return InvalidQuestion("cursor", "has expired; start without a cursor")
    return refusal(error.meta.status, error.body, alias)
