"""The cells of an export."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from indexer.exports.columns import Column
from indexer.exports.document_cells import row_maker
from indexer.exports.time_cells import Times

DUBLIN = ZoneInfo("Europe/Dublin")

COLUMNS = [
    Column("at", "legacy.thread_created_at", "time", ""),
    Column("title", "title", "text", ""),
    Column("tags", "tags", "list", ""),
    Column("good", "good", "boolean", ""),
    Column("count", "count", "number", ""),
]


def test_each_kind_of_value_has_its_form() -> None:
    document = {
        "legacy": {"thread_created_at": 1_711_846_800},
        "title": "=1",
        "tags": ["=x", 'a"b'],
        "good": False,
        "count": 0,
    }
    cells = row_maker(COLUMNS, DUBLIN, Times.ISO)(document)
    assert cells == ["2024-03-31T02:00:00+01:00", "'=1", '["=x","a\\"b"]', "false", "0"]
    assert row_maker(COLUMNS, DUBLIN, Times.EPOCH)(document)[0] == "1711846800"


def test_a_missing_value_is_an_empty_cell() -> None:
    assert row_maker(COLUMNS, DUBLIN, Times.ISO)({}) == [""] * 5


@given(st.integers(0, 4_000_000_000), st.sampled_from(["Pacific/Apia", "America/St_Johns", "Africa/Monrovia", "UTC"]))
def test_a_time_says_the_instant_whatever_the_zone(at: int, zone: str) -> None:
    cell = row_maker(COLUMNS, ZoneInfo(zone), Times.ISO)({"legacy": {"thread_created_at": at}})[0]
    assert datetime.fromisoformat(cell).timestamp() == at
