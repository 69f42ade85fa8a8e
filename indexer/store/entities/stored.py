"""Stored entities, read by their keys or in the order of keys, to compute their documents."""

# ruff: noqa: S608 - the statements are made of constants; values are parameters

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, CursorResult

from indexer.datasets.companies import COMPANIES
from indexer.datasets.dataset import Dataset, Input, Stored
from indexer.keys import EntityKey
from indexer.store.entities.record_events import read_events
from indexer.store.plain_rows import plain_rows

# One look-up for all rows finds out whether any contacts were merged.
_OF_CONVERSATIONS = """
    workspace_id, conversation_id, payload, revision, deleted,
    CASE WHEN (SELECT EXISTS (SELECT FROM contact_merges)) THEN (
        SELECT jsonb_object_agg(from_id, into_id) FROM contact_merges AS merge
        WHERE merge.workspace_id = stored.workspace_id
            AND (stored.contact_ids IS NULL OR from_id = ANY (stored.contact_ids))
    ) END,
    extract(epoch FROM saved_at)::bigint
"""
_OF_RECORDS = """
    workspace_id, record_id, payload, revision, deleted, NULL,
    extract(epoch FROM saved_at)::bigint, ends_at, NOT follows
"""
_THEIR_COMPANIES = f"""
    ARRAY(
        SELECT company.payload FROM person_companies AS link JOIN records AS company
            ON company.dataset = '{COMPANIES.name}' AND company.workspace_id = link.workspace_id
            AND company.record_id = link.company_id
        WHERE link.workspace_id = stored.workspace_id AND link.person_id = stored.record_id AND NOT company.deleted
        ORDER BY link.company_id
    )
"""
SUMMARIES_OF: Final = """
    ARRAY(
        SELECT convert_to('{"name":' || to_json(summary.name) || ',"first":' || first_at || ',"last":' || last_at
            || ',"count":' || count || ',"metadata":' || coalesce(nullif(metadata, ''), '{}') || '}', 'UTF8')
        FROM person_event_summaries AS summary
        WHERE summary.workspace_id = stored.workspace_id AND summary.person_id = stored.record_id
        ORDER BY summary.name
    )
"""
"""The summaries of the events of the person `stored` as JSON, as a column of a query."""

_INPUTS: Final[Mapping[Input, str]] = {
    "linked": _THEIR_COMPANIES,
    "summaries": SUMMARIES_OF,
}

_READ = """
SELECT {columns}
FROM unnest(%(workspaces)s::text[], %(ids)s::text[]) AS wanted (workspace_id, {id})
JOIN {table} AS stored USING (workspace_id, {id})
WHERE {own}
"""


def columns_of(dataset: Dataset) -> str:
    """The columns of a `Stored` but its events, in a query whose table is called `stored`."""
    if not dataset.are_records:
        return _OF_CONVERSATIONS
    return ", ".join((_OF_RECORDS, *(_INPUTS[name] for name in dataset.inputs if name in _INPUTS)))


def read_stored(connection: Connection, dataset: Dataset, keys: Sequence[EntityKey]) -> list[Stored]:
    """The stored ones among the keys, in no particular order, deleted ones too."""
    rows = connection.exec_driver_sql(
        _READ.format(columns=columns_of(dataset), **dataset.table._asdict()),
        {"workspaces": [workspace for workspace, _ in keys], "ids": [id_ for _, id_ in keys]},
        execution_options={"binary_results": True},
    )
    return stored_of(connection, rows, dataset)


def stored_of(connection: Connection, rows: CursorResult[Any], dataset: Dataset) -> list[Stored]:
    """The results of a query on this connection for `columns_of`, and their events."""
    found = plain_rows(rows)
    if not dataset.inputs:
        return [Stored(*row) for row in found]
    events = read_events(connection, dataset, (row[:2] for row in found)) if dataset.has_events else {}
    if dataset.inputs == ("events",):
        return [Stored(*(*row, tuple(events.get(row[:2], ())))) for row in found]
    names = [name for name in dataset.inputs if name in _INPUTS]
    own = -len(names)
    return [
        Stored(*(*row[:own], tuple(events.get(row[:2], ()))), **dict(zip(names, map(tuple, row[own:]), strict=True)))
        for row in found
    ]
