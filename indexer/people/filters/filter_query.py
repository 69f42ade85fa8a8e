"""Compiles a filter to one query of Elasticsearch."""

from typing import Any, Final

from indexer.people.attribute_model import AttributeModel, Query, ValueKey
from indexer.people.filters.filter_scope import FilterScope
from indexer.people.filters.filter_size import segment_filter, segments_of
from indexer.people.filters.filter_tests import Between, Equals, Exists, Test, TextTest, tests_of
from indexer.people.filters.filter_tree import NEGATIVE, Condition, Filter, Source, Subject
from indexer.people.standard import STANDARD

_FIELDS: Final[dict[Source, str]] = {"tag": "tags", "imported_segment": "segments", "company": "companies"}
"""The fields of the document that have the names of a source."""


def query(found: Filter, scope: FilterScope, model: AttributeModel) -> Query:
    """The query that finds the people for whom a filter holds; the workspace is up to the caller."""
    if isinstance(found, Condition):
        return _condition(found, scope, model)
    members = [query(one, scope, model) for one in found.members]
    return {"bool": {"filter": members}} if found.joined_by == "and" else _any(members)


def _condition(condition: Condition, scope: FilterScope, model: AttributeModel) -> Query:
    if condition.subject.source == "segment":
        found = [query(segment_filter(one, scope), scope, model) for one in segments_of(condition)]
    else:
        found = [_test(condition.subject, test, model) for test in tests_of(condition, scope)]
    return {"bool": {"must_not": found}} if condition.operator in NEGATIVE else _any(found)


def _any(found: list[Query]) -> Query:
    return found[0] if len(found) == 1 else {"bool": {"should": found, "minimum_should_match": 1}}


def _test(subject: Subject, test: Test, model: AttributeModel) -> Query:
    if subject.source in _FIELDS:
        return _named(_FIELDS[subject.source], test)
    key = value_key(subject)
    match test:
        case Exists():
            return model.exists(key)
        case Equals(type_, values):
            return model.equals(key, type_, values)
        case Between(type_, bounds):
            return model.between(key, type_, **bounds._asdict())
        case TextTest(match, text):
            return model.text(key, match, text)


def _named(field: str, test: Test) -> Query:
    found: Any = {"exists": {"field": field}}
    return {"terms": {field: list(test.values)}} if isinstance(test, Equals) else found


def value_key(subject: Subject) -> ValueKey:
    """The value that a subject is, in the words of the model."""
    match subject.source:
        case "attribute":
            return ValueKey("standard" if subject.name in STANDARD["contact"] else "custom", subject.name)
        case "company_attribute":
            return ValueKey("company" if subject.name in STANDARD["company"] else "company_custom", subject.name)
        case "event":
            return ValueKey("event", subject.name, subject.measure)
    raise AssertionError(subject)
