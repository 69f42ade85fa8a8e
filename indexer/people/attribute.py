"""An attribute of people or companies, and the attributes that a workspace has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from msgspec import Struct

from indexer.people.attribute_value import DataType

Model = Literal["contact", "company"]
"""Whose attribute it is, in the vendor's words."""

OWNERS: Final[Mapping[Model, str]] = {"contact": "people", "company": "companies"}
"""The same in the words of messages."""


class Attribute(Struct, frozen=True, kw_only=True):
    """An attribute, standard or custom; names tell capitals apart.

    `options` are the values that a `list` allows. `qualification` says that it is one of the attributes by which leads
    are qualified. `inferred` says that nobody declared it: its type is that of the first value that came.
    """

    model: Model
    name: str
    type: DataType
    custom: bool = True
    options: tuple[str, ...] = ()
    qualification: bool = False
    archived: bool = False
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The custom attributes of a workspace, archived ones too, by model and name."""

    attributes: Mapping[tuple[Model, str], Attribute] = field(default_factory=dict)

    def get(self, model: Model, name: str) -> Attribute | None:
        """The attribute of that name, archived or not; None if there is none."""
        return self.attributes.get((model, name))

    def with_attributes(self, added: Iterable[Attribute]) -> "Catalogue":
        """The same catalogue with these attributes in addition; they replace those of the same name."""
        return Catalogue({**self.attributes, **{(one.model, one.name): one for one in added}})
