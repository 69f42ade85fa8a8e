"""Filters of people: read from text or JSON, evaluated on one person, compiled to a query of Elasticsearch."""

from indexer.people.filters.filter_errors import FilterError
from indexer.people.filters.filter_json import filter_as_json, filter_from_json
from indexer.people.filters.filter_matching import matches
from indexer.people.filters.filter_parser import parse_filter
from indexer.people.filters.filter_query import query
from indexer.people.filters.filter_reader import read_filter
from indexer.people.filters.filter_reasons import Clause, why
from indexer.people.filters.filter_scope import FilterScope
from indexer.people.filters.filter_segments import check_segment, segments_named
from indexer.people.filters.filter_sentence import sentence
from indexer.people.filters.filter_text import print_filter
from indexer.people.filters.filter_tree import Condition, Filter, Group, Subject
from indexer.people.filters.vendor_search import filter_from_search

__all__ = [
    "Clause",
    "Condition",
    "Filter",
    "FilterError",
    "FilterScope",
    "Group",
    "Subject",
    "check_segment",
    "filter_as_json",
    "filter_from_json",
    "filter_from_search",
    "matches",
    "parse_filter",
    "print_filter",
    "query",
    "read_filter",
    "segments_named",
    "sentence",
    "why",
]
