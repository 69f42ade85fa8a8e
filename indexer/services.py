"""The server of each service: the one that a URL names, or an embedded one that is started when needed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.embedded.service import Service, explicit_url

if TYPE_CHECKING:
    from indexer.settings import Settings

__all__ = ["Service", "ServiceUrls", "explicit_url", "recorded_url", "running_url", "service_urls"]


@dataclass(frozen=True, slots=True)
class ServiceUrls:
    """The URL of each service; empty for those that were not asked for.

    `elasticsearch` is `http://host:port`, `database` is `postgresql://…` (libpq's form), `redis` is `redis://…`.
    """

    elasticsearch: str
    database: str
    redis: str


def service_urls(settings: "Settings", *needed: Service) -> ServiceUrls:
    """The URLs of the needed services; an embedded one that is not running is started.

    A URL from the settings is returned without a check. Raises `OperatorError` and `ServiceUnavailable`.
    """
    urls = {service: explicit_url(settings, service) for service in needed}
    embedded = [service for service, url in urls.items() if url is None]
    if embedded:
        from indexer.embedded import supervisor

        urls |= {found.record.service: found.record.url for found in supervisor.ensure(settings, embedded)}
    return ServiceUrls(
        elasticsearch=urls.get(Service.ELASTICSEARCH) or "",
        database=urls.get(Service.POSTGRESQL) or "",
        redis=urls.get(Service.REDIS) or "",
    )


def running_url(settings: "Settings", service: Service) -> str | None:
    """The URL of a service if the settings name it or it is embedded and running; None if it must be started first."""
    if url := explicit_url(settings, service):
        return url
    from indexer.embedded import supervisor

    return next((one.url for one in supervisor.recorded(settings) if one.service is service and one.alive), None)


def recorded_url(settings: "Settings", service: Service) -> str | None:
    """The URL of the embedded service's last start, dead or alive; None if it was never started, or was stopped."""
    from indexer.embedded import supervisor

    return next((one.url for one in supervisor.recorded(settings) if one.service is service), None)
