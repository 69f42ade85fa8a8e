"""Parameters of a report: numbers in its definition that a question may replace, each within bounds of its own."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from indexer.calendar.durations import SIZES

Path = tuple[str, ...]
"""The keys that lead to a value in a definition's file."""

_SIGN = "$"
_WRITTEN = re.compile(r"([a-z][a-z0-9_]*)=(.+)", re.DOTALL)
_NUMBER = re.compile(r"(\d{1,12}) ?([smhd]?)", re.ASCII)


class Parameter(BaseModel):
    """A number that a definition names as `$name`, with its default and its bounds.

    `sets` (not in the file) are the places where it is named.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: Annotated[str, Field(min_length=1)]
    unit: Literal["seconds", "percent"]
    default: StrictInt
    minimum: StrictInt
    maximum: StrictInt
    sets: list[list[str]] = []

    @model_validator(mode="after")
    def _default_lies_between(self) -> Self:
        if not self.minimum <= self.default <= self.maximum:
            raise ValueError(f"default: {self.default} is not between {self.minimum} and {self.maximum}")
        return self

    def read(self, written: str) -> int:
        """The value that a question gives: a whole number, or a duration such as `30m`, `8h` or `2d`.

        Raises `ValueError` if it is neither, or beyond the bounds.
        """
        found = _NUMBER.fullmatch(written)
        if found is None or (found[2] and self.unit != "seconds"):
            form = "whole seconds or a duration such as 30m, 8h or 2d" if self.unit == "seconds" else "a whole number"
            raise ValueError(f"{written!r} is not {form}")
        value = int(found[1]) * SIZES.get(found[2], 1)
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"{written} is not between {self.minimum:,} and {self.maximum:,} {self.unit}")
        return value


def read_parameter(written: str) -> tuple[str, str]:
    """The name and the value of `name=value`; raises `ValueError` if it has another form."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(f"{written!r} is not of the form NAME=VALUE")
    return found[1], found[2]


def references(content: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, Path]]:
    """The name and the place of every `$name` in a decoded file."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield from references(value, (*before, str(key)))
    elif isinstance(content, str) and content.startswith(_SIGN):
        yield content.removeprefix(_SIGN), before


def replaced(content: Mapping[str, Any], values: Mapping[Path, int]) -> dict[str, Any]:
    """The content with other values at some of its places."""
    found = dict(content)
    for (key, *rest), value in values.items():
        found[key] = replaced(found[key], {tuple(rest): value}) if rest else value
    return found
