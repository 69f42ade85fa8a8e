from pathlib import Path

from indexer.checks import Check, Finding, Installation, Verdict, examine
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.services import Service
from indexer.settings import Settings


def nowhere(home: Path) -> Installation:
    return Installation.of(Settings(home=home))


def fine(_: Installation) -> Finding:
    return Finding(Verdict.OK, "fine")


def gone(_: Installation) -> Finding:
    raise ServiceUnavailable("nobody there", "start it")


def wrong(_: Installation) -> Finding:
    raise OperatorError("this is wrong", "mend it")


def test_errors_of_a_check_become_its_finding(tmp_path: Path) -> None:
    checks = [Check("a", fine), Check("b", gone, Service.REDIS), Check("c", wrong)]

    findings = [finding for _, finding in examine(nowhere(tmp_path), checks)]

    assert findings == [
        Finding(Verdict.OK, "fine"),
        Finding(Verdict.UNREACHABLE, "nobody there", "start it"),
        Finding(Verdict.FAILED, "this is wrong", "mend it"),
    ]


def test_checks_of_a_service_that_is_out_of_reach_are_skipped(tmp_path: Path) -> None:
    checks = [Check("a", gone, Service.REDIS), Check("b", fine, Service.REDIS), Check("c", fine, Service.POSTGRESQL)]

    verdicts = [finding.verdict for _, finding in examine(nowhere(tmp_path), checks)]

    assert verdicts == [Verdict.UNREACHABLE, Verdict.SKIPPED, Verdict.OK]


def test_an_embedded_service_that_does_not_run_is_out_of_reach_and_not_started(tmp_path: Path) -> None:
    checks = [Check("redis", lambda it: Finding(Verdict.OK, it.url(Service.REDIS)), Service.REDIS)]

    [(_, finding)] = examine(nowhere(tmp_path / "home"), checks)

    assert finding.verdict is Verdict.UNREACHABLE
    assert finding.detail == "the embedded Redis is not running"
    assert "indexer up" in finding.remedy
    assert list(tmp_path.iterdir()) == []
