"""Reports of an installation's own beside those of the package."""

from itertools import groupby
from pathlib import Path

import pytest
import yaml
from structlog.testing import capture_logs

from indexer.answers.catalogue import by_category, categories, load_reports
from indexer.answers.own_reports import check_report, installed_reports, usable_reports
from indexer.errors import OperatorError
from indexer.settings import Settings
from tests.reports.definitions import content


def write(directory: Path, stem: str, dataset: str = "conversations", **other: object) -> Path:
    file = directory / dataset / f"{stem}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content(**{"name": stem, **other})))
    return file


def of(directory: Path) -> Settings:
    return Settings(reports_dir=directory)


def test_an_own_report_stands_beside_the_others(tmp_path: Path) -> None:
    file = write(tmp_path, "opened_by_mail")
    found = installed_reports(of(tmp_path))
    assert found.reports.keys() == load_reports().keys() | {"opened_by_mail"}
    assert found.broken == []
    assert check_report(file) == found.reports["opened_by_mail"]


def test_an_own_report_may_be_in_the_category_of_another_dataset(tmp_path: Path) -> None:
    write(tmp_path, "opened_calls", category="calls")
    shown = by_category(installed_reports(of(tmp_path)).reports)
    order = [category for category, _ in groupby(shown, key=lambda report: report.category)]
    assert order == [category for category in categories() if category in order]
    assert "opened_calls" in [report.name for report in shown if report.category == "calls"]


def test_without_a_directory_the_reports_are_those_of_the_package() -> None:
    assert installed_reports(Settings(reports_dir=None)) == (load_reports(), [])


@pytest.mark.parametrize(
    ("name", "other", "said"),
    [
        ("wrong_unit", {"unit": "persent"}, "unit: 'persent' is not one of actions"),
        ("wrong_category", {"category": "other"}, "category: 'other' is not one of conversations, responsiveness, "),
        ("wrong_field", {"axis": "opened_at"}, "axis: opened_at is not a field of the mapping"),
        ("other_name", {"name": "another"}, "name: another is not the name of the file"),
        ("new_conversations", {}, "name: there is already a report new_conversations"),
        ("astray", {"dataset": "."}, "is not in a directory named after a dataset"),
        ("elsewhere", {"dataset": "tickets"}, "is not in a directory named after a dataset"),
    ],
)
def test_a_broken_one_is_named_and_left_out(tmp_path: Path, name: str, other: dict[str, str], said: str) -> None:
    reports = tmp_path / "reports"
    good, bad = write(reports, "good"), write(reports, name, **other)
    found = installed_reports(of(reports))
    assert found.reports.keys() == load_reports().keys() | {good.stem}
    [fault] = found.broken
    assert said in fault
    assert bad.name in fault
    with pytest.raises(OperatorError, match=r"unit|category|axis|name|dataset"):
        check_report(bad)
    with capture_logs() as log:
        assert usable_reports(of(reports)) == found.reports
    assert log == [{"event": "report_left_out", "log_level": "warning", "reason": fault}]


def test_a_file_that_is_not_yaml_or_not_a_directory_is_named(tmp_path: Path) -> None:
    write(tmp_path, "odd").write_bytes(b"name: [\xff")
    [fault] = installed_reports(of(tmp_path)).broken
    assert "odd.yaml" in fault
    [fault] = installed_reports(of(tmp_path / "missing")).broken
    assert fault.startswith("INDEXER_REPORTS_DIR: ")
