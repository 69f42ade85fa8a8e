"""What reports can be grouped and filtered by: a word that people use, and the field it stands for."""

from typing import Literal, NamedTuple

CUSTOM = "custom."
"""The beginning of the names of a document's own attributes."""
CUSTOM_ANY = "custom.<name>"
PERSON = "person."
"""The beginning of the names of what is known about the people of a document."""
PERSON_ANY = "person.<name>"

ValueKind = Literal["text", "number", "boolean"]
Labels = Literal["team", "teammate"]


class Dimension(NamedTuple):
    """A word for a field.

    `several`: a document can have more than one value, and then counts once under each when grouped.
    `kind` is what its values are; only numbers have an order. `nested` is the list of the document whose items have the
    field, which is then asked of the very item that counts; None for a field of the document. `labels` says whose ids
    the values are, if they are ids that have names. `attributes` is the flattened field that an attribute lies in.
    `of_people`: the field has ids of people, and the word is about these people, whose values are read beforehand.
    """

    name: str
    field: str
    several: bool = False
    kind: ValueKind = "text"
    nested: str | None = None
    labels: Labels | None = None
    attributes: str | None = None
    of_people: bool = False

    @property
    def of_action(self) -> bool:
        """Whether the field is one of an action, an item of the nested list, and not of the document."""
        return self.nested is not None

    @property
    def mapped_field(self) -> str:
        """The field as the mapping has it; attributes are all in one flattened field."""
        return self.attributes or self.field
