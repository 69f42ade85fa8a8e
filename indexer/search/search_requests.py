"""Searches for reports: sent to the index behind an alias, alone or many at once, and the errors if they fail."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from indexer.errors import OperatorError, ServiceUnavailable
from indexer.keys import workspace_routing
from indexer.reports import InvalidQuestion
from indexer.search.page_reader import Place, pages

Response = Mapping[str, Any]

_Search = tuple[str, Mapping[str, Any], str]
"""The alias, the body, and the workspace."""

KEPT = "5m"
"""How long Elasticsearch keeps a point in time of an index after each page."""

MOST_TEXT = 40_000_000
"""The characters of searches that are sent at once; Elasticsearch takes requests of up to 100 MB."""


class NoIndexYet(OperatorError):
    """The index to search in does not exist yet."""


class SearchRefused(OperatorError):
    """Elasticsearch refuses the search: this is not an outage, and the same search is refused again."""


class TooManyBuckets(OperatorError):
    """The answer would have more buckets than Elasticsearch gives at once."""


def search_once(client: Elasticsearch, alias: str, body: Mapping[str, Any], workspace: str | None = None) -> Response:
    """The whole response or an error: by default Elasticsearch would leave out shards that fail, and count less.

    A search of one workspace goes to the shards that can hold its documents. Raises `NoIndexYet`, `TooManyBuckets`,
    `ServiceUnavailable` and `SearchRefused`.
    """
    try:
        response = client.search(
            index=alias, body=dict(body), routing=_route(workspace), allow_partial_search_results=False
        )
    except NotFoundError as error:
        raise _no_index(alias) from error
    except ApiError as error:
        raise refusal(error.meta.status, error.body, alias) from error
    except TransportError as error:
        raise unreachable(error) from error
    found: Response = response.body
    return found


def search_many(client: Elasticsearch, searches: Sequence[_Search]) -> list[Response | OperatorError]:
    """The responses to many searches (alias, body, workspace); an error in the place of its search.

    They are sent in one request, or in several if they are long, such as those that name many people. Raises
    `ServiceUnavailable` if a request as a whole fails.
    """
    return [found for some in requests_of(searches) for found in _search_at_once(client, some)]


def requests_of(searches: Iterable[_Search], most: int = MOST_TEXT) -> Iterator[list[_Search]]:
    """The searches in their order, with up to `most` characters in a request; one that is longer is alone in its."""
    some: list[_Search] = []
    length = 0
    for search in searches:
        own = _length(search[1])
        if some and length + own > most:
            yield some
            some, length = [], 0
        some.append(search)
        length += own
    if some:
        yield some


def _length(value: Any) -> int:
    """About as many characters as the value has as JSON."""
    match value:
        case str():
            return len(value) + 3
        case Mapping():
            return 2 + sum(len(name) + 4 + _length(one) for name, one in value.items())
        case list() | tuple():
            if set(map(type, value)) == {str}:  # ids, of which there may be very many
                return 2 + sum(map(len, value)) + 3 * len(value)
            return 2 + sum(_length(one) + 1 for one in value)
    return 8


def _search_at_once(client: Elasticsearch, searches: Sequence[_Search]) -> list[Response | OperatorError]:
    lines: list[Mapping[str, Any]] = []
    for alias, body, workspace in searches:
        lines += [{"index": alias, "routing": _route(workspace), "allow_partial_search_results": False}, body]
    try:
        responses = client.msearch(searches=lines).body["responses"]
    except ApiError as error:
        raise refusal(error.meta.status, error.body, "") from error
    except TransportError as error:
        raise unreachable(error) from error
    return [
        refusal(found["status"], found, alias) if "error" in found else found
        for found, (alias, _, _) in zip(responses, searches, strict=True)
    ]


def open_point_in_time(client: Elasticsearch, alias: str, workspace: str) -> str:
    """The shards of a workspace as they are at this moment (a point in time); raises what the client raises."""
    pit: str = client.open_point_in_time(index=alias, keep_alive=KEPT, routing=_route(workspace)).body["id"]
    return pit


def close_point_in_time(client: Elasticsearch, pit: str) -> None:
    """Close a point in time early; if that fails, it ends by itself."""
    with contextlib.suppress(ApiError, TransportError):
        client.close_point_in_time(id=pit)


@contextlib.contextmanager
def one_point_in_time(
    client: Elasticsearch, alias: str, workspace: str
) -> Iterator[Callable[[Mapping[str, Any]], dict[str, Any]]]:
    """Yield a function that searches a workspace's documents as they are at this moment; raises like `search_once`."""
    pit: str | None = None

    def ask(body: Mapping[str, Any]) -> dict[str, Any]:
        nonlocal pit
        asked = {**body, "pit": {"id": pit, "keep_alive": KEPT}}
        found: dict[str, Any] = client.search(body=asked, allow_partial_search_results=False).body
        pit = found["pit_id"]
        return found

    try:
        pit = open_point_in_time(client, alias, workspace)
        yield ask
    except ApiError as error:
        raise refusal(error.meta.status, error.body, alias) from error
    except TransportError as error:
        raise unreachable(error) from error
    finally:
        if pit is not None:
            close_point_in_time(client, pit)


