"""What reports can be grouped and filtered by: the words that people use, and the fields they stand for."""

from typing import NamedTuple

_CUSTOM = "custom."


class Dimension(NamedTuple):
    """A word for a field of the document.

    `several`: a conversation can have more than one value, and then counts once under each when grouped.
    """

    name: str
    field: str
    several: bool = False

    @property
    def mapped_field(self) -> str:
        """The field as the mapping has it; custom attributes are all in one flattened field."""
        return _CUSTOM.rstrip(".") if self.field.startswith(_CUSTOM) else self.field


_TABLE = (
    Dimension("channel", "channel"),
    Dimension("country", "country"),
    Dimension("continent", "continent"),
    Dimension("tag", "tags", several=True),
    Dimension("team", "team_assigned_id"),
    Dimension("teammate", "teammate_assigned_id"),
    Dimension("company", "company_ids", several=True),
    Dimension("delivered_as", "delivered_as"),
    Dimension("state", "state"),
    Dimension("priority", "priority"),
)
_BY_NAME = {dimension.name: dimension for dimension in _TABLE}

VOCABULARY = (*_BY_NAME, "custom.<name>")
"""Every name, to be shown to people."""


def find_dimension(name: str) -> Dimension | None:
    """The dimension of that name; `custom.<name>` is an attribute of the conversation by its own name."""
    if name.startswith(_CUSTOM) and name != _CUSTOM:
        return Dimension(name, name, several=True)
    return _BY_NAME.get(name)
