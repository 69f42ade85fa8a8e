"""What left a state between the two ends of a span, and what came into it."""

from indexer.reports.filters import Body, all_of, any_of, none_of


def left(field: str, start: int, end: int) -> Body:
    """That a document was in the state just before `start`, and is not in the last second before `end`."""
    return all_of([{"term": {field: start - 1}}, none_of({"term": {field: end - 1}})])


def entered(field: str, start: int, end: int) -> Body:
    """That a document was not in the state just before `start`, and is in the last second before `end`."""
    return all_of([{"term": {field: end - 1}}, none_of({"term": {field: start - 1}})])


def changed(field: str, start: int, end: int) -> Body:
    """That it is one or the other."""
    return any_of([left(field, start, end), entered(field, start, end)])


def flow(field: str, start: int, end: int) -> Body:
    """The aggregation that counts both."""
    return {
        "filter": changed(field, start, end),
        "aggs": {"left": {"filter": left(field, start, end)}, "entered": {"filter": entered(field, start, end)}},
    }
