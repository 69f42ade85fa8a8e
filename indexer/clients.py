"""Clients that outlive a restart of an embedded service, which has a new password each time."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from elasticsearch import Elasticsearch
from redis import Redis
from redis.credentials import CredentialProvider

from indexer.search import connect
from indexer.search.client import REQUEST_SECONDS
from indexer.services import Service, explicit_url, recorded_url, service_urls
from indexer.settings import settings

if TYPE_CHECKING:
    from indexer.settings import Settings

_SECONDS = 10
_HEALTH_CHECK_SECONDS = 30


class RedisPassword(CredentialProvider):
    """The present password of the embedded Redis, read for each new connection."""

    def __init__(self, used: "Settings | None" = None) -> None:
        """Use the settings of the process unless others are given: Celery makes this object by its name."""
        self._settings = used

    def get_credentials(self) -> tuple[str]:
        """The password alone, for the default user; an empty one, which is refused, if Redis has been stopped."""
        url = recorded_url(self._settings or settings(), Service.REDIS)
        return ((urlsplit(url).password if url else None) or "",)


def embedded_addresses(used: "Settings") -> dict[Service, str]:
    """Host and port of each embedded service as it was last started; those that a URL names are left out."""
    urls = {service: recorded_url(used, service) for service in Service if not explicit_url(used, service)}
    return {service: urlsplit(url).netloc.rpartition("@")[2] for service, url in urls.items() if url}


def search_client(
    used: "Settings", *, request_seconds: float = REQUEST_SECONDS, connections: int = 10
) -> Elasticsearch:
    """A client of Elasticsearch as `connect` makes it; an embedded one that is not running is started."""
    url = service_urls(used, Service.ELASTICSEARCH).elasticsearch
    is_explicit = explicit_url(used, Service.ELASTICSEARCH) is not None
    renewed = None if is_explicit else lambda: recorded_url(used, Service.ELASTICSEARCH)
    return connect(url, request_seconds=request_seconds, connections=connections, renewed=renewed)


def redis_client(used: "Settings") -> Redis:
    """A client of Redis, with the same time-outs as the broker's connections."""
    return Redis.from_url(
        _without_password(used),
        credential_provider=None if explicit_url(used, Service.REDIS) else RedisPassword(used),
        socket_timeout=_SECONDS,
        socket_connect_timeout=_SECONDS,
        socket_keepalive=True,
        health_check_interval=_HEALTH_CHECK_SECONDS,
    )


def broker_url(used: "Settings") -> str:
    """The URL of Redis for Celery; that of an embedded one names `RedisPassword` instead of a password."""
    url = _without_password(used)
    provider = f"{RedisPassword.__module__}.{RedisPassword.__qualname__}"
    return url if explicit_url(used, Service.REDIS) else f"{url}?credential_provider={provider}"


def _without_password(used: "Settings") -> str:
    """The URL from the settings, or that of the embedded Redis without its password; starts it if necessary."""
    url = service_urls(used, Service.REDIS).redis
    if explicit_url(used, Service.REDIS):
        return url
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
