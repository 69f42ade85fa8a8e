"""A page of hits behind a list, from the view of the index that its first page opened."""

from typing import Any, NamedTuple

from elasticsearch import ApiError, Elasticsearch, TransportError

from indexer.reports import InvalidQuestion
from indexer.reports.list_cursor import ListCursor
from indexer.reports.search_filters import Body
from indexer.search.search_requests import KEPT, close_view, open_view, refusal, unreachable


class ListPage(NamedTuple):
    """The hits of a page, how many there are in all, and where the next page starts; None on the last one."""

    hits: list[Any]
    total: int
    following: ListCursor | None


def read_list_page(client: Elasticsearch, alias: str, workspace: str, body: Body, begun: ListCursor | None) -> ListPage:
    """The page after `begun`, or the first one, of a search `body` with `size`, `sort` and `track_total_hits`.

    Raises `InvalidQuestion` if the view has expired, `NoIndexYet` and `ServiceUnavailable`.
    """
    try:
        view = open_view(client, alias, workspace) if begun is None else begun.view
        asked = {**body, "pit": {"id": view, "keep_alive": KEPT}}
        if begun is not None:
            asked["search_after"] = list(begun.after)
        response = client.search(body=asked, allow_partial_search_results=False).body
    except ApiError as error:
        if begun is not None and error.meta.status in {400, 404}:
            raise InvalidQuestion("cursor", "has expired; start without a cursor") from error
        raise refusal(error.meta.status, error.body, alias) from error
    except TransportError as error:
        raise unreachable(error) from error
    hits = response["hits"]["hits"]
    following = None
    if len(hits) == body["size"]:
        following = ListCursor(response["pit_id"], hits[-1]["sort"])
    else:
        close_view(client, response["pit_id"])
    return ListPage(hits, response["hits"]["total"]["value"], following)
