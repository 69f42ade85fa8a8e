"""The document of a company: the standard attributes as fields, and the custom ones as the model lays them out."""

from typing import Any, Final

from indexer.people.attribute_model import AttributeModel
from indexer.people.person import Company, Person
from indexer.people.person_facts import PersonFacts
from indexer.people.record_document import record_document

COMPANY_VERSION: Final = 2
"""Raised with every change of what a company's document says."""


def company_document(company: Company, workspace_id: str, revision: int, model: AttributeModel) -> dict[str, Any]:
    """Everything that lists know of a company; its values have the keys that its people's documents have too."""
    nobody = Person(id="", role="", created_at=0, updated_at=0)
    document = record_document(company, workspace_id, revision, COMPANY_VERSION)
    return {**document, **model.fields(PersonFacts(nobody, (company,)))}
