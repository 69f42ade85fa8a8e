"""The catalogues of the fields that the documents of people and of companies have."""

from collections.abc import Iterator
from typing import Final

from indexer.datasets.field import ATTRIBUTES, COUNT, FLAG, ID, IDS, TEXT, TEXTS, TIME, WORDS, Field, FieldType, group
from indexer.people.attribute import Model
from indexer.people.attribute_value import DataType
from indexer.people.standard import STANDARD

_AMOUNT: Final = FieldType("amount", {"type": "double"}, "number")
_TERMS: Final = FieldType("list of texts", {"type": "keyword", "doc_values": False}, None)

_TYPES: Final[dict[DataType, FieldType]] = {
    "string": TEXT,
    "list": TEXT,
    "integer": COUNT,
    "float": _AMOUNT,
    "boolean": FLAG,
    "date": COUNT,
    "datetime": TIME,
}


def _standard(model: Model) -> Iterator[Field]:
    for attribute in STANDARD[model].values():
        type_ = ID if attribute.name == "id" else _TYPES[attribute.type]
        yield Field(attribute.name, type_, "", attribute.meaning)


_ABOUT: Final = (
    Field("workspace_id", ID, "", "The workspace, as named at the import."),
    Field("revision", COUNT, "", "The number of the newest write that the document was computed from."),
    Field("metrics_version", COUNT, "", "The version of the definitions of the document."),
    Field("data_quality", WORDS, "", "What is unusual about the record."),
)

_LISTS: Final = (
    Field("tags", TEXTS, "", "The tags, by name."),
    Field("segments", TEXTS, "", "The vendor's segments, by name or by id."),
)

_VALUES: Final = (
    Field("values", ATTRIBUTES, "", "The values of custom attributes, of companies and of events, as codes by key."),
    Field("texts", _TERMS, "", "All texts with their keys, as searches regardless of capitals need them."),
)

PERSON_FIELDS = group(
    "People",
    "",
    None,
    *_ABOUT,
    *_standard("contact"),
    *_LISTS,
    Field("companies", IDS, "", "The companies, by id."),
    *_VALUES,
)

COMPANY_FIELDS = group("Companies", "", None, *_ABOUT, *_standard("company"), *_LISTS, *_VALUES)
