"""One bulk request: sent, answered, and cut into smaller ones if a part of it makes the whole fail."""

import math
import time
from collections.abc import Callable, Sequence

from elasticsearch import ApiError, Elasticsearch, TransportError

from indexer.search.outcomes import (
    NOT_SENT,
    TOO_LATE,
    Answer,
    Outcome,
    is_the_fault_of_some,
    of_answer,
    of_failure,
    of_refusal,
    refusal,
    same_for_all,
)
from indexer.search.writes import Write, body_of

# The server accepts NDJSON under the type of plain JSON, and then the client sends our bytes as they are. For the
# NDJSON type it copies them twice, which is most of its processor time.
_HEADERS = {"accept": "application/json", "content-type": "application/json"}


class Sender:
    """Sends requests with one time-out. Never raises for what a server, a proxy or the network can answer."""

    def __init__(self, client: Elasticsearch, request_seconds: float, is_stopped: Callable[[], bool]) -> None:
        """A request fails after `request_seconds` of silence; once `is_stopped`, nothing more is sent."""
        self._client = client.options(request_timeout=request_seconds)
        self._is_stopped = is_stopped
        self._parameters = {
            "require_alias": "true",
            # The server waits for its shards for a shorter time than we wait for the server, so that it answers for
            # each document.
            "timeout": f"{int(request_seconds * 500)}ms",
            "filter_path": "errors,items.*.status,items.*._index,items.*.error",
        }

    def send(self, alias: str, writes: Sequence[Write], body: bytes, until: float = math.inf) -> Answer:
        """Send `writes`, whose bytes are `body`; returns their outcomes. Sends nothing after `until` (monotonic)."""
        if self._is_stopped():
            return same_for_all(writes, Outcome.RETRY, NOT_SENT)
        try:
            if _removes(writes) and not self._client.indices.exists_alias(name=alias):
                return same_for_all(writes, Outcome.RETRY, f"there is no alias [{alias}]")
            if time.monotonic() >= until:
                return same_for_all(writes, Outcome.RETRY, TOO_LATE)
            answer = self._client.perform_request(
                "POST", f"/{alias}/_bulk", params=self._parameters, headers=_HEADERS, body=body
            )
        except ApiError as error:
            return (
                self._apart(alias, writes, error, until) if is_the_fault_of_some(error) else of_refusal(writes, error)
            )
        except TransportError as error:
            return of_failure(writes, error)
        return of_answer(alias, writes, answer.body)

    def _apart(self, alias: str, writes: Sequence[Write], error: ApiError, until: float) -> Answer:
        """Send the writes of a refused request in two halves, and so on down to the write that is refused alone."""
        if len(writes) == 1:
            return same_for_all(writes, Outcome.POISON, refusal(error))
        middle = len(writes) // 2
        first, second = (self.send(alias, half, body_of(half), until) for half in (writes[:middle], writes[middle:]))
        return Answer(
            first.settled + second.settled,
            first.again + [middle + place for place in second.again],
            first.congested or second.congested,
        )


def _removes(writes: Sequence[Write]) -> bool:
    """Whether a document is to be removed.

    `require_alias` has no effect on deletes, and a delete with an external version creates the index that it does not
    find; so the alias is looked up before such a request.
    """
    return any(write.body is None for write in writes)