def hit_pages(
    ask: Callable[[Mapping[str, Any]], Mapping[str, Any]], body: Mapping[str, Any], after: Place | None = None
) -> Iterator[Sequence[dict[str, Any]]]:
    """The hits of a sorted search, page by page, from behind a place of this or an earlier point in time.

    `body` has `sort` and `size`. Elasticsearch adds to a place where the document is in its shard, which another one
    has elsewhere; that is left out.
    """

    def read(place: Place | None) -> list[dict[str, Any]]:
        from_here = {"search_after": list(place[: len(body["sort"])])} if place else {}
        found: list[dict[str, Any]] = ask({**body, **from_here})["hits"]["hits"]
        return found

    return pages(read, itemgetter("sort"), body["size"], after)


def unreachable(error: TransportError) -> ServiceUnavailable:
    """The error if nothing answers."""
    return ServiceUnavailable(f"Elasticsearch cannot be reached: {error.message}", "see what is wrong: indexer doctor")


def too_large() -> InvalidQuestion:
    """The error for a question whose answer has too many buckets."""
    return InvalidQuestion(
        "interval", "the answer has more parts than Elasticsearch can return at once; choose a longer interval"
    )


def _route(workspace: str | None) -> str | None:
    return None if workspace is None else workspace_routing(workspace)


def _no_index(alias: str) -> NoIndexYet:
    return NoIndexYet(
        f"there is no index yet: nothing has the name {alias}",
        "import conversations and let a worker index them (indexer import, indexer worker), "
        "or make an empty index: indexer index create",
    )


def refusal(status: int, body: Any, alias: str) -> OperatorError:
    """A failed search as an error of ours."""
    error = body.get("error") if isinstance(body, Mapping) else None
    types = set(_types(error))
    if "too_many_buckets_exception" in types:
        return TooManyBuckets("the answer has more buckets than Elasticsearch gives at once", "ask for less at once")
    if status == 404:
        return _no_index(alias)
    if status == 413:
        return SearchRefused("the search names too many people for one request", "ask about fewer people")
    if status == 400:
        return SearchRefused(f"Elasticsearch refuses the search: {_reason(error)}", "print the search with --explain")
    return ServiceUnavailable(f"Elasticsearch cannot answer now: {_reason(error)}", "see what is wrong: indexer doctor")


def _types(error: Any) -> list[str]:
    """The types of an error and of its causes."""
    if not isinstance(error, Mapping):
        return []
    inner = [error.get("caused_by"), *error.get("root_cause", ()), *error.get("failed_shards", ())]
    inner += [error.get("reason")] if isinstance(error.get("reason"), Mapping) else []
    return [str(error.get("type")), *(found for one in inner for found in _types(one))]


def _reason(error: Any) -> str:
    """Elasticsearch's text about the first cause."""
    if not isinstance(error, Mapping):
        return str(error)
    cause = next(iter(error.get("root_cause") or ()), error)
    return f"{cause.get('type')}: {cause.get('reason')}"
