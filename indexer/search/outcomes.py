"""The outcome of a write: a closed set, read from the answers of servers, proxies and the network."""

import enum
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from elasticsearch import ApiError, SerializationError, TransportError

from indexer.search.writes import Write
from indexer.without_values import cut_at_value


class Outcome(enum.Enum):
    """The outcome of a write."""

    INDEXED = "indexed"
    """The index holds the document; after a removal, it holds it no more."""

    SUPERSEDED = "superseded"
    """The index holds a newer version already; there is nothing left to do."""

    RETRY = "retry"
    """The index, the cluster or the network did not take it now; nothing is wrong with the document."""

    POISON = "poison"
    """This document will never be taken as it is."""


class Settled(NamedTuple):
    """The outcome of one write; `reason` is the text of Elasticsearch or the transport (empty if all is well)."""

    id: str
    outcome: Outcome
    reason: str


NOT_SENT = "not sent"
"""The reason of a `RETRY` that was not sent because the writer had been stopped."""

TOO_LATE = "not sent: the lease was over"
"""The reason of a `RETRY` that was not sent because its time had passed."""


def is_missing(settled: Settled) -> bool:
    """Whether a write was refused because the alias does not exist."""
    return settled.reason.startswith(("index_not_found_exception", "there is no alias"))


class Answer(NamedTuple):
    """The outcomes of the writes of one request.

    `settled` has one element per write, in their order. `again` are the places of writes that were refused only
    because too much came at once, and will succeed in a moment. `congested` says that the server, or the network,
    does not keep up.
    """

    settled: list[Settled]
    again: list[int]
    congested: bool


_REASON_LENGTH = 1_000


def same_for_all(writes: Sequence[Write], outcome: Outcome, reason: str) -> Answer:
    """One outcome for all the writes of a request."""
    return Answer([Settled(write.id, outcome, reason) for write in writes], [], congested=False)


def of_answer(alias: str, writes: Sequence[Write], answer: object) -> Answer:
    """The outcomes of an accepted request; its items are in the order of the writes."""
    # A proxy may answer 200 although the request failed.
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

    The removal of a document that does not exist answers 404 without an error. A 400 is the document's fault only if
    it has reached an index: a closed index, or an alias without an index to write to, answers 400 for every document,
    and then names the alias instead of the index.
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
    """The outcomes of a request that was refused as a whole, without a fault of its documents."""
    answer = same_for_all(writes, Outcome.RETRY, refusal(error))
    if _passes(error.meta.status, _error_of(error)):
        return answer._replace(again=list(range(len(writes))), congested=True)
    return answer._replace(congested=error.meta.status in {502, 504})


def of_failure(writes: Sequence[Write], error: TransportError) -> Answer:
    """The outcomes of a request without an answer; it may have been taken, or not."""
    if isinstance(error, SerializationError):  # whose text is the whole body
        return same_for_all(writes, Outcome.RETRY, "SerializationError: the client cannot write or read a body")
    return same_for_all(writes, Outcome.RETRY, f"{type(error).__name__}: {error.message}")._replace(congested=True)


def is_the_fault_of_some(error: ApiError) -> bool:
    """Whether a whole request was refused for its size, or for an id or a version that is not valid."""
    return error.meta.status == 413 or error.message == "action_request_validation_exception"


def refusal(error: ApiError) -> str:
    """The reason why a whole request was refused."""
    said = _error_of(error)
    return f"HTTP {error.meta.status}: " + (str(error.message) if said is None else _said(said))


def _passes(status: int, error: Mapping[str, Any] | None) -> bool:
    """Whether a refusal passes by itself: full queues and circuit breakers, a shard or a master on the move.

    A full disk answers 429 too, by the block that it puts on the index, but lasts until an operator frees space.
    """
    if status == 429:
        return error is None or error.get("type") != "cluster_block_exception"
    return status == 503


def _error_of(error: ApiError) -> Mapping[str, Any] | None:
    said = error.body.get("error") if isinstance(error.body, Mapping) else None
    return said if isinstance(said, Mapping) else None


def _said(error: Mapping[str, Any]) -> str:
    """Elasticsearch's error and its causes, each cut off before a value that it quotes."""
    reason = f"{error.get('type')}: {cut_at_value(str(error.get('reason')))}"
    if len(reason) > _REASON_LENGTH:
        reason = reason[:_REASON_LENGTH] + "…"
    cause = error.get("caused_by")
    return f"{reason}; caused by {_said(cause)}" if isinstance(cause, Mapping) else reason
