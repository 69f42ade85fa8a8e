"""Conditions on fields, as definitions write them."""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_serializer,
    model_validator,
)

Scalar = StrictBool | StrictInt | StrictStr
_Number = StrictInt | StrictFloat
_Scalars = Annotated[list[Scalar], Field(min_length=1)]


class Condition(BaseModel):
    """A condition on a field; if several tests are given, all must hold.

    Written as a value (equals), as a list (one of them), or as keys: `not` (none of them, also nothing at all),
    `gte`, `gt`, `lte`, `lt`, `exists`, and `older_than`, seconds that a date lies before the moment of a board.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    in_: Annotated[_Scalars | None, Field(alias="in")] = None
    not_: Annotated[_Scalars | None, Field(alias="not")] = None
    gte: _Number | None = None
    gt: _Number | None = None
    lte: _Number | None = None
    lt: _Number | None = None
    exists: StrictBool | None = None
    older_than: Annotated[StrictInt, Field(gt=0)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _as_keys(cls, written: Any) -> Any:
        if isinstance(written, dict):
            none_of = written.get("not")
            return written if none_of is None or isinstance(none_of, list) else {**written, "not": [none_of]}
        return {"in": written if isinstance(written, list) else [written]}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("says nothing")
        return self

    @property
    def bounds(self) -> dict[str, float]:
        """The tests of order, by their keys."""
        return {key: bound for key in ("gte", "gt", "lte", "lt") if (bound := getattr(self, key)) is not None}

    @property
    def values(self) -> list[Scalar]:
        """All values that the field is tested to equal."""
        return [*(self.in_ or ()), *(self.not_ or ())]

    @model_serializer
    def as_written(self) -> Any:
        """The shortest form that a file can have."""
        given = {
            "in": _shortest(self.in_),
            "not": _shortest(self.not_),
            **self.bounds,
            "exists": self.exists,
            "older_than": self.older_than,
        }
        given = {key: value for key, value in given.items() if value is not None}
        return given["in"] if given.keys() == {"in"} else given

    def in_words(self, field: str) -> str:
        """The condition on that field, in words for people."""
        return " and ".join(self._tests(field))

    def _tests(self, field: str) -> Iterator[str]:
        if self.in_:
            yield f"{field} is {_alternatives(self.in_)}"
        if self.not_:
            yield f"{field} is not {_alternatives(self.not_)}"
        signs = {"gte": "at least", "gt": "more than", "lte": "at most", "lt": "less than"}
        for key, bound in self.bounds.items():
            yield f"{field} is {signs[key]} {bound}"
        if self.exists is not None:
            yield f"{field} has {'a' if self.exists else 'no'} value"
        if self.older_than is not None:
            yield f"{field} lies more than {self.older_than} seconds before the moment asked for"


def _shortest(values: list[Scalar] | None) -> Any:
    return values[0] if values and len(values) == 1 else values


def _alternatives(values: list[Scalar]) -> str:
    said = [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    return said[0] if len(said) == 1 else f"one of {', '.join(said)}"
