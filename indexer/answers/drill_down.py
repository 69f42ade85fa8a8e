"""The conversations behind a number: any cell of an answer, page by page, as the index was at the first page."""

from datetime import date
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from indexer import search
from indexer.reports import Definition, InvalidQuestion, Question
from indexer.reports.cell import AnyGroup, Cell
from indexer.reports.drill_down_search import (
    MAX_PAGE,
    Cursor,
    ListedPage,
    listing_body,
    read_cursor,
    read_hit,
    write_cursor,
)
from indexer.reports.search_filters import Body
from indexer.search.search_requests import KEPT, close_view, open_view, refusal, unreachable


def list_conversations(
    client: Elasticsearch,
    prefix: str,
    definition: Definition,
    question: Question,
    *,
    period: date | None = None,
    group: str | AnyGroup | None = AnyGroup.ANY,
    size: int = 50,
    cursor: str | None = None,
) -> ListedPage:
    """A page of `size` conversations (1 to 1,000) that are behind a cell of the answer, in the order of time.

    `period` is the date of the row, None for the whole range; `group` is its group, None for the one without a name.
    `cursor` is that of the page before. All pages show the index as it was at the first one. Raises `InvalidQuestion`
    (also if the cursor has expired), `NoIndexYet` and `ServiceUnavailable`.
    """
    if not 1 <= size <= MAX_PAGE:
        raise InvalidQuestion("limit", f"a page has 1 to {MAX_PAGE:,} conversations, not {size}")
    cell = Cell(period, group)
    alias = search.alias_name(prefix, definition.dataset)
    body = listing_body(definition, question, cell, size)
    begun = None if cursor is None else read_cursor(definition, question, cell, cursor)
    try:
        view = begun.view if begun else open_view(client, alias, question.workspace)
        response = _search(client, view, body, begun)
    except ApiError as error:
        if begun is not None and error.meta.status in {400, 404}:
            raise InvalidQuestion("cursor", "has expired; start without a cursor") from error
        raise refusal(error.meta.status, error.body, alias) from error
    except TransportError as error:
        raise unreachable(error) from error
    hits = response["hits"]["hits"]
    following = None
    if len(hits) == size:
        following = write_cursor(definition, question, cell, Cursor(response["pit_id"], hits[-1]["sort"]))
    else:
        close_view(client, response["pit_id"])
    rows = [read_hit(definition, question, cell, hit) for hit in hits]
    return ListedPage(rows, response["hits"]["total"]["value"], following)


def _search(client: Elasticsearch, view: str, body: Body, begun: Cursor | None) -> Any:
    asked = {**body, "pit": {"id": view, "keep_alive": KEPT}}
    if begun is not None:
        asked["search_after"] = list(begun.after)
    return client.search(body=asked, allow_partial_search_results=False).body
