"""The client of Elasticsearch, and the errors if it cannot connect."""

from collections.abc import Callable
from typing import Any

from elastic_transport import NodeConfig, Urllib3HttpNode
from elastic_transport.client_utils import url_to_node_config
from elasticsearch import (
    ApiError,
    AuthenticationException,
    AuthorizationException,
    Elasticsearch,
    SerializationError,
    TransportError,
)
from elasticsearch.serializer import OrjsonSerializer

from indexer.errors import OperatorError, ServiceUnavailable
from indexer.urls import addresses, masked_addresses

REQUEST_SECONDS = 60.0
"""How long a request may take; the longest request is a bulk request."""

_FIRST_ANSWER_SECONDS = 10.0
_LOOK_SECONDS = 5.0
_LONGEST = 160
_UNAUTHORIZED = 401
_HEADER = "authorization"


class _Node(Urllib3HttpNode):
    """A node for whose connections no thread waits: if all are in use, one more is opened for one request."""

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)
        self.pool.block = False


class _Serializer(OrjsonSerializer):
    """JSON; a value that cannot be written is a defect of the program, not a failed request as the client would say."""

    def dumps(self, data: Any) -> bytes:
        try:
            return super().dumps(data)
        except SerializationError as error:
            raise ValueError(f"a request to Elasticsearch is not JSON: {error.__cause__}") from None


class _CompatibleSerializer(_Serializer):
    """The same for the type that the client asks for by default: answers that later servers can give too."""

    mimetype = "application/vnd.elasticsearch+json"


def connect(
    url: str,
    *,
    request_seconds: float = REQUEST_SECONDS,
    connections: int = 10,
    renewed: Callable[[], str | None] | None = None,
) -> Elasticsearch:
    """A client of the cluster at `url`: one or more of `http://host:port` (with `user:password@` if need be).

    Several addresses, with commas between them, are nodes of one cluster: requests go to each in turn, and a node
    that has died is skipped for a while. A request that a node did not take is sent to the next one at once.
    Beyond that the client itself sends nothing again, since its retries do not wait: the writer repeats requests
    (`bulk`). Bodies are not compressed, which would cost more processor time than it saves in a network of one rack.
    Threads may share a client: each node keeps this many `connections` for the next requests, and closes further ones.
    If the password is refused and `renewed` gives a URL with another one, the request is sent again with that. The
    cluster has answered once before this returns. Raises `ServiceUnavailable` if nothing answers, `OperatorError` if
    the server is not an Elasticsearch that lets us in.
    """
    nodes = addresses(url)
    try:
        client = Elasticsearch(
            nodes,
            node_class=_Node if renewed is None else _renewing(renewed),
            connections_per_node=connections,
            request_timeout=request_seconds,
            max_retries=len(nodes) - 1,
            retry_on_timeout=False,
            retry_on_status=(),
            http_compress=False,
            serializers={one.mimetype: one for one in (_Serializer(), _CompatibleSerializer())},
        )
    except ValueError as error:
        raise OperatorError(
            f"{masked_addresses(url)} is not the address of an Elasticsearch: {error}",
            "set ELASTICSEARCH_URL to something like http://127.0.0.1:9200, or to several with commas between them",
        ) from error
    try:
        _expect_an_answer(client, url, min(request_seconds, _FIRST_ANSWER_SECONDS))
    except OperatorError:
        client.close()
        raise
    return client


def _renewing(renewed: Callable[[], str | None]) -> type[Urllib3HttpNode]:
    """Nodes that use the password of the URL from `renewed` if theirs is refused."""

    class Renewing(_Node):
        def perform_request(self, *arguments: Any, **options: Any) -> Any:
            answer = super().perform_request(*arguments, **options)
            if answer.meta.status == _UNAUTHORIZED and self._has_renewed():
                answer = super().perform_request(*arguments, **options)
            return answer

        def _has_renewed(self) -> bool:
            url = renewed()
            password = url_to_node_config(url).headers.get(_HEADER) if url else None
            if password in (None, self._headers.get(_HEADER)):
                return False
            headers = self._headers.copy()
            headers[_HEADER] = password
            self._headers = headers
            return True

    return Renewing


def answers(client: Elasticsearch) -> bool:
    """Whether the server answers now; costs a millisecond if it does."""
    try:
        client.options(request_timeout=_LOOK_SECONDS).cluster.health(filter_path="status", timeout="1s")
    except AuthorizationException:
        return True
    except (ApiError, TransportError):
        return False
    return True


def _expect_an_answer(client: Elasticsearch, url: str, seconds: float) -> None:
    """Ask for the cluster's health: unlike `GET /`, every distribution of the server answers it."""
    try:
        client.options(request_timeout=seconds).cluster.health(filter_path="status")
    except AuthorizationException:
        return  # the server knows the user, who may not see the cluster's health, which we can do without
    except AuthenticationException as error:
        raise OperatorError(
            f"Elasticsearch at {masked_addresses(url)} refuses the user name or the password",
            "correct user:password@ in ELASTICSEARCH_URL",
        ) from error
    except ApiError as error:
        if error.meta.status == 429 or error.meta.status >= 500:
            raise _unavailable(url, error) from error
        raise OperatorError(
            f"the server at {masked_addresses(url)} is not Elasticsearch: {_in_brief(error)}",
            "set ELASTICSEARCH_URL to the address of an Elasticsearch 8 or 9",
        ) from error
    except TransportError as error:
        raise _unavailable(url, error) from error


def _unavailable(url: str, error: ApiError | TransportError) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"Elasticsearch at {masked_addresses(url)} cannot be reached: {error.message}",
        "start it, or correct ELASTICSEARCH_URL; if it is not set, the embedded one is used",
    )


def _in_brief(error: ApiError) -> str:
    """The answer of a foreign server in one line: it may be a whole page."""
    said = " ".join(str(error.body).split())
    if said.startswith("<"):
        return f"it answers {error.meta.status} with a page of HTML"
    return f"it answers {error.meta.status}, {said[:_LONGEST]}"
