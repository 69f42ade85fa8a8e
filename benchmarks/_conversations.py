"""The conversations that benchmarks work on: those of the sample workspace that have ten parts."""

from itertools import cycle, islice

import orjson

from indexer.datasets.dataset import Computation
from indexer.office_hours import parse_office_hours
from indexer.sample import generate, office_hours, workspace

PARTS = 10


def ten_part_conversations(count: int) -> list[bytes]:
    """Different conversations as JSON; about one in fifty of the sample's has ten parts."""
    ten_parts = (
        conversation
        for conversation in generate(100 * count, seed=1)
        if len(conversation["conversation_parts"]["conversation_parts"]) == PARTS
    )
    return [orjson.dumps(conversation) for conversation in islice(ten_parts, count)]


def numbered(payloads: list[bytes], count: int) -> list[bytes]:
    """So many conversations with the content of the given ones; their ids are numbers of seven digits, in order."""
    return [
        orjson.dumps(orjson.loads(payload) | {"id": numbered_id(number)})
        for number, payload in enumerate(islice(cycle(payloads), count))
    ]


def numbered_id(number: int) -> str:
    """The id of one of them."""
    return f"{number:07d}"


def computation_for(workspace_id: str) -> Computation:
    """With the sample's office hours and bots, as workers have them from a workspace."""
    return Computation(workspace_id, parse_office_hours(office_hours()), frozenset(workspace()["bot_admin_ids"]))
