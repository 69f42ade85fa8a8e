"""The page of the installation's health: what `indexer doctor` finds, and the signs of life of the processes."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from indexer.checks import CHECKS, Installation, Verdict, examine
from indexer.errors import ServiceUnavailable
from indexer.store.signs import Sign, list_signs
from indexer.web.backend import BackendOfRequest
from indexer.web.gates import Gate, through
from indexer.web.operations.shared import operator_page

router = APIRouter(include_in_schema=False)

_WORST_FIRST = (Verdict.FAILED, Verdict.UNREACHABLE, Verdict.WARNING, Verdict.SKIPPED, Verdict.OK)


@router.get("/operations/health", dependencies=[through(Gate.LINKS)])
def show_health(request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """Every check with its finding, the worst first; services that are away are findings too."""
    found = sorted(
        examine(Installation.of(backend.settings), CHECKS), key=lambda one: _WORST_FIRST.index(one[1].verdict)
    )
    signs: list[Sign] = []
    try:
        with backend.connect() as connection:
            signs = list_signs(connection)
    except ServiceUnavailable:  # the checks have said so
        pass
    return operator_page(request, backend, "health.html", "Health", found=found, signs=signs)
