"""Companies of people."""

import time

from msgspec.json import Encoder

from indexer.conversation.ahead import last_change
from indexer.datasets.dataset import Computation, Dataset, Incoming, Noun, Stored
from indexer.datasets.person_fields import COMPANY_FIELDS
from indexer.messages.written_values import stored_form
from indexer.people.attribute import Catalogue
from indexer.people.attribute_models import MODEL
from indexer.people.company_document import COMPANY_VERSION, company_document
from indexer.people.company_reader import read_company
from indexer.people.person import Company, company_from
from indexer.people.record_flags import flagged
from indexer.records.raw import object_from

__all__ = ["COMPANIES", "incoming_company"]

_encode = Encoder().encode


def incoming_company(company: Company) -> Incoming:
    """A company as it is saved; raises `Refused` for a text that is not Unicode."""
    changed = last_change(company.updated_at, (company.created_at,), int(time.time()))
    return Incoming(company.id, stored_form(_encode, company), company.created_at, changed.at, ahead=changed.ahead)


def _incoming(payload: bytes) -> Incoming:
    return incoming_company(read_company(object_from(payload), Catalogue()).company)


def _document(stored: Stored, computation: Computation, version: int) -> bytes:
    return _encode(
        company_document(
            flagged(company_from(stored.payload), stored.saved_at), computation.workspace_id, version, MODEL
        )
    )


COMPANIES = Dataset(
    name="companies",
    entity=Noun("company", "companies"),
    key_field="id",
    lists=("data", "companies"),
    incoming=_incoming,
    document=_document,
    definitions_version=COMPANY_VERSION,
    within_office_hours=False,
    fields=COMPANY_FIELDS.fields,
)
