"""The conversations behind a number: any cell of an answer, page by page, as the index was at the first page."""

from datetime import date

from elasticsearch import Elasticsearch

from indexer import search
from indexer.answers.list_page import read_list_page
from indexer.reports import Definition, InvalidQuestion, Question
from indexer.reports.cell import AnyGroup, Cell
from indexer.reports.drill_down_search import MAX_PAGE, ListedPage, list_of, listing_body, read_hit
from indexer.reports.list_cursor import read_cursor, write_cursor


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
    list_ = list_of(definition, question, cell)
    begun = None if cursor is None else read_cursor(list_, cursor)
    page = read_list_page(client, alias, question.workspace, body, begun)
    rows = [read_hit(definition, question, cell, hit) for hit in page.hits]
    return ListedPage(rows, page.total, None if page.following is None else write_cursor(list_, page.following))
