"""A check, what it finds, and what it looks at."""

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from indexer.embedded.service import Service, explicit_url
from indexer.errors import OperatorError, ServiceUnavailable

if TYPE_CHECKING:
    from indexer.settings import Settings


class Verdict(enum.StrEnum):
    """How a check came out; only `FAILED` and `UNREACHABLE` count against the installation."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw, and the next thing to do about it (empty where nothing is to be done)."""

    verdict: Verdict
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Installation:
    """What checks look at: the settings and the URL of each service, None where an embedded one is not running."""

    settings: "Settings"
    urls: dict[Service, str | None]

    @classmethod
    def of(cls, settings: "Settings") -> Self:
        """The installation as it stands; nothing is started."""
        from indexer.embedded import fleet

        embedded = {record.service: record.url for record in fleet.recorded(settings) if record.alive}
        return cls(settings, {each: explicit_url(settings, each) or embedded.get(each) for each in Service})

    def url(self, service: Service) -> str:
        """The URL of a service; raises `ServiceUnavailable` with what has become of an embedded one."""
        url = self.urls[service]
        if url is None:
            raise ServiceUnavailable(
                f"the embedded {service.label} {self._what_became_of(service)}",
                f"start it with: indexer up; or set {service.url_variable} to a server of your own",
            )
        return url

    def _what_became_of(self, service: Service) -> str:
        from indexer.embedded import fleet, processes

        for record in fleet.recorded(self.settings):
            if record.service is service:
                lines = "\n".join(processes.last_lines(record.log))
                return f"(pid {record.pid}) has died; the last lines of {record.log}:\n{lines}"
        return "is not running"


@dataclass(frozen=True, slots=True)
class Check:
    """One question to the installation.

    `look` may raise `ServiceUnavailable` or `OperatorError` instead of answering. A check that `needs` a service
    which an earlier check could not reach is skipped.
    """

    name: str
    look: Callable[[Installation], Finding]
    needs: Service | None = None


def examine(installation: Installation, checks: Iterable[Check]) -> Iterator[tuple[Check, Finding]]:
    """Make the checks one after the other."""
    out_of_reach: set[Service] = set()
    for check in checks:
        finding = _made(check, installation, out_of_reach)
        if finding.verdict is Verdict.UNREACHABLE and check.needs is not None:
            out_of_reach.add(check.needs)
        yield check, finding


def _made(check: Check, installation: Installation, out_of_reach: set[Service]) -> Finding:
    if check.needs in out_of_reach:
        return Finding(Verdict.SKIPPED, f"{check.needs.label} cannot be reached")
    try:
        return check.look(installation)
    except ServiceUnavailable as error:
        return Finding(Verdict.UNREACHABLE, str(error), error.remedy)
    except OperatorError as error:
        return Finding(Verdict.FAILED, str(error), error.remedy)
