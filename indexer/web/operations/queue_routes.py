"""The pages of the queue and of quarantine: what waits, what could not be indexed and why, replay and purge."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from indexer.dashboards.table_order import TableOrder
from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import datasets
from indexer.errors import OperatorError
from indexer.keys import is_text
from indexer.operations.quarantine_status import find_entries, read_payload, read_quarantine
from indexer.operations.queue_status import read_queues, read_workspace_queues, total
from indexer.reports import InvalidQuestion
from indexer.store.access.scopes import Scope
from indexer.store.queue.changes import WriteTally, due_shards, read_write_tally
from indexer.store.queue.drain_stops import resume_drain
from indexer.store.queue.quarantine import (
    Entry,
    Purge,
    Reason,
    Selection,
    list_entries,
    list_purges,
    purge,
    replay,
)
from indexer.web.operations.queue_table import queue_table
from indexer.web.operations.row_tables import RowColumn, TableOrders, number_or_text, orders_of
from indexer.web.operations.shared import (
    WorkspaceParameter,
    chosen_dataset,
    chosen_workspace,
    done,
    operated,
    operator_page,
    refusals,
)
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import BackendOfRequest
from indexer.web.requests.forms import Form
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.stored_text import expect_text

router = APIRouter(include_in_schema=False)

_MOST_SHOWN = 100
_MOST_REASON = 500
_PATH = "/operations/quarantine"


class Chosen(NamedTuple):
    """The entries that an address names, and its parameters."""

    selection: Selection
    entity_id: str | None

    @property
    def query(self) -> str:
        """The same choice as the parameters of an address."""
        of = self.selection
        given = {
            "dataset": of.dataset.name,
            "workspace": of.workspace_id,
            "id": self.entity_id,
            "reason": of.reason,
        }
        return urlencode({name: value for name, value in given.items() if value is not None})

    @property
    def is_all(self) -> bool:
        """Whether nothing but the dataset narrows the choice."""
        of = self.selection
        return of.workspace_id is None and of.reason is None


def _chosen(
    backend: BackendOfRequest,
    workspace: WorkspaceParameter = None,
    dataset: Annotated[str | None, Query(max_length=100)] = None,
    id: Annotated[str | None, Query(max_length=1_000)] = None,
    reason: Annotated[str | None, Query(max_length=_MOST_REASON)] = None,
) -> Chosen:
    expect_text("id", id)
    expect_text("reason", reason)
    of_workspace = chosen_workspace(backend.access, workspace)
    if id is not None and of_workspace is None:
        raise InvalidQuestion("workspace", "is missing")
    ids = (id,) if id is not None else None
    of_dataset = datasets()[0] if dataset is None else chosen_dataset(dataset)
    return Chosen(Selection(of_dataset, of_workspace, ids, reason or None), id)


ChosenEntries = Annotated[Chosen, Depends(_chosen)]


_TALLIES: Sequence[RowColumn[tuple[Dataset, WriteTally]]] = (
    RowColumn("Dataset", lambda row: row[0].name),
    RowColumn("Written", lambda row: row[1].written, is_figure=True),
    RowColumn("Indexed", lambda row: row[1].indexed, is_figure=True),
    RowColumn("Superseded", lambda row: row[1].superseded, is_figure=True),
    RowColumn("Deleted", lambda row: row[1].deleted, is_figure=True),
    RowColumn("To quarantine", lambda row: row[1].quarantined, is_figure=True),
    RowColumn("Queued", lambda row: row[1].queued, is_figure=True),
)

_REASONS: Sequence[RowColumn[Reason]] = (
    RowColumn("Reason", lambda one: one.reason),
    RowColumn("Entries", lambda one: one.entries, is_figure=True),
    RowColumn("The newest", lambda one: one.last_at),
)

_ENTRIES: Sequence[RowColumn[Entry]] = (
    RowColumn("Workspace", lambda one: one.workspace_id),
    RowColumn("Id", lambda one: number_or_text(one.entity_id)),
    RowColumn("Reason", lambda one: one.reason),
    RowColumn("Error", lambda one: one.error),
    RowColumn("Last", lambda one: one.last_at),
)

_PURGES: Sequence[RowColumn[Purge]] = (
    RowColumn("Workspace", lambda one: one.workspace_id),
    RowColumn("Id", lambda one: number_or_text(one.entity_id)),
    RowColumn("Reason", lambda one: one.reason),
    RowColumn("Purged", lambda one: one.purged_at),
    RowColumn("By", lambda one: one.purged_by),
    RowColumn("Because", lambda one: one.because),
)


@router.get("/operations/queue")
def show_queue(
    request: Request, backend: BackendOfRequest, orders: Annotated[TableOrders, Depends(orders_of(2))]
) -> HTMLResponse:
    """The depth of the queue by dataset and by workspace."""
    named = operated(backend.access)
    with backend.connect() as connection:
        queues = read_queues(connection) if named is None else ()
        tallies = [(each, read_write_tally(connection, each)) for each in datasets()] if named is None else []
        by_workspace = read_workspace_queues(connection, named)
    return operator_page(
        request,
        backend,
        "queue.html",
        "Queue",
        queues=queues,
        queue_table=queue_table(orders, 1, by_workspace),
        tallies=orders.table(2, _TALLIES, [one for one in tallies if one[1].written], None),
        depth=total([one.depth for one in by_workspace]),
    )


@router.post("/operations/queue/{dataset}/resume", dependencies=[through(Gate.EVENTS)])
def resume_indexing(dataset: str, backend: BackendOfRequest) -> RedirectResponse:
    """Let workers take changes again after the limit of the quarantine has stopped them."""
    of = chosen_dataset(dataset)
    with backend.transaction() as connection, refusals():
        if resume_drain(connection, of) is None:
            raise OperatorError("indexing is not stopped")
        shards = due_shards(connection, of)
    backend.waker.wake({of: shards})
    return done("indexing_resumed", "/operations/queue")


@router.get(_PATH)
def show_quarantine(
    chosen: ChosenEntries,
    request: Request,
    backend: BackendOfRequest,
    orders: Annotated[TableOrders, Depends(orders_of(3))],
) -> HTMLResponse:
    """The entries by reason, and the newest of them."""
    of = chosen.selection
    named = operated(backend.access)
    with backend.connect() as connection:
        found = read_quarantine(connection, of, _MOST_SHOWN)
        purged = list_purges(connection, of, 20)
        quarantined = [one for one in read_workspace_queues(connection, named) if one.depth.quarantined]
    return operator_page(
        request,
        backend,
        "quarantine.html",
        "Quarantine",
        chosen=chosen,
        choice={"dataset": of.dataset.name} | ({"workspace": of.workspace_id} if of.workspace_id else {}),
        total=sum(one.entries for one in found.reasons),
        reasons=orders.table(1, _REASONS, found.reasons, TableOrder(1, falls=True)),
        entries=orders.table(2, _ENTRIES, found.entries, TableOrder(4, falls=True)),
        purged=orders.table(3, _PURGES, purged, TableOrder(3, falls=True)),
        elsewhere=quarantined,
        all_url=f"{_PATH}?{urlencode({'dataset': of.dataset.name})}",
        elsewhere_urls=[
            f"{_PATH}?{urlencode({'dataset': one.dataset.name, 'workspace': one.workspace_id})}" for one in quarantined
        ],
    )


@router.get(_PATH + "/entry")
def show_entry(chosen: ChosenEntries, request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """One entry: its error in full, and for callers who may read records, what was refused."""
    of = chosen.selection
    if chosen.entity_id is None or of.workspace_id is None:
        raise InvalidQuestion("id", "is missing")
    with backend.connect() as connection:
        entries = list_entries(connection, of)
        payload = read_payload(connection, of.dataset, of.workspace_id, chosen.entity_id)
    if not entries:
        raise HTTPException(404, f"{chosen.entity_id} of {of.workspace_id} is not in quarantine")
    may_read = backend.access.caller.grants.allows(Scope.RECORDS, of.workspace_id)
    has_content = may_read and payload.value is not None
    shown = orjson.dumps(payload.value, option=orjson.OPT_INDENT_2).decode() if has_content else ""
    return operator_page(
        request,
        backend,
        "quarantine_entry.html",
        "Quarantine",
        chosen=chosen,
        entry=entries[0],
        origin=payload.origin,
        payload=shown,
        may_read=may_read,
    )


@router.post(_PATH + "/replay", dependencies=[through(Gate.EVENTS)])
def replay_entries(chosen: ChosenEntries, request: Request, backend: BackendOfRequest) -> RedirectResponse:
    """Try entries again."""
    with backend.transaction() as connection:
        replayed = replay(connection, chosen.selection)
    note_action(request, **_noted(chosen), entries=replayed.entries)
    backend.waker.wake({chosen.selection.dataset: replayed.shards})
    return done("quarantine_replayed", _PATH, replayed.entries, **_kept(chosen))


@router.get(_PATH + "/purge")
def confirm_purge(chosen: ChosenEntries, request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """The number of entries that a purge would remove, and the form that asks why."""
    with backend.connect() as connection:
        found = find_entries(connection, chosen.selection)
        first = list_entries(connection, chosen.selection, 10)
    return operator_page(
        request, backend, "confirm_purge.html", "Quarantine", chosen=chosen, found=found, first=first, fault=None
    )


@router.post(_PATH + "/purge", dependencies=[through(Gate.EVENTS)])
def purge_entries(chosen: ChosenEntries, form: Form, request: Request, backend: BackendOfRequest) -> RedirectResponse:
    """Remove entries for good, and keep a record of each."""
    because = form.get("because", "").strip()[:_MOST_REASON]
    with refusals():
        if not because or not is_text(because):
            raise OperatorError("a purge needs a reason, which is kept on record", "go back, and write one")
    actor = backend.access.caller.actor
    with backend.transaction() as connection:
        purged = purge(connection, chosen.selection, actor, because)
    note_action(request, **_noted(chosen), entries=purged, because=because)
    return done("quarantine_purged", _PATH, purged, **_kept(chosen))


def _noted(chosen: Chosen) -> dict[str, str | None]:
    of = chosen.selection
    return {"workspace": of.workspace_id, "target": chosen.entity_id or of.dataset.name, "reason": of.reason}


def _kept(chosen: Chosen) -> dict[str, str | None]:
    return {"dataset": chosen.selection.dataset.name, "workspace": chosen.selection.workspace_id}
