"""The tiles of a page that was opened, in its order."""

from indexer.dashboards import Board
from indexer.dashboards.table_order import TableOrder
from indexer.web.pages.open_page import Opened
from indexer.web.pages.ordered_table import Ordering
from indexer.web.pages.tiles import BoardView, TileView, board_view, tile_view
from indexer.web.requests.backend import Backend


def page_tiles(backend: Backend, opened: Opened) -> list[TileView | BoardView]:
    """Each tile with its figures; the rows of boards lead to the pages about their groups."""
    page, state = opened.page, opened.state
    group_urls = {
        other.subject: f"/pages/{other.name}{state.with_(id=None, where=(), group_by=None, order=()).query()}&"
        for other in backend.pages.values()
        if other.subject is not None
    }
    tiles: list[TileView | BoardView] = []
    for place, tile in enumerate(page.tiles):
        of_tile = [asked for asked in opened.asked if asked.of.tile == place]
        ordering = _ordering(opened, place)
        tiles.append(
            board_view(tile, of_tile, group_urls, ordering)
            if isinstance(tile, Board)
            else tile_view(tile, of_tile[0], state.comparison(page), ordering)
        )
    return tiles


def _ordering(opened: Opened, place: int) -> Ordering:
    """How the table of a tile is ordered; the address of another order leads to the tile."""
    id_, number = f"tile-{place}", place + 1

    def address(order: TableOrder | None) -> str:
        return f"/pages/{opened.page.name}{opened.state.ordered(number, order).query()}#{id_}"

    return Ordering(id_, opened.state.order_of(number), address)
