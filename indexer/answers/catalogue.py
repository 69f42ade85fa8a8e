"""The catalogue of reports: their definitions, read from files, and one of them by its name."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from indexer.dashboards.page_definition import PAGES
from indexer.datasets.registry import datasets
from indexer.did_you_mean import did_you_mean, near_names
from indexer.errors import OperatorError
from indexer.reports import Definition, InvalidDefinition, Vocabulary, read_definition, read_vocabulary
from indexer.reports.vocabulary import FILE
from indexer.resources import resource_dirs
from indexer.search.mappings import mapped_fields

Catalogue = Mapping[str, Definition]
"""The reports by name."""


class UnknownReport(OperatorError):
    """No report has this name."""


def load_reports(directory: Path | None = None) -> Catalogue:
    """Every report of `<directory>/<dataset>/` (if None, of the package and of added datasets), by name.

    Those of the package and of added datasets are read once per process. Raises `OperatorError` that names the file
    and key at fault; one bad file is enough, so that a report is never silently missing.
    """
    return _read_reports([directory]) if directory is not None else _installed(tuple(resource_dirs("queries")))


@cache
def _installed(queries: tuple[Path, ...]) -> Catalogue:
    return MappingProxyType(_read_reports(queries))


def _read_reports(queries: Sequence[Path]) -> dict[str, Definition]:
    found: dict[str, Definition] = {}
    fields = cache(mapped_fields)
    for file in (file for place in queries for file in sorted(place.glob("*/*.yaml"))):
        if file.name == FILE or file.parent.name == PAGES:
            continue
        source = f"queries/{file.parent.name}/{file.name}"
        definition = read_report(file, source, file.parent.name, fields(file.parent.name))
        if definition.name != file.stem or definition.name in found:
            raise OperatorError(
                f"{source}: name: {definition.name} is not the name of the file, or another report has it too",
                "give each report a unique name, and its file the same name",
            )
        found[definition.name] = definition
    if not found:
        raise OperatorError(
            f"there are no reports in {queries[0]}", "install the package again, or restore that directory"
        )
    return found


def read_report(file: Path, source: str, dataset: str, fields: Mapping[str, str]) -> Definition:
    """The report in a file; raises `OperatorError` with `source` and all keys at fault."""
    try:
        definition = read_definition(source, vocabulary_of(dataset), content_of(file, source), fields)
    except InvalidDefinition as error:
        raise OperatorError(str(error), "correct the file, or remove it") from error
    if definition.category not in categories():
        raise OperatorError(
            f"{source}: category: {definition.category!r} is not one of {', '.join(categories())}", "choose one of them"
        )
    return definition


@cache
def categories() -> tuple[str, ...]:
    """The categories of reports, in the order in which lists show them: those of each dataset, the largest first."""
    named = [each.name for each in datasets() if _vocabulary_file(each.name).exists()]
    return tuple(dict.fromkeys(category for name in named for category in vocabulary_of(name).categories))


@cache
def vocabulary_of(dataset: str) -> Vocabulary:
    """The words of a dataset's reports; each process reads the file once.

    Raises `OperatorError` that names the file and the line or the key of what is wrong.
    """
    return load_vocabulary(_vocabulary_file(dataset))


def _vocabulary_file(dataset: str) -> Path:
    files = [place / dataset / FILE for place in resource_dirs("queries")]
    return next((file for file in files if file.exists()), files[0])


def load_vocabulary(file: Path) -> Vocabulary:
    """The words that a file in a directory named after its dataset holds; raises what `vocabulary_of` raises."""
    dataset = file.parent.name
    source = f"queries/{dataset}/{FILE}"
    try:
        return read_vocabulary(source, dataset, content_of(file, source), mapped_fields(dataset))
    except InvalidDefinition as error:
        raise OperatorError(str(error), "correct the file") from error


def content_of(file: Path, source: str) -> object:
    """What a file of `queries/` holds; raises `OperatorError` that names it as `source`."""
    try:
        # The C loader if it exists: every command reads all of the files. Both loaders are safe ones.
        return yaml.load(file.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (OSError, yaml.YAMLError) as error:
        raise OperatorError(f"{source}: {error}", "correct the file, or remove it") from error


def by_category(reports: Catalogue) -> list[Definition]:
    """All reports, those of one category together, each category by name."""
    return sorted(reports.values(), key=lambda report: (categories().index(report.category), report.name))


def find_report(reports: Catalogue, name: str) -> Definition:
    """The report of that name; raises `UnknownReport` with the nearest names."""
    if name in reports:
        return reports[name]
    remedy = did_you_mean(near_names(name, reports, cutoff=0.5)) or "see all of them with: indexer report list"
    raise UnknownReport(f"there is no report {name!r}", remedy)
