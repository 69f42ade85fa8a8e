"""What became of a write: a closed set, read from the answers of servers, proxies and the network."""

import enum
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from elasticsearch import ApiError, SerializationError, TransportError

from indexer.search.writes import Write
from indexer.without_values import cut_at_value


class Outcome(enum.Enum):
    """What became of a write."""

    INDEXED = "indexed"
    """The index holds it (a removal: holds nothing of it any more)."""

    SUPERSEDED = "superseded"
    """The index holds a newer version already; there is nothing left to do."""

    RETRY = "retry"
    """The index, the cluster or the way there would not take it now; nothing is wrong with the document."""

    POISON = "poison"
    """This document will never be taken as it is."""


class Settled(NamedTuple):
    """The outcome of one write; `reason` is what Elasticsearch or the transport said (empty if all is well)."""

    id: str
    outcome: Outcome
    reason: str


NOT_SENT = "not sent"
"""The reason of a `RETRY` that nobody was asked about, because the writer had been stopped."""

TOO_LATE = "not sent: the lease was over"
"""The same, because the time until which it might be sent was over."""


def is_missing(settled: Settled) -> bool:
    """Whether a write was turned away because there is no such alias."""
    return settled.reason.startswith(("index_not_found_exception", "there is no alias"))


class Answer(NamedTuple):
    """What became of the writes of one request.

    `settled` has one entry per write, in their order. `again` are the places in it of those who were turned away
    only because too much came at once: the same will do in a moment. `congested` says that the server, or the way
    to it, does not keep up.
    """

    settled: list[Settled]
    again: list[int]
    congested: bool


_REASON_LENGTH = 1_000


def same_for_all(writes: Sequence[Write], outcome: Outcome, reason: str) -> Answer:
    """One outcome for all the writes of a request."""
    return Answer([Settled(write.id, outcome, reason) for write in writes], [], congested=False)


def of_answer(alias: str, writes: Sequence[Write], answer: object) -> Answer:
    """The outcomes of a request that was taken; its items stand in the order of the writes."""
    # A proxy may say 200 and mean something else.
    said = answer if isinstance(answer, Mapping) else {}
    items = said.get("items", [])
    if len(items) != len(writes):
        return same_for_all(writes, Outcome.RETRY, f"{len(items)} answers to {len(writes)} writes")
    if not said.get("errors", True):
        return same_for_all(writes, Outcome.INDEXED, "")
    # Each item has one key, the name of its action.
    of_actions: list[Mapping[str, Any]] = [next(iter(item.values())) for item in items]
    settled = [_of_item(write.id, alias, item) for write, item in zip(writes, of_actions, strict=True)]
    again = [place for place, item in enumerate(of_actions) if _passes(item["status"], item.get("error"))]
    return Answer(settled, again, congested=bool(again))


def _of_item(write_id: str, alias: str, item: Mapping[str, Any]) -> Settled:
    """The outcome of one write by the answer to it.

    A removal of what is not there answers 404 without an error. A 400 is the document's fault only where it has
    reached an index: a closed index or an alias without an index to write to answer 400 for every document, and
    then name the alias instead of the index.
    """
    error = item.get("error")
    if error is None:
        return Settled(write_id, Outcome.INDEXED, "")
    match item["status"]:
        case 409:
            outcome = Outcome.SUPERSEDED
        case 400 if item["_index"] != alias:
            outcome = Outcome.POISON
        case _:
            outcome = Outcome.RETRY
    return Settled(write_id, outcome, _said(error))


def of_refusal(writes: Sequence[Write], error: ApiError) -> Answer:
    """The outcomes of a request that was refused as a whole for no fault of its documents."""
    answer = same_for_all(writes, Outcome.RETRY, refusal(error))
    if _passes(error.meta.status, _error_of(error)):
        return answer._replace(again=list(range(len(writes))), congested=True)
    return answer._replace(congested=error.meta.status in {502, 504})


def of_failure(writes: Sequence[Write], error: TransportError) -> Answer:
    """The outcomes of a request that brought no answer; it may have been taken, or not."""
    if isinstance(error, SerializationError):  # whose text is the whole body
        return same_for_all(writes, Outcome.RETRY, "SerializationError: the client cannot write or read a body")
    return same_for_all(writes, Outcome.RETRY, f"{type(error).__name__}: {error.message}")._replace(congested=True)


def is_the_fault_of_some(error: ApiError) -> bool:
    """Whether a whole request was refused for its size, or for an id or a version that is not valid."""
    return error.meta.status == 413 or error.message == "action_request_validation_exception"


def refusal(error: ApiError) -> str:
    """What was said to a whole request."""
    said = _error_of(error)
    return f"HTTP {error.meta.status}: " + (str(error.message) if said is None else _said(said))


def _passes(status: int, error: Mapping[str, Any] | None) -> bool:
    """Whether a refusal passes by itself: full queues and circuit breakers, a shard or a master on the move.

    A full disk answers 429 too, by the block that it puts on the index, and lasts until somebody makes room.
    """
    if status == 429:
        return error is None or error.get("type") != "cluster_block_exception"
    return status == 503


def _error_of(error: ApiError) -> Mapping[str, Any] | None:
    said = error.body.get("error") if isinstance(error.body, Mapping) else None
    return said if isinstance(said, Mapping) else None


def _said(error: Mapping[str, Any]) -> str:
    """Elasticsearch's error and its causes, each up to the value at fault that it may quote."""
    reason = f"{error.get('type')}: {cut_at_value(str(error.get('reason')))}"
    if len(reason) > _REASON_LENGTH:
        reason = reason[:_REASON_LENGTH] + "…"
    cause = error.get("caused_by")
    return f"{reason}; caused by {_said(cause)}" if isinstance(cause, Mapping) else reason
