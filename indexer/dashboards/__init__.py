"""Dashboard pages: their definitions, the state of a page as its address, and the questions that a page asks."""

from indexer.dashboards.date_ranges import Compared, Dates, Preset
from indexer.dashboards.page_definition import Board, PageDefinition, Tile, read_page
from indexer.dashboards.page_questions import TileQuestion, page_questions
from indexer.dashboards.page_state import PageState, read_state

__all__ = [
    "Board",
    "Compared",
    "Dates",
    "PageDefinition",
    "PageState",
    "Preset",
    "Tile",
    "TileQuestion",
    "page_questions",
    "read_page",
    "read_state",
]
