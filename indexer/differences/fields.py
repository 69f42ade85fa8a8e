"""The fields of two documents of one shape that differ, and the fields that a pattern matches."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

PROVENANCE = frozenset({"revision", "metrics_version", "office_hours_id"})
"""The fields about how a document was made; they are not numbers of the entity, and compared only on request."""


class Differing(NamedTuple):
    """A field with its value on both sides, None where it is absent."""

    path: str
    left: Any
    right: Any


def differing(left: Mapping[str, Any], right: Mapping[str, Any], prefix: str = "") -> Iterator[Differing]:
    """The fields with different values, by name; absent and null are the same, objects are compared field by field."""
    if left == right:
        return
    for name in sorted(left.keys() | right.keys()):
        mine, theirs = left.get(name), right.get(name)
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            yield from differing(mine, theirs, f"{prefix}{name}.")
        elif mine != theirs:
            yield Differing(prefix + name, mine, theirs)


def differing_fields(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[str]:
    """The paths of those fields: inner ones as `statistics.count_reopens`, a list as a whole."""
    return [found.path for found in differing(left, right)]


class Chosen(NamedTuple):
    """The choice of fields to compare: those of `fields` (all, if empty) without those of `ignored`.

    A pattern is a path, an object that contains it, or has `*` for any text: `statistics`, `*_ooo`.
    """

    fields: Sequence[str] = ()
    ignored: Sequence[str] = ()

    def takes(self, *paths: str) -> bool:
        """Whether a field, or a pair of them, is compared: provenance only if a pattern names it."""
        if any(_matches(path, pattern) for path in paths for pattern in self.ignored):
            return False
        if self.fields:
            return any(_matches(path, pattern) for path in paths for pattern in self.fields)
        return PROVENANCE.isdisjoint(paths)


EVERY_FIELD = Chosen()


def _matches(path: str, pattern: str) -> bool:
    return fnmatchcase(path, pattern) or path.startswith(f"{pattern}.")
