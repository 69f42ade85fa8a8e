"""Documents of the made-up workspace, with everything that reports look at."""

from functools import cache

import orjson

from indexer.datasets.conversations import conversation_document
from indexer.datasets.dataset import Computation
from indexer.office_hours import parse_office_hours
from indexer.sample import generate, office_hours, workspace
from tests.reports.indexed import Document

ENDS_AT = 1_711_990_000
"""1 April 2024, when the history ends: clocks in Europe have changed the day before."""


@cache
def sampled(name: str, *, seed: int = 8, count: int = 160) -> tuple[Document, ...]:
    """The documents of a workspace of that name, of 45 days; with the same seed they are the same but for the name."""
    computation = Computation(name, parse_office_hours(office_hours()), frozenset(workspace()["bot_admin_ids"]))
    return tuple(
        orjson.loads(conversation_document(orjson.dumps(raw), computation))
        for raw in generate(count, seed, ENDS_AT, 45)
    )
