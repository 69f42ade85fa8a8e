"""The page of the indices: versions by dataset, a rebuild or backfill in progress, and what can be done about it."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from indexer.connections import Connections
from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import datasets
from indexer.errors import OperatorError
from indexer.indexing.rebuild_site import RebuildSite
from indexer.indexing.rebuilder import Rebuilder
from indexer.operations.backfill_status import read_backfills
from indexer.operations.index_status import read_indices
from indexer.operations.rebuild_status import RebuildStatus, read_rebuild
from indexer.search import IndexStatus, alias_name
from indexer.search.refresh import OtherRefresh
from indexer.store.jobs.backfills import open_backfills, set_state
from indexer.store.jobs.rebuilds import Rebuild
from indexer.store.signs import has_taker
from indexer.web.operations.shared import chosen_dataset, done, operator_page, refusals
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.forms import Form
from indexer.web.requests.gates import Gate, through

router = APIRouter(include_in_schema=False)

_PATH = "/operations/indices"


class DatasetIndices(NamedTuple):
    """The indices of a dataset: the one that readers see (None: there is none) and the others; and its rebuild."""

    dataset: Dataset
    alias: str
    live: IndexStatus | None
    others: list[IndexStatus]
    unrefreshed: list[OtherRefresh]
    rebuild: RebuildStatus | None

    @property
    def can_swap(self) -> bool:
        """Whether readers can be moved to the new index now."""
        return self.rebuild is not None and self.rebuild.rebuild.step in ("ready", "swap") and not self.rebuild.acting


@router.get(_PATH)
def show_indices(request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """The indices by dataset, and the work on them."""
    named = [each.name for each in datasets()]
    found = backend.searching(lambda client, prefix: read_indices(client, prefix, named))
    with backend.connect() as connection:
        rebuilds = {each.name: read_rebuild(connection, each) for each in datasets()}
        backfills = read_backfills(connection)
        is_attended = has_taker(connection, "backfill")
    of_rebuilds = {one.rebuild.backfill_id for one in rebuilds.values() if one is not None}
    shown = []
    for each in datasets():
        ours = [one for one in found.indices if one.dataset == each.name]
        live = next((one for one in ours if one.alias), None)
        shown.append(
            DatasetIndices(
                each,
                alias_name(backend.settings.index_prefix, each.name),
                live,
                [one for one in ours if one is not live],
                [other for other in found.unrefreshed if other.index in [one.index for one in ours]],
                rebuilds[each.name],
            )
        )
    return operator_page(
        request,
        backend,
        "indices.html",
        "Indices",
        datasets=shown,
        backfills=[one for one in backfills if one.backfill.backfill_id not in of_rebuilds][:20],
        is_attended=is_attended,
    )


@router.get(_PATH + "/{dataset}/{action}")
def confirm(
    dataset: str, action: Literal["swap", "rollback"], request: Request, backend: BackendOfRequest
) -> HTMLResponse:
    """What an action on a rebuild would change, and the button that does it."""
    with backend.acting() as here, refusals():
        rebuilder = _rebuilder(here, chosen_dataset(dataset))
        current = rebuilder.expected_to_swap() if action == "swap" else rebuilder.expected()
    return operator_page(
        request,
        backend,
        "confirm_rebuild.html",
        "Indices",
        action=action,
        alias=rebuilder.site.alias,
        rebuild=current,
    )


@router.post(_PATH + "/{dataset}/swap", dependencies=[through(Gate.EVENTS)])
def swap(dataset: str, form: Form, request: Request, backend: BackendOfRequest) -> RedirectResponse:
    """Move readers to the new index of a rebuild that is ready."""
    with backend.acting() as here, refusals():
        rebuilder = _rebuilder(here, chosen_dataset(dataset))
        rebuild = rebuilder.expected_to_swap()
        _expect_confirmed(form, rebuild)
        note_action(request, target=dataset, to_index=rebuild.to_index, failed=True)  # until it is done
        moved = rebuilder.run(rebuild, until="grace")
    note_action(request, target=dataset, from_index=moved.from_index, to_index=moved.to_index)
    return done("index_swapped", _PATH)


@router.post(_PATH + "/{dataset}/rollback", dependencies=[through(Gate.EVENTS)])
def rollback(dataset: str, form: Form, request: Request, backend: BackendOfRequest) -> RedirectResponse:
    """Give a rebuild up, before or after its swap."""
    with backend.acting() as here, refusals():
        rebuilder = _rebuilder(here, chosen_dataset(dataset))
        current = rebuilder.expected()
        _expect_confirmed(form, current)
        note_action(request, target=dataset, to_index=current.to_index, failed=True)  # until it is done
        given_up = rebuilder.rollback()
    note_action(request, target=dataset, from_index=given_up.from_index, to_index=given_up.to_index)
    return done("index_rolled_back", _PATH)


@router.post("/operations/backfills/{number}/pause", dependencies=[through(Gate.EVENTS)])
def pause(number: int, backend: BackendOfRequest) -> RedirectResponse:
    """Pause a backfill, or the history of a rebuild."""
    return _set_state(backend, number, "paused")


@router.post("/operations/backfills/{number}/resume", dependencies=[through(Gate.EVENTS)])
def resume(number: int, backend: BackendOfRequest) -> RedirectResponse:
    """Continue a backfill, or the history of a rebuild."""
    return _set_state(backend, number, "running")


@router.post("/operations/backfills/{number}/cancel", dependencies=[through(Gate.EVENTS)])
def cancel(number: int, backend: BackendOfRequest) -> RedirectResponse:
    """Cancel a backfill."""
    return _set_state(backend, number, "cancelled")


_ACTIONS = {"paused": "backfill_paused", "running": "backfill_resumed", "cancelled": "backfill_cancelled"}


def _set_state(backend: Backend, number: int, state: Literal["paused", "running", "cancelled"]) -> RedirectResponse:
    with backend.transaction() as connection, refusals():
        if not set_state(connection, number, state):
            raise OperatorError(f"backfill {number} cannot be {state} now", "look at its state on the page of indices")
    if state == "running":
        with backend.connect() as connection:
            backend.waker.wake_backfills(open_backfills(connection))
    return done(_ACTIONS[state], _PATH)


def _expect_confirmed(form: Mapping[str, str], rebuild: Rebuild) -> None:
    """Raise `OperatorError` if the page that asked was about another rebuild, which has ended meanwhile."""
    if form.get("rebuild", str(rebuild.rebuild_id)) != str(rebuild.rebuild_id):
        raise OperatorError("another rebuild has begun meanwhile", "look at the page of indices again")


def _rebuilder(here: Connections, dataset: Dataset) -> Rebuilder:
    return Rebuilder(RebuildSite.from_connections(here, dataset))
