"""Finding the reasons why conversations differ, by trying the rules on the stored conversations."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Engine

from indexer.conversation import parse_conversation
from indexer.datasets.conversations import CONVERSATIONS
from indexer.diff.selection import EVERYTHING, Selection
from indexer.differences.reason import Reason
from indexer.differences.reasons import Hours, reasons_of
from indexer.differences.tally import Difference
from indexer.differences.tolerance import Tolerance
from indexer.document_inputs import Inputs, read_inputs
from indexer.errors import Refused
from indexer.keys import EntityKey
from indexer.office_hours import OfficeHours
from indexer.store.database import snapshot
from indexer.store.entities.other_office_hours import other_office_hours


class DifferingDocuments(NamedTuple):
    """An entity whose documents differ: both of them, and how."""

    key: EntityKey
    left: Mapping[str, Any]
    right: Mapping[str, Any]
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class ReasonSearch:
    """The means to find reasons: `schedules` are office hours that a side may have used, by name.

    `selection` is that of the comparison, whose range a side may have counted alone.
    """

    tolerance: Tolerance
    schedules: Mapping[str, OfficeHours]
    bots_interrupt: bool
    selection: Selection = EVERYTHING


def explain_conversation(one: Difference) -> str:
    """The command that explains a difference of a conversation."""
    workspace_id, conversation_id = one.key
    return shlex.join(["indexer", "explain", conversation_id, one.pair.right, "--workspace", workspace_id])


def with_reasons(store: Engine, batch: Sequence[DifferingDocuments], search: ReasonSearch) -> list[list[Difference]]:
    """The differences of each conversation with their reasons; a conversation that is not stored has none."""
    with snapshot(store) as connection:
        found = read_inputs(connection, CONVERSATIONS, [one.key for one in batch], bots_interrupt=search.bots_interrupt)
    return [_explained(one, found.get(one.key), search) for one in batch]


def _explained(unlike: DifferingDocuments, inputs: Inputs | None, search: ReasonSearch) -> list[Difference]:
    if inputs is None or inputs.stored.deleted:
        return _unexplained(unlike, "The conversation is not stored, so that nothing can be computed.")
    computation = inputs.computation
    try:
        conversation = parse_conversation(inputs.stored.payload, computation.bot_admin_ids)
    except Refused as refused:
        return _unexplained(unlike, f"The conversation cannot be computed: {refused}.")
    hours = Hours(computation.office_hours, {**other_office_hours(inputs.workspace), **search.schedules})
    pairs = [one.pair for one in unlike.differences]
    found = reasons_of(conversation, hours, unlike.left, unlike.right, pairs, search.tolerance)
    by_pair = {finding.pair: finding for finding in found}
    return [
        one._replace(reasons=by_pair[one.pair].reasons, words=by_pair[one.pair].words) for one in unlike.differences
    ]


def _unexplained(unlike: DifferingDocuments, words: str) -> list[Difference]:
    return [one._replace(reasons=(Reason.UNEXPLAINED,), words=words) for one in unlike.differences]
