"""The page of the installation's health: what `indexer doctor` finds, and the signs of life of the processes."""

from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from indexer.checks import CHECKS, Installation, Verdict, examine
from indexer.checks.redis import redis_of
from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import datasets
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.indexing.reconcile_walk import Result, load_result
from indexer.store.signs import Sign, list_signs
from indexer.web.operations.shared import operator_page
from indexer.web.requests.backend import BackendOfRequest
from indexer.web.requests.gates import Gate, through

router = APIRouter(include_in_schema=False)

_WORST_FIRST = (Verdict.FAILED, Verdict.UNREACHABLE, Verdict.WARNING, Verdict.SKIPPED, Verdict.OK)


@router.get("/operations/health", dependencies=[through(Gate.HEALTH)])
def show_health(request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """Every check with its finding, the worst first; services that are away are findings too."""
    installation = Installation.of(backend.settings)
    found = sorted(examine(installation, CHECKS), key=lambda one: _WORST_FIRST.index(one[1].verdict))
    signs: list[Sign] = []
    with suppress(ServiceUnavailable), backend.connect() as connection:  # the checks have said so
        signs = list_signs(connection)
    return operator_page(
        request, backend, "health.html", "Health", found=found, signs=signs, reconciled=_reconciled(installation)
    )


def _reconciled(installation: Installation) -> list[tuple[Dataset, Result | None]] | None:
    """The last whole comparison of each dataset, and None in its place before the first; None if Redis is away."""
    try:
        with redis_of(installation) as redis:
            return [(each, load_result(redis, each)) for each in datasets()]
    except OperatorError:
        return None
