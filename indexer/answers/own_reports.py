"""An installation's own reports: files in the directory that a setting names, besides those of the package."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import structlog

from indexer.answers.catalogue import Catalogue, load_reports, read_report
from indexer.dashboards.page_definition import PAGES
from indexer.datasets.registry import datasets
from indexer.errors import OperatorError
from indexer.reports import Definition
from indexer.search.mappings import mapped_fields
from indexer.settings import Settings

log = structlog.get_logger()


class Installed(NamedTuple):
    """The reports by name, of the package and of the installation, and the files left out, as `file: reason`."""

    reports: Catalogue
    broken: list[str]


def installed_reports(settings: Settings) -> Installed:
    """Every report of the package and those of `INDEXER_REPORTS_DIR/<dataset>/`.

    A broken file of the installation is left out and named; the other reports work all the same. Raises
    `OperatorError` only for files of the package.
    """
    found = dict(load_reports())
    broken = []
    for file in _files(settings.reports_dir):
        try:
            report = _read(file)
            if report.name in found:
                raise OperatorError(f"{file}: name: there is already a report {report.name}", "choose another name")
            found[report.name] = report
        except OperatorError as error:
            broken.append(str(error))
    if settings.reports_dir is not None and not settings.reports_dir.is_dir():
        broken.append(f"INDEXER_REPORTS_DIR: {settings.reports_dir} is not a directory")
    return Installed(found, broken)


def usable_reports(settings: Settings) -> Catalogue:
    """The same reports; files that are left out are named in the log."""
    found = installed_reports(settings)
    for fault in found.broken:
        log.warning("report_left_out", reason=fault)
    return found.reports


def check_report(file: Path) -> Definition:
    """The report in a file whose directory is named after its dataset; raises `OperatorError` if it is broken.

    Its name must not be that of a report of the package.
    """
    report = _read(file.absolute())
    if report.name in load_reports():
        raise OperatorError(f"{file}: name: there is already a report {report.name}", "choose another name")
    return report


_fields = cache(mapped_fields)


def _files(directory: Path | None) -> Iterator[Path]:
    """All files, those in the directory itself too: a file outside a dataset's directory is a mistake to be named."""
    if directory is not None:
        found = {*directory.glob("*.yaml"), *directory.glob("*/*.yaml")}
        yield from sorted(file for file in found if file.parent.name != PAGES)


def _read(file: Path) -> Definition:
    dataset = file.parent.name
    known = sorted(each.name for each in datasets())
    if dataset not in known:
        raise OperatorError(
            f"{file}: is not in a directory named after a dataset",
            f"put it into one of {', '.join(f'{name}/' for name in known)}",
        )
    report = read_report(file, str(file), dataset, _fields(dataset))
    if report.name != file.stem:
        raise OperatorError(f"{file}: name: {report.name} is not the name of the file", "give both the same name")
    return report
