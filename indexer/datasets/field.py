"""A field of a dataset's documents, with everything that is said of it, so that each fact is stated once.

The document itself is a struct beside its definitions; a test compares it with these fields, and the mapping too.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

Pipeline = Literal["new", "rest", "legacy"]
"""The three generations of definitions that the document of a conversation carries (docs/metrics.md)."""

PIPELINES: tuple[Pipeline, ...] = get_args(Pipeline)
"""All of them, in the order in which an export has their columns."""

Clock = Literal["elapsed", "office"]
"""Whether a duration is elapsed time, or time within the workspace's office hours."""

Cell = Literal["text", "number", "time", "boolean", "list"]
"""How an export writes a value."""

Derivation = Literal["time", "duration", "durations", "median", "count", "ranges", "ids", "flag", "fact"]
"""How a value follows from the entries and stretches that an explanation lists (docs/explaining.md)."""


class FieldType(NamedTuple):
    """A type of values: in words, with the unit; how the index maps it; how an export writes it, if it can.

    `derivation` is how values of this type follow from entries of the timeline, unless the field says otherwise.
    """

    words: str
    mapping: Mapping[str, Any]
    cell: Cell | None
    derivation: Derivation = "fact"


_LONGEST = 8191
"""Characters up to which a text is found by its value: Elasticsearch takes no longer term."""

TIME = FieldType("time", {"type": "date", "format": "epoch_second"}, "time", "time")
SECONDS = FieldType("seconds", {"type": "long", "index": False}, "number", "duration")
SEARCHED_SECONDS = SECONDS._replace(mapping={"type": "long"})
LIST_OF_SECONDS = FieldType("list of seconds", SECONDS.mapping, "list", "durations")
COUNT = FieldType("number", {"type": "long"}, "number", "count")
EPOCH_SECONDS = COUNT._replace(words="epoch seconds")
FLAG = FieldType("true or false", {"type": "boolean"}, "boolean", "flag")
ID = FieldType("id", {"type": "keyword"}, "text", "ids")
IDS = FieldType("list of ids", ID.mapping, "list", "ids")
WORD = FieldType("word", ID.mapping, "text")
WORDS = FieldType("list of words", ID.mapping, "list")
TEXT = FieldType("text", {"type": "keyword", "ignore_above": _LONGEST}, "text")
TEXTS = FieldType("list of texts", TEXT.mapping, "list")
TEXT_NOT_GROUPED = TEXT._replace(mapping={**TEXT.mapping, "doc_values": False})
LONG_TEXT = TEXT._replace(mapping={"type": "text", "index_options": "docs", "norms": False})
ID_NOT_SEARCHED = ID._replace(mapping={**ID.mapping, "index": False, "doc_values": False})
RANGES = FieldType("list of ranges", {"type": "date_range", "format": "epoch_second"}, None, "ranges")
RANGE = RANGES._replace(words="range")
ATTRIBUTES = FieldType("attributes", {"type": "flattened", "ignore_above": _LONGEST}, None)


class Field(NamedTuple):
    """A field by its path in the document, such as `statistics.count_reopens`.

    `certainty` says where the definition comes from: P published, O observed, D decided here. `rule` is the definition
    in one sentence, for explanations and exports; `page` says it in Markdown for docs/metrics.md, if that says more.
    `clock` is what a duration is measured with; a twin (`X_ooo`) has the other one. `compared_with` are the paths of
    other pipelines' fields that answer the same question: `indexer diff` compares them.
    """

    path: str
    type: FieldType
    certainty: Literal["P", "P, O", "P, D", "D", ""]
    rule: str
    page: str = ""
    derivation: Derivation | None = None
    clock: Clock | None = None
    exported: bool = True
    compared_with: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


def both(
    path: str,
    type_: FieldType,
    certainty: Literal["P", "P, O", "P, D", "D", ""],
    rule: str,
    page: str = "",
    *,
    derivation: Derivation | None = None,
    compared_with: tuple[str, ...] = (),
    compared_with_ooo: tuple[str, ...] = (),
) -> tuple[Field, Field]:
    """A duration and its twin: `X` is elapsed time, `X_ooo` time within office hours."""
    within = f"{rule.removesuffix('.')}, counting office hours only."
    return (
        Field(path, type_, certainty, rule, page, derivation, "elapsed", compared_with=compared_with),
        Field(f"{path}_ooo", type_, certainty, within, page, derivation, "office", compared_with=compared_with_ooo),
    )


class Group(NamedTuple):
    """The fields under one heading of docs/metrics.md, all in the same object of the document.

    `object` is the name of that object, empty for the document itself. `pipeline` is the one that defines them; None
    for facts, which are not computed from entries of the timeline. `whole` is the rule of an object or a list of
    objects that is explained as one field.
    """

    title: str
    object: str
    pipeline: Pipeline | None
    fields: tuple[Field, ...]
    whole: str = ""

    @property
    def explained(self) -> list[str]:
        """The paths that an explanation has of this group: its fields, or the object as a whole."""
        return [self.object] if self.whole else [field.path for field in self.fields]


def group(title: str, object_: str, pipeline: Pipeline | None, *fields: Field, whole: str = "") -> Group:
    """A group of these fields; their paths are given without the object."""
    prefix = f"{object_}." if object_ else ""
    placed = (
        field._replace(
            path=prefix + field.path,
            derivation="fact" if pipeline is None else field.derivation or field.type.derivation,
        )
        for field in fields
    )
    return Group(title, object_, pipeline, tuple(placed), whole)
