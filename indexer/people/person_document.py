"""The document of a person: the standard attributes as fields, and the other values as the model lays them out."""

from typing import Any, Final

from indexer.people.attribute_model import AttributeModel
from indexer.people.person_facts import PersonFacts
from indexer.people.record_document import record_document

PERSON_VERSION: Final = 2
"""Raised with every change of what a person's document says."""


def person_document(facts: PersonFacts, workspace_id: str, revision: int, model: AttributeModel) -> dict[str, Any]:
    """Everything that filters and reports know of a person."""
    document = record_document(facts.person, workspace_id, revision, PERSON_VERSION)
    if facts.person.companies:
        document["companies"] = list(facts.person.companies)
    return {**document, **model.fields(facts)}
