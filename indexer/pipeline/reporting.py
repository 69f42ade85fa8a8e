"""Running a report: its definition out of a file, the question put to Elasticsearch, the answer."""

import difflib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from indexer import search
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.reports import (
    Answer,
    Definition,
    InvalidDefinition,
    Question,
    Span,
    any_body,
    build_answer,
    latest_body,
    next_page,
    read_definition,
    search_body,
    workspaces_body,
)
from indexer.resources import resource_dir

Catalogue = Mapping[str, Definition]
"""The reports by name."""


class NoIndexYet(OperatorError):
    """There is nothing to search in: no index has been made."""


class UnknownReport(OperatorError):
    """No report has this name."""


def load_reports(directory: Path | None = None) -> Catalogue:
    """Every report of `<directory>/<dataset>/` (that of the package if None), by name.

    Raises `OperatorError` that names file and key of what is wrong; one bad file is enough, so that a report is
    never silently missing.
    """
    queries = directory or resource_dir("queries")
    found: dict[str, Definition] = {}
    for file in sorted(queries.glob("*/*.yaml")):
        source, dataset = f"queries/{file.parent.name}/{file.name}", file.parent.name
        try:
            content = yaml.safe_load(file.read_bytes())
            definition = read_definition(source, dataset, content, mapped_fields(dataset))
        except (yaml.YAMLError, InvalidDefinition) as error:
            fault = f"{source}: {error}" if isinstance(error, yaml.YAMLError) else str(error)
            raise OperatorError(fault, "correct the file, or take it away") from error
        if definition.name != file.stem or definition.name in found:
            raise OperatorError(
                f"{source}: name: {definition.name} is not the name of the file, or another report has it too",
                "give every report a name of its own, and its file the same",
            )
        found[definition.name] = definition
    if not found:
        raise OperatorError(f"there is no report in {queries}", "install the package again, or restore that directory")
    return found


def mapped_fields(dataset: str) -> dict[str, str]:
    """The path and type of every field of the dataset's newest mapping that a search of whole documents can use.

    What lies inside nested objects is left out: a condition on it would silently match nothing.
    """
    return dict(_leaves("", search.definition(dataset).mappings["properties"]))


def _leaves(prefix: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, field in properties.items():
        if field.get("type") == "nested":
            continue
        if "properties" in field:
            yield from _leaves(f"{prefix}{name}.", field["properties"])
        else:
            yield f"{prefix}{name}", field["type"]


def find_report(reports: Catalogue, name: str) -> Definition:
    """The report of that name; raises `UnknownReport` with the nearest names."""
    if name in reports:
        return reports[name]
    near = difflib.get_close_matches(name, reports, n=3, cutoff=0.5)
    remedy = f"did you mean {' or '.join(near)}?" if near else "see all of them with: indexer report list"
    raise UnknownReport(f"there is no report {name!r}", remedy)


def run_report(client: Elasticsearch, prefix: str, definition: Definition, question: Question) -> Answer:
    """The answer to a question that has been checked against the report.

    Raises `NoIndexYet`, `ServiceUnavailable`, and `InvalidQuestion` if there are too many groups.
    """
    alias = search.alias_name(prefix, definition.dataset)
    span = question.span
    before = _pages(client, alias, definition, question, span.before()) if question.compare else None
    return build_answer(definition, question, _pages(client, alias, definition, question, span), before)


def _pages(
    client: Elasticsearch, alias: str, definition: Definition, question: Question, span: Span
) -> Iterator[Mapping[str, Any]]:
    """The responses, one unless the question asks for more groups than one response can hold."""
    body = search_body(definition, question, span)
    while True:
        response = _search(client, alias, body, question.workspace)
        yield response
        page = next_page(body, response)
        if page is None:
            return
        body = search_body(definition, question, span, page)


def has_documents(client: Elasticsearch, prefix: str, dataset: str, workspace: str) -> bool:
    """Whether the workspace has anything indexed at all: a report of zeros may mean a mistyped name."""
    found = _search(client, search.alias_name(prefix, dataset), any_body(workspace), workspace)
    return bool(found["hits"]["total"]["value"])


def workspaces(client: Elasticsearch, prefix: str, dataset: str) -> list[str]:
    """The workspaces that have documents, by name; the first thousand."""
    found = _search(client, search.alias_name(prefix, dataset), workspaces_body())
    return [bucket["key"] for bucket in found["aggregations"]["workspaces"]["buckets"]]


def latest_day(
    client: Elasticsearch, prefix: str, definition: Definition, workspace: str, zone: ZoneInfo
) -> date | None:
    """The local date of the newest document that the report could count, None if there is none."""
    found = _search(
        client, search.alias_name(prefix, definition.dataset), latest_body(definition, workspace), workspace
    )
    milliseconds = found["aggregations"]["latest"]["value"]
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, zone).date()


def _search(
    client: Elasticsearch, alias: str, body: Mapping[str, Any], workspace: str | None = None
) -> Mapping[str, Any]:
    """The whole response or an error: by default Elasticsearch would leave out shards that fail, and count less.

    What is asked of one workspace is asked of the shards that can hold its documents.
    """
    route = None if workspace is None else search.routing(f"{workspace}:")
    try:
        response = client.search(index=alias, body=dict(body), routing=route, allow_partial_search_results=False)
    except NotFoundError as error:
        raise NoIndexYet(
            f"there is no index yet: nothing has the name {alias}",
            "import conversations and let a worker index them (indexer import, indexer worker), "
            "or make an empty index: indexer index create",
        ) from error
    except ApiError as error:
        if error.meta.status == 400:
            raise OperatorError(f"Elasticsearch refuses the search: {error}", "see it with --explain") from error
        raise ServiceUnavailable(
            f"Elasticsearch cannot answer now: {error}", "see what is wrong with: indexer doctor"
        ) from error
    except TransportError as error:
        raise ServiceUnavailable(
            f"Elasticsearch cannot be reached: {error.message}", "see what is wrong with: indexer doctor"
        ) from error
    found: Mapping[str, Any] = response.body
    return found
