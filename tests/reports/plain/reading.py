"""The values of a document under a name, and conditions on them."""

from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Test = Callable[[Document], bool]
"""A condition on a document, or on one of its actions."""


def values(document: Document, path: str) -> list[Any]:
    """All values under a dotted name: none where it is missing, null or an empty list."""
    found: list[Any] = [document]
    for name in path.split("."):
        found = [one[name] for one in found if isinstance(one, dict) and one.get(name) is not None]
        found = [inner for one in found for inner in (one if isinstance(one, list) else [one]) if inner is not None]
    return found


def text(value: Any) -> str:
    """A value as groups and conditions name it."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def exists(path: str) -> Test:
    return lambda document: bool(values(document, path))


def missing(path: str) -> Test:
    return lambda document: not values(document, path)


def one_of(path: str, *wanted: object) -> Test:
    return lambda document: any(value in wanted for value in values(document, path))


def is_true(path: str) -> Test:
    return lambda document: any(value is True for value in values(document, path))


def is_false(path: str) -> Test:
    return lambda document: any(value is False for value in values(document, path))


def none_of(path: str, *wanted: object) -> Test:
    return lambda document: all(value not in wanted for value in values(document, path))


def at_least(path: str, bound: float) -> Test:
    return lambda document: any(value >= bound for value in values(document, path))


def at_most(path: str, bound: float) -> Test:
    return lambda document: any(value <= bound for value in values(document, path))


def everything(_: Document) -> bool:
    return True


def both(*tests: Test) -> Test:
    return lambda document: all(test(document) for test in tests)
