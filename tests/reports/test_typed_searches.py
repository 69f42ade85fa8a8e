"""The searches are dictionaries; here the typed classes of the client say whether it knows all that is in them."""

import inspect
import json
from collections.abc import Mapping
from typing import Any

import pytest
from elasticsearch.dsl.aggs import Agg
from elasticsearch.dsl.query import Query
from elasticsearch.dsl.wrappers import Range

from indexer.reports import Definition, read_question, search_body
from indexer.reports.cell import Cell
from indexer.reports.drill_down_search import listing_body
from tests.reports.test_golden import GOLDEN, MARCH, REPORTS

OF_A_RANGE = {*Range.OPS, "format"}


def check_query(body: Mapping[str, Any]) -> None:
    """Raise for a query, a parameter or a bound that the client's classes do not have."""
    [(name, given)] = body.items()
    kind = Query.get_dsl_class(name)
    known = parameters(kind)
    if "_field" in known:
        assert len(given) == 1, body
        [value] = given.values()
        assert name != "range" or value.keys() <= OF_A_RANGE, body
        return
    assert given.keys() <= known, body
    for parameter in given.keys() & kind._param_defs.keys():
        found = given[parameter]
        for one in found if isinstance(found, list) else [found]:
            check_query(one)


def check_aggregation(body: Mapping[str, Any]) -> None:
    """The same of an aggregation, and of all that is within it."""
    [name] = body.keys() - {"aggs"}
    kind, given = Agg.get_dsl_class(name), body[name]
    if name == "filter":
        check_query(given)
    else:
        assert given.keys() <= parameters(kind), body
    if name == "filters":
        found = given["filters"]
        for one in found.values() if isinstance(found, dict) else found:
            check_query(one)
    for source in given.get("sources", ()):
        for one in source.values():
            check_aggregation(one)
    for inner in body.get("aggs", {}).values():
        check_aggregation(inner)


def check_search(body: Mapping[str, Any]) -> None:
    check_query(body["query"])
    for aggregation in body.get("aggs", {}).values():
        check_aggregation(aggregation)


def parameters(kind: type) -> set[str]:
    return {*inspect.signature(kind).parameters} - {"kwargs"}


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_the_client_knows_all_that_is_in_a_golden_search(file: Any):
    body = json.loads(file.read_text())
    if "query" in body:
        check_search(body)


@pytest.mark.parametrize("report", REPORTS.values(), ids=list(REPORTS))
def test_the_client_knows_all_that_is_in_the_searches_of_a_report(report: Definition):
    for group in [None, *report.group_by]:
        for interval in ("range",) if report.is_board else ("range", "week"):
            question = read_question(report, MARCH | {"group_by": group, "interval": interval})
            check_search(search_body(report, question, question.span))
            check_search(listing_body(report, question, Cell(), size=50))


@pytest.mark.parametrize(
    "slip",
    [
        {"trem": {"state": "open"}},
        {"range": {"at": {"gte": 1, "until": 2}}},
        {"bool": {"filter": [{"term": {"state": "open"}}], "none_of": []}},
        {"bool": {"must_not": [{"exist": {"field": "state"}}]}},
        {"nested": {"path": "actions", "query": {"bool": {"filters": []}}}},
    ],
)
def test_a_slip_in_a_query_is_noticed(slip: dict[str, Any]):
    with pytest.raises(Exception, match=r"does not exist|assert"):
        check_query(slip)


@pytest.mark.parametrize(
    "slip",
    [
        {"statistics": {"field": "at"}},
        {"date_histogram": {"field": "at", "interval_of_calendar": "day"}},
        {"filter": {"term": {"a": 1}}, "aggs": {"values": {"percentiles": {"field": "b", "percent": [50]}}}},
        {"composite": {"size": 10, "sources": [{"group": {"terms": {"field": "a", "missing": True, "bucket": 1}}}]}},
    ],
)
def test_a_slip_in_an_aggregation_is_noticed(slip: dict[str, Any]):
    with pytest.raises(Exception, match=r"does not exist|assert"):
        check_aggregation(slip)
