"""The pages of the dashboard, read from files: those of the package and those of an installation."""

from collections.abc import Mapping
from pathlib import Path

import structlog

from indexer.answers.catalogue import Catalogue, content_of
from indexer.dashboards import PageDefinition, read_page
from indexer.dashboards.page_definition import PAGES
from indexer.did_you_mean import did_you_mean, near_names
from indexer.errors import OperatorError
from indexer.reports import InvalidDefinition
from indexer.resources import resource_dirs
from indexer.settings import Settings

log = structlog.get_logger()

Pages = Mapping[str, PageDefinition]
"""The pages by name, in the order in which the dashboard lists them."""


class UnknownPage(OperatorError):
    """No page has this name."""


def load_pages(reports: Catalogue) -> Pages:
    """Every page of `queries/dashboards/`; raises `OperatorError` that names the file and key at fault."""
    files = [file for place in resource_dirs("queries") for file in sorted((place / PAGES).glob("*.yaml"))]
    return _in_order({file.stem: _page(file, f"queries/{PAGES}/{file.name}", reports) for file in files})


def usable_pages(settings: Settings, reports: Catalogue) -> Pages:
    """The same pages and those of `INDEXER_REPORTS_DIR/dashboards/`, which may take the place of one of ours.

    A broken file of the installation is left out and named in the log.
    """
    found = dict(load_pages(reports))
    own = [] if settings.reports_dir is None else sorted((settings.reports_dir / PAGES).glob("*.yaml"))
    for file in own:
        try:
            found[file.stem] = _page(file, str(file), reports)
        except OperatorError as error:
            log.warning("page_left_out", reason=str(error))
    return _in_order(found)


def find_page(pages: Pages, name: str) -> PageDefinition:
    """The page of that name; raises `UnknownPage` with the nearest names."""
    if name in pages:
        return pages[name]
    remedy = did_you_mean(near_names(name, pages)) or "open the overview at /pages/overview"
    raise UnknownPage(f"there is no page {name!r}", remedy)


def _page(file: Path, source: str, reports: Catalogue) -> PageDefinition:
    try:
        return read_page(source, file.stem, content_of(file, source), reports)
    except InvalidDefinition as error:
        raise OperatorError(str(error), "correct the file, or remove it") from error


def _in_order(pages: Pages) -> Pages:
    return dict(sorted(pages.items(), key=lambda named: (named[1].position, named[0])))
