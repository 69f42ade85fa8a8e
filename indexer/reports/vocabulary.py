"""The vocabulary of a dataset: the words that its reports are made of, out of `queries/<dataset>/dataset.yaml`."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from indexer.reports.dimensions import CUSTOM, CUSTOM_ANY, PERSON, PERSON_ANY, Dimension, Labels, ValueKind
from indexer.reports.invalid_definition import NO_KEY, InvalidDefinition, invalid

FILE = "dataset.yaml"
"""The name of the file, which is not a report."""

_TYPES: Mapping[ValueKind, tuple[str, ...]] = {
    "text": ("keyword",),
    "number": ("integer", "long"),
    "boolean": ("boolean",),
}

_Text = Annotated[str, Field(min_length=1)]
_Values = dict[_Text, Annotated[frozenset[str], Field(min_length=1)]]


class _Word(BaseModel):
    """What a word stands for; a field alone can be written without its key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: _Text
    several: bool = False
    kind: ValueKind = "text"
    labels: Labels | None = None


def _as_keys(written: object) -> object:
    return {"field": written} if isinstance(written, str) else written


_Words = dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Annotated[_Word, BeforeValidator(_as_keys)]]


class Nested(BaseModel):
    """A list of nested objects that documents have, such as the actions of a conversation.

    `path` is its field, and the word for its items where they are counted. `at` is the date of an item. The names of
    fields are those within an item.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: _Text
    at: _Text
    dimensions: _Words = {}
    values: _Values = {}

    @property
    def axis(self) -> str:
        """The full path of the date."""
        return f"{self.path}.{self.at}"


class Vocabulary(BaseModel):
    """The words of one dataset.

    `documents` is the word for its documents, where they are counted; `former_words` are others that files may have.
    `categories` are those that it adds for reports, in the order in which lists show them.
    `units` are further things that numbers can be of. `axis` is the date of documents in reports that have none of
    their own, such as boards. `attributes` is the flattened field with the documents' own attributes. `spells` are the
    ranges of time that a document was in a state. `dimensions` are the words to group and filter by. `values` are all
    values that a field can have, of fields with few of them: a condition on any other would silently count nothing.
    `people` is the field with the ids of the people that a document is about.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str
    documents: _Text
    former_words: frozenset[str] = frozenset()
    categories: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]] = []
    units: frozenset[str] = frozenset()
    axis: _Text
    attributes: _Text | None = None
    people: _Text | None = None
    spells: list[_Text] = []
    dimensions: _Words
    values: _Values = {}
    nested: Nested | None = None

    @property
    def counted(self) -> list[str]:
        """The words for things that can be counted: documents, and the items of the nested list."""
        return [self.documents, *([self.nested.path] if self.nested else [])]

    def words(self, *, actions: bool) -> list[str]:
        """Every word that reports know, to be shown to people; `actions`: also those of the nested list."""
        own = [CUSTOM_ANY] if self.attributes else []
        return [*self._table(actions=actions), *own, *([PERSON_ANY] if self.people else [])]

    def find(self, name: str, *, actions: bool) -> Dimension | None:
        """The dimension of a word.

        `custom.<name>` is an attribute of the document by its own name, `person.<name>` one of its people.
        """
        if self.people and name.startswith(PERSON) and name not in {PERSON, PERSON + CUSTOM}:
            return Dimension(name, self.people, several=True, of_people=True)
        if self.attributes and name.startswith(CUSTOM) and name != CUSTOM:
            field = f"{self.attributes}.{name.removeprefix(CUSTOM)}"
            return Dimension(name, field, several=True, attributes=self.attributes)
        return self._table(actions=actions).get(name)

    @cached_property
    def closed(self) -> Mapping[str, frozenset[str]]:
        """By the full path of a field, the values that there are."""
        if self.nested is None:
            return self.values
        return self.values | {f"{self.nested.path}.{field}": found for field, found in self.nested.values.items()}

    def _table(self, *, actions: bool) -> Mapping[str, Dimension]:
        return self._with_nested if actions else self._of_documents

    @cached_property
    def _of_documents(self) -> Mapping[str, Dimension]:
        return {
            name: Dimension(name, word.field, word.several, word.kind, labels=word.labels)
            for name, word in self.dimensions.items()
        }

    @cached_property
    def _with_nested(self) -> Mapping[str, Dimension]:
        if self.nested is None:
            return self._of_documents
        path = self.nested.path
        return dict(self._of_documents) | {
            name: Dimension(name, f"{path}.{word.field}", True, word.kind, path, word.labels)  # noqa: FBT003
            for name, word in self.nested.dimensions.items()
        }


def read_vocabulary(source: str, dataset: str, content: object, fields: Mapping[str, str]) -> Vocabulary:
    """The vocabulary that a decoded file holds.

    `source` is the file as errors are to name it, `fields` the dataset's mapping: the path of every field with its
    type. Raises `InvalidDefinition`, also for a field that the mapping does not have.
    """
    if not isinstance(content, Mapping):
        raise InvalidDefinition([f"{source}: is not a list of keys and values"])
    if "dataset" in content:
        raise InvalidDefinition([f"{source}: dataset: {NO_KEY}; the directory says it"])
    try:
        vocabulary = Vocabulary.model_validate({**content, "dataset": dataset})
    except ValidationError as error:
        raise invalid(source, error) from error
    if faults := [f"{source}: {fault}" for fault in _faults(vocabulary, fields)]:
        raise InvalidDefinition(faults)
    return vocabulary


def _faults(vocabulary: Vocabulary, fields: Mapping[str, str]) -> Iterator[str]:
    for key, field, types in _needed(vocabulary):
        found = fields.get(field)
        if found not in types:
            what = "is not a field of the mapping" if found is None else f"is of type {found}"
            yield f"{key}: {field} {what}; it has to be {' or '.join(types)}"


def _needed(vocabulary: Vocabulary) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each field that the vocabulary names: its key in the file, its path, and the types that it may have."""
    yield "axis", vocabulary.axis, ("date",)
    if vocabulary.attributes is not None:
        yield "attributes", vocabulary.attributes, ("flattened",)
    if vocabulary.people is not None:
        yield "people", vocabulary.people, ("keyword",)
    for place, spell in enumerate(vocabulary.spells):
        yield f"spells.{place}", spell, ("date_range",)
    yield from _of_words("", "", vocabulary.dimensions, vocabulary.values)
    if (nested := vocabulary.nested) is not None:
        yield "nested.path", nested.path, ("nested",)
        yield "nested.at", nested.axis, ("date",)
        yield from _of_words("nested.", f"{nested.path}.", nested.dimensions, nested.values)


def _of_words(
    key: str, prefix: str, words: Mapping[str, _Word], values: Mapping[str, Any]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for name, word in words.items():
        yield f"{key}dimensions.{name}", prefix + word.field, _TYPES[word.kind]
    for field in values:
        yield f"{key}values.{field}", prefix + field, _TYPES["text"]
