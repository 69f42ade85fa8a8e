"""Adding the attributes that records bring to those of the workspace; one that cannot be added stops no other."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.errors import Refused
from indexer.people.attribute import Attribute, Catalogue
from indexer.store.entities.attributes import add_attributes, read_attributes


class AddedAttributes(NamedTuple):
    """All attributes of the workspace, and by name the reason why one was not added."""

    catalogue: Catalogue
    refused: dict[str, Refused]


def add_usable_attributes(
    connection: Connection, workspace_id: str, attributes: Sequence[Attribute]
) -> AddedAttributes:
    """Add the attributes, whose types those win that another process has added meanwhile."""
    try:
        with connection.begin_nested():
            return AddedAttributes(add_attributes(connection, workspace_id, attributes), {})
    except Refused as reason:
        if len(attributes) == 1:
            return AddedAttributes(read_attributes(connection, workspace_id), {attributes[0].name: reason})
    refused: dict[str, Refused] = {}
    for one in attributes:
        refused |= add_usable_attributes(connection, workspace_id, [one]).refused
    return AddedAttributes(read_attributes(connection, workspace_id), refused)
