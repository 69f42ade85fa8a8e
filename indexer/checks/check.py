"""A check, its finding, and the installation that it examines."""

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from indexer.embedded.service import Service, explicit_url
from indexer.errors import OperatorError, ServiceUnavailable

if TYPE_CHECKING:
    from indexer.settings import Settings


_LINES = 3
"""The most lines that are shown of a log or of a foreign answer; the log itself has the rest."""

_CHARACTERS = 240


class Verdict(enum.StrEnum):
    """The result of a check; only `FAILED` and `UNREACHABLE` count against the installation."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check in words, and the next thing to do about it (empty if there is nothing to do)."""

    verdict: Verdict
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Installation:
    """The subject of checks: the settings and the URL of each service, None if an embedded one is not running."""

    settings: "Settings"
    urls: dict[Service, str | None]

    @classmethod
    def of(cls, settings: "Settings") -> Self:
        """The installation as it is; nothing is started."""
        from indexer.embedded import supervisor

        explicit = {each: explicit_url(settings, each) for each in Service}
        embedded = {}
        if not all(explicit.values()):
            embedded = {record.service: record.url for record in supervisor.recorded(settings) if record.alive}
        return cls(settings, {each: explicit[each] or embedded.get(each) for each in Service})

    def url(self, service: Service) -> str:
        """The URL of a service.

        Raises `OperatorError` if it is embedded and not installed, `ServiceUnavailable` with the state of the service
        if it does not run.
        """
        url = self.urls[service]
        if url is None:
            from indexer.embedded import programs

            programs.expect_installed([service])
            raise ServiceUnavailable(
                f"the embedded {service.label} {self._what_became_of(service)}",
                f"start it with: indexer up; or set {service.url_variable} to a server of your own",
            )
        return url

    def _what_became_of(self, service: Service) -> str:
        from indexer.embedded import processes, supervisor

        for record in supervisor.recorded(self.settings):
            if record.service is service:
                lines = processes.last_lines(record.log, count=_LINES)
                silent = not lines or "ready to accept connections" in lines[-1].lower()
                why = ", and its log does not say why" if silent else ""
                return "\n".join([f"(pid {record.pid}) has died{why}; the last lines of {record.log}:", *lines])
        return "is not running"


@dataclass(frozen=True, slots=True)
class Check:
    """One question about the installation.

    `look` may raise `ServiceUnavailable` or `OperatorError` instead of answering. The first check that `needs` a
    service says whether it can be used at all; if it cannot, the later ones that need it are skipped.
    """

    name: str
    look: Callable[[Installation], Finding]
    needs: Service | None = None


def examine(installation: Installation, checks: Iterable[Check]) -> Iterator[tuple[Check, Finding]]:
    """Run the checks one after the other."""
    usable: dict[Service, bool] = {}
    for check in checks:
        finding = _made(check, installation, usable)
        if check.needs is not None:
            wrong = finding.verdict is Verdict.UNREACHABLE or (
                finding.verdict is Verdict.FAILED and check.needs not in usable
            )
            usable[check.needs] = usable.get(check.needs, True) and not wrong
        yield check, replace(finding, detail=shortened(finding.detail))


def _made(check: Check, installation: Installation, usable: Mapping[Service, bool]) -> Finding:
    if check.needs is not None and not usable.get(check.needs, True):
        return Finding(Verdict.SKIPPED, f"{check.needs.label} cannot be used")
    try:
        return check.look(installation)
    except ServiceUnavailable as error:
        return Finding(Verdict.UNREACHABLE, str(error), error.remedy)
    except OperatorError as error:
        return Finding(Verdict.FAILED, str(error), error.remedy)


def shortened(text: str) -> str:
    """The beginning of a foreign text (the page of another server, the end of a log), for people to read."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    cut = [line if len(line) <= _CHARACTERS else f"{line[:_CHARACTERS]}…" for line in lines[: _LINES + 1]]
    return "\n".join(cut if len(lines) <= _LINES + 1 else [*cut, "…"])
