"""The services, and how each is started and watched."""

import enum
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.embedded.directories import Directories
    from indexer.settings import Settings


class Service(enum.StrEnum):
    """The services that commands and workers need."""

    ELASTICSEARCH = "elasticsearch"
    POSTGRESQL = "postgresql"
    REDIS = "redis"

    @property
    def label(self) -> str:
        """The name as people write it."""
        match self:
            case Service.ELASTICSEARCH:
                return "Elasticsearch"
            case Service.POSTGRESQL:
                return "PostgreSQL"
            case Service.REDIS:
                return "Redis"

    @property
    def url_variable(self) -> str:
        """The environment variable that names another server."""
        match self:
            case Service.ELASTICSEARCH:
                return "ELASTICSEARCH_URL"
            case Service.POSTGRESQL:
                return "DATABASE_URL"
            case Service.REDIS:
                return "REDIS_URL"


def explicit_url(settings: "Settings", service: Service) -> str | None:
    """The URL that the settings name for a service, None if the embedded one is used."""
    match service:
        case Service.ELASTICSEARCH:
            return settings.elasticsearch_url
        case Service.POSTGRESQL:
            return settings.full_database_url
        case Service.REDIS:
            return settings.redis_url


@dataclass(frozen=True, slots=True)
class Launch:
    """A process that is ready to be started: all its files are on the disk."""

    command: Sequence[str]
    environment: Mapping[str, str]
    directory: Path
    log: Path
    url: str
    version: str


@dataclass(frozen=True, slots=True)
class ServiceKind:
    """How one service is prepared, checked, and stopped.

    `prepare(settings, directories, port)` puts programs, configuration and data in place. `answers(url)` is
    one round trip of at most about a second. `settle(url)` waits for the steps after the first answer.
    `patience` is in seconds: from the start of the process to its first answer.
    """

    prepare: "Callable[[Settings, Directories, int], Launch]"
    answers: Callable[[str], bool]
    settle: Callable[[str], None]
    stop_signal: signal.Signals
    patience: float
