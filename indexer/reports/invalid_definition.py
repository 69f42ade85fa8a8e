"""What is wrong with a file of `queries/`, by its key."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

NO_KEY = "there is no such key"


class InvalidDefinition(ValueError):
    """A definition that cannot be used; `faults` has one `file: key: reason` for each thing that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        """`faults` is not empty."""
        super().__init__("; ".join(faults))
        self.faults = faults


def invalid(source: str, error: ValidationError, tags: Collection[str] = ()) -> InvalidDefinition:
    """The error of a model as that of a file; `source` is the file as errors are to name it.

    `tags` are parts of pydantic's paths that the file does not have: the names of kinds that it tells apart.
    """
    return InvalidDefinition([f"{source}: {_fault(found, tags)}" for found in error.errors()])


def _fault(error: Mapping[str, Any], tags: Collection[str]) -> str:
    path = [str(part) for part in error["loc"] if part not in tags]
    if path[:1] == ["value"] and len(path) > 2:
        del path[1]  # the kind of value, which the next part says again
    key = ".".join(path)
    if error["type"] == "extra_forbidden":
        return f"{key}: {NO_KEY}"
    said = error["msg"].removeprefix("Value error, ")
    return f"{key}: {said}" if key else said
