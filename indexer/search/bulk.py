"""Writing documents in bulk: bytes in, one outcome per document out.

Only what the hot path needs is done here, over the client's transport. The stock helpers cannot be used for it:
they encode every document again, `max_retries` does nothing for a refused item while `raise_on_error` is on,
`parallel_bulk` never retries, and whoever acknowledges while iterating them acknowledges before the request is
sent.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from elasticsearch import ApiError, Elasticsearch, TransportError


class Write(NamedTuple):
    """One document to be written, or removed where `body` is None.

    `id` is at most 512 bytes of UTF-8; `version` is the highest revision of what the document is computed from
    (0 or more); `body` is finished JSON.
    """

    id: str
    version: int
    body: bytes | None


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


_PARAMETERS = {
    "require_alias": "true",
    # Shorter than the client's own patience, so that the answer is one per document.
    "timeout": "30s",
    "filter_path": "errors,items.*.status,items.*._index,items.*.error",
}
# NDJSON may be called plain JSON here, and then the client sends our bytes as they are; for the NDJSON type it
# copies them twice, which is most of its processor time.
_HEADERS = {"accept": "application/json", "content-type": "application/json"}

_REASON_LENGTH = 1_000


def bulk_write(
    client: Elasticsearch, alias: str, writes: Sequence[Write], *, max_bytes: int = 4_000_000
) -> list[Settled]:
    """Write to the index behind `alias` and say, in the order of `writes`, what became of each.

    Every write carries its version (`external_gte`), so that writes may arrive late, twice and in any order. A
    request holds at most `max_bytes` (a larger document goes alone). Never raises for what a server, a proxy or
    the network can answer.
    """
    settled: list[Settled] = []
    for of_request, body in _requests(writes, max_bytes):
        settled += _send(client, alias, of_request, body)
    return settled


def _requests(writes: Sequence[Write], max_bytes: int) -> Iterator[tuple[Sequence[Write], bytes]]:
    """The writes cut into requests, each with its body."""
    start = size = 0
    entries: list[bytes] = []
    for place, write in enumerate(writes):
        entry = _entry(write)
        if entries and size + len(entry) > max_bytes:
            yield writes[start:place], b"".join(entries)
            start, size, entries = place, 0, []
        entries.append(entry)
        size += len(entry)
    if entries:
        yield writes[start:], b"".join(entries)


def _entry(write: Write) -> bytes:
    """The lines of one write in the body of a request."""
    name, version, body = orjson.dumps(write.id), write.version, write.body
    if body is None:
        return b'{"delete":{"_id":%b,"version":%d,"version_type":"external_gte"}}\n' % (name, version)
    # A line break in JSON is never more than white space; here it would end the document, and begin an action.
    body = body.replace(b"\n", b" ")
    return b'{"index":{"_id":%b,"version":%d,"version_type":"external_gte"}}\n%b\n' % (name, version, body)


def _send(client: Elasticsearch, alias: str, writes: Sequence[Write], body: bytes) -> list[Settled]:
    """One request, and the outcome of each of its writes."""
    try:
        if _removes(writes) and not client.indices.exists_alias(name=alias):
            return _all(writes, Outcome.RETRY, f"there is no alias [{alias}]")
        answer = client.perform_request("POST", f"/{alias}/_bulk", params=_PARAMETERS, headers=_HEADERS, body=body)
    except ApiError as error:
        if _is_the_fault_of_some(error):
            return _apart(client, alias, writes, error)
        return _all(writes, Outcome.RETRY, _refusal(error))
    except TransportError as error:
        return _all(writes, Outcome.RETRY, f"{type(error).__name__}: {error.message}")
    return _of_answer(alias, writes, answer.body)


def _removes(writes: Sequence[Write]) -> bool:
    """Whether a document is to be removed.

    `require_alias` binds no deletes, and a delete with an external version creates the index that it does not
    find; so the alias is looked for before such a request.
    """
    return any(write.body is None for write in writes)


def _of_answer(alias: str, writes: Sequence[Write], answer: object) -> list[Settled]:
    """The outcomes of a request that was taken; its items stand in the order of the writes."""
    # A proxy may say 200 and mean something else.
    said = answer if isinstance(answer, Mapping) else {}
    items = said.get("items", [])
    if len(items) != len(writes):
        return _all(writes, Outcome.RETRY, f"{len(items)} answers to {len(writes)} writes")
    if not said["errors"]:
        return _all(writes, Outcome.INDEXED, "")
    return [_of_item(write.id, alias, *item.values()) for write, item in zip(writes, items, strict=True)]


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


def _is_the_fault_of_some(error: ApiError) -> bool:
    """Whether a whole request was refused for its size, or for an id or a version that is not valid."""
    return error.meta.status == 413 or error.message == "action_request_validation_exception"


def _apart(client: Elasticsearch, alias: str, writes: Sequence[Write], error: ApiError) -> list[Settled]:
    """The writes of a refused request in two requests, and so on down to the one that is refused alone."""
    if len(writes) == 1:
        return _all(writes, Outcome.POISON, _refusal(error))
    middle = len(writes) // 2
    return [
        settled
        for half in (writes[:middle], writes[middle:])
        for settled in _send(client, alias, half, b"".join(map(_entry, half)))
    ]


def _all(writes: Sequence[Write], outcome: Outcome, reason: str) -> list[Settled]:
    return [Settled(write.id, outcome, reason) for write in writes]


def _refusal(error: ApiError) -> str:
    """What was said to a whole request."""
    said = error.body.get("error") if isinstance(error.body, Mapping) else None
    return f"HTTP {error.meta.status}: " + (_said(said) if isinstance(said, Mapping) else str(error.message))


def _said(error: Mapping[str, Any]) -> str:
    """Elasticsearch's error and its causes; the start of each, since some quote the whole value at fault."""
    reason = f"{error.get('type')}: {error.get('reason')}"
    if len(reason) > _REASON_LENGTH:
        reason = reason[:_REASON_LENGTH] + "…"
    cause = error.get("caused_by")
    return f"{reason}; caused by {_said(cause)}" if isinstance(cause, Mapping) else reason
