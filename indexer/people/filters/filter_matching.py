"""Evaluates a filter on what is known of a person."""

from collections.abc import Mapping
from typing import Final

from indexer.people.attribute_value import DataType, Scalar, Value
from indexer.people.filters.filter_days import Bounds
from indexer.people.filters.filter_scope import FilterScope
from indexer.people.filters.filter_size import segment_filter, segments_of
from indexer.people.filters.filter_tests import Between, Equals, Exists, Test, TextTest, tests_of
from indexer.people.filters.filter_tree import NEGATIVE, Condition, Filter, Subject
from indexer.people.folding import fold, words
from indexer.people.person import Company, Person
from indexer.people.person_facts import PersonFacts
from indexer.people.standard import STANDARD, model_of, standard_value

_ONE_KIND: Final[Mapping[DataType, DataType]] = {"integer": "float", "list": "string"}


def matches(found: Filter, facts: PersonFacts, scope: FilterScope) -> bool:
    """Whether a filter holds for a person at the moment of the scope."""
    if isinstance(found, Condition):
        return condition_holds(found, facts, scope)
    held = (matches(one, facts, scope) for one in found.members)
    return all(held) if found.joined_by == "and" else any(held)


def condition_holds(condition: Condition, facts: PersonFacts, scope: FilterScope) -> bool:
    """Whether one condition holds for a person."""
    negative = condition.operator in NEGATIVE
    if condition.subject.source == "segment":
        return negative ^ any(matches(segment_filter(one, scope), facts, scope) for one in segments_of(condition))
    tests = tests_of(condition, scope)
    return negative ^ any(_passes(value, test) for value in values_seen(condition.subject, facts) for test in tests)


def values_seen(subject: Subject, facts: PersonFacts) -> list[Value]:
    """The values of a subject that a person has: at most one, except for tags, segments and companies."""
    person = facts.person
    match subject.source:
        case "attribute":
            found = [_attribute(person, subject.name)]
        case "company_attribute":
            found = [_attribute(company, subject.name) for company in facts.companies]
        case "event":
            summary = facts.events.get(subject.name)
            found = [] if summary is None else [summary.measured(subject.measure)]
        case "tag":
            return _names(person.tags)
        case "imported_segment":
            return _names(person.segments)
        case "company":
            return _names(person.companies)
        case "segment":
            return []
    return [value for value in found if value is not None and value.value != ""]


def _attribute(record: Person | Company, name: str) -> Value | None:
    if name in STANDARD[model_of(record)]:
        return standard_value(record, name)
    return record.custom.get(name)


def _names(names: tuple[str, ...]) -> list[Value]:
    return [Value("string", name) for name in names if name]


def _passes(value: Value, test: Test) -> bool:
    match test:
        case Exists():
            return True
        case Equals(type_, values):
            return _kind(value.type) == _kind(type_) and value.value in values
        case Between(type_, bounds):
            return _kind(value.type) == _kind(type_) and _within(value.value, bounds)
        case TextTest(match, text):
            return isinstance(value.value, str) and _text_matches(value.value, match, text)


def _kind(type_: DataType) -> DataType:
    """The type, but one for all numbers, and one for all texts."""
    return _ONE_KIND.get(type_, type_)


def _within(value: Scalar, bounds: Bounds) -> bool:
    if isinstance(value, str):
        return False
    gt, gte, lt, lte = bounds
    return (
        (gt is None or value > gt)
        and (gte is None or value >= gte)
        and (lt is None or value < lt)
        and (lte is None or value <= lte)
    )


def _text_matches(value: str, match: str, text: str) -> bool:
    match match:
        case "contains":
            return fold(text) in fold(value)
        case "starts_with":
            return fold(value).startswith(fold(text))
        case "ends_with":
            return fold(value).endswith(fold(text))
        case _:
            return words(text) in words(value)
