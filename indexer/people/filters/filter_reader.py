"""Reads a filter in whichever of its forms it is written."""

import json

from indexer.people.filters.filter_errors import FilterError
from indexer.people.filters.filter_json import filter_from_json
from indexer.people.filters.filter_parser import MOST_TEXT, parse_filter
from indexer.people.filters.filter_scope import FilterScope
from indexer.people.filters.filter_tree import Filter
from indexer.people.filters.vendor_search import filter_from_search, is_vendor_search

_MOST_JSON = 10 * MOST_TEXT


def read_filter(written: str, scope: FilterScope) -> Filter:
    """The filter that is written as text, as JSON, or as a search of the vendor's API; raises `FilterError`."""
    if not written.lstrip().startswith("{"):
        return parse_filter(written, scope)
    if len(written) > _MOST_JSON:
        raise FilterError(_MOST_JSON, f"the filter is longer than {_MOST_JSON:,} characters", text=written)
    try:
        found = json.loads(written)
    except json.JSONDecodeError as error:
        raise FilterError(min(error.pos, len(written)), f"this is not JSON: {error.msg}", text=written) from None
    except RecursionError:
        raise FilterError(0, "the JSON is nested too deep", text=written) from None
    return filter_from_search(found, scope) if is_vendor_search(found) else filter_from_json(found, scope)
