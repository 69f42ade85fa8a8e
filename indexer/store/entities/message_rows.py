"""Receipts of messages with their events, and checkpoints, in the order of their times: what exports are made of.

Pages follow the index `records_created` and begin after a place, so that a reader needs no open transaction between two
pages, and can continue from any place.
"""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS
from indexer.store.plain_rows import plain_rows

RECEIPTS: Final = MESSAGE_RECEIPTS.name
CHECKPOINTS: Final = SERIES_CHECKPOINTS.name

Place = tuple[int, str, str]
"""The time (epoch seconds), the series (empty if it has none) and the id of a row, by the bytes of their UTF-8.

Rows are in this order, and so are checkpoints of one person at one node in one second beside each other.
"""

_BEGINNING: Final = -(2**63)
_END: Final = 2**63 - 1


class Chosen(NamedTuple):
    """Which rows of a workspace are read: those of `first` or later and before `end` (epoch seconds, None: no limit).

    If `fragments` are given, only rows whose stored form has one of them. In JSON without white space, a name with its
    value, such as `"content_id":"7"`, cannot be part of a text, whose quotes are escaped.
    """

    workspace_id: str
    first: int | None = None
    end: int | None = None
    fragments: Sequence[bytes] | None = None


class ReceiptRow(NamedTuple):
    """A stored receipt, and its events as the items of a JSON array by time and key; None if it has none."""

    created_at: int
    record_id: str
    payload: bytes
    events: bytes | None

    @property
    def place(self) -> Place:
        """Its place among receipts."""
        return self.created_at, "", self.record_id


class StoredRow(NamedTuple):
    """A stored receipt without its events, or a checkpoint."""

    created_at: int
    series: str
    record_id: str
    payload: bytes

    @property
    def place(self) -> Place:
        """Its place among the rows of its dataset."""
        return self.created_at, self.series, self.record_id


_CHOSEN = """
workspace_id = %(workspace)s AND NOT deleted AND created_at >= %(at)s AND created_at < %(end)s
    AND (%(fragments)s::bytea[] IS NULL OR EXISTS (
        SELECT FROM unnest(%(fragments)s::bytea[]) AS fragment WHERE position(fragment IN payload) > 0
    ))
"""

_READ_RECEIPTS = f"""
SELECT created_at, record_id, payload, (
    SELECT string_agg(payload, ','::bytea ORDER BY at, event_key) FROM events
    WHERE dataset = '{RECEIPTS}' AND workspace_id = %(workspace)s AND events.record_id = receipt.record_id
)
FROM records AS receipt
WHERE dataset = '{RECEIPTS}' AND {_CHOSEN} AND (created_at, record_id) > (%(at)s::bigint, %(id)s::text)
ORDER BY created_at, record_id LIMIT %(limit)s
"""

_READ = f"""
SELECT created_at, coalesce(series, ''), record_id, payload FROM records
WHERE dataset = %(dataset)s AND {_CHOSEN}
    AND (created_at, coalesce(series, ''), record_id) > (%(at)s::bigint, %(series)s::text, %(id)s::text)
ORDER BY created_at, coalesce(series, ''), record_id LIMIT %(limit)s
"""

_COUNT = f"SELECT count(*) FROM records WHERE dataset = %(dataset)s AND {_CHOSEN}"


def read_receipts(connection: Connection, chosen: Chosen, after: Place | None, limit: int) -> list[ReceiptRow]:
    """The first `limit` of the chosen receipts after a place, in order, with all their events."""
    return [ReceiptRow(*row) for row in _rows(connection, _READ_RECEIPTS, chosen, after, limit=limit)]


def read_rows(connection: Connection, dataset: str, chosen: Chosen, after: Place | None, limit: int) -> list[StoredRow]:
    """The first `limit` of the chosen rows of a dataset after a place, in order, without events."""
    return [StoredRow(*row) for row in _rows(connection, _READ, chosen, after, dataset=dataset, limit=limit)]


def count_rows(connection: Connection, dataset: str, chosen: Chosen) -> int:
    """The number of the chosen rows of a dataset."""
    [[found]] = _rows(connection, _COUNT, chosen, None, dataset=dataset)
    return int(found)


def _rows(connection: Connection, query: str, chosen: Chosen, after: Place | None, **more: object) -> list[Any]:
    at, series, id_ = after or (_BEGINNING if chosen.first is None else chosen.first, "", "")
    rows = connection.exec_driver_sql(
        query,
        {
            "workspace": chosen.workspace_id,
            "end": _END if chosen.end is None else chosen.end,
            "at": at,
            "series": series,
            "id": id_,
            "fragments": None if chosen.fragments is None else list(chosen.fragments),
            **more,
        },
        execution_options={"binary_results": True},
    )
    return plain_rows(rows)
