"""Sides from the store: documents computed now, and the statistics that came with the conversations."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import orjson
from sqlalchemy import Connection, Engine

from indexer.datasets.dataset import Dataset, Stored
from indexer.diff.selection import Selection
from indexer.differences.key_join import Entry
from indexer.differences.vendor_statistics import vendor_statistics
from indexer.document_inputs import add_inputs
from indexer.store.database import snapshot
from indexer.store.jobs.backfill_ranges import read_selected
from indexer.store.jobs.backfills import Selected

PAGE = 200
"""How many entities are held in memory with their content."""


def source_pages(
    store: Engine,
    dataset: Dataset,
    selection: Selection,
    on_uncomputable: Callable[[], None],
    *,
    bots_interrupt: bool,
) -> Iterator[list[Entry]]:
    """The documents of all stored entities as the present code computes them, in the order of their keys.

    An entity that cannot be computed is left out and reported.
    """
    with snapshot(store) as connection:
        for page in _stored(connection, dataset, selection):
            entries = []
            for inputs in add_inputs(connection, dataset, page, bots_interrupt=bots_interrupt):
                try:
                    entries.append(Entry(inputs.key, inputs.document()))
                except Exception:  # whatever the error, the worker that is to index it reports it
                    on_uncomputable()
            yield entries


class _WithStatistics(msgspec.Struct, gc=False):
    statistics: dict[str, Any] | None = None


_decode = msgspec.json.Decoder(_WithStatistics).decode


def vendor_pages(store: Engine, dataset: Dataset, selection: Selection) -> Iterator[list[Entry]]:
    """The `statistics` of all stored conversations that came with any, in the order of their keys."""
    with snapshot(store) as connection:
        for page in _stored(connection, dataset, selection):
            bodies = ((one, _statistics(one.payload)) for one in page)
            yield [Entry(one.key, body) for one, body in bodies if body is not None]


def _statistics(payload: bytes) -> bytes | None:
    """A document that has only the statistics."""
    try:
        statistics = _decode(payload).statistics
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if not statistics:
        return None
    return orjson.dumps({"statistics": vendor_statistics(statistics)})


def _stored(connection: Connection, dataset: Dataset, selection: Selection) -> Iterator[list[Stored]]:
    """The selected entities that are not deleted, in pages."""
    selected = Selected(selection.workspace_id, selection.created_from, selection.created_until)
    after = None
    while True:
        page = read_selected(connection, selected, after, None, PAGE, dataset=dataset)
        if not page:
            return
        after = page[-1].key
        yield [one for one in page if isinstance(one, Stored) and selection.takes(one.key)]
