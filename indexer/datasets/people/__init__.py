"""People: contacts and visitors, with what is known of their companies and events."""

import time

from msgspec.json import Encoder

from indexer.conversation.ahead import last_change
from indexer.datasets.dataset import Computation, Dataset, Incoming, Noun, Stored
from indexer.datasets.person_fields import PERSON_FIELDS
from indexer.messages.written_values import stored_form
from indexer.people.attribute import Catalogue
from indexer.people.attribute_models import MODEL
from indexer.people.person import Person, company_from, person_from
from indexer.people.person_document import PERSON_VERSION, person_document
from indexer.people.person_event import summary_from
from indexer.people.person_facts import PersonFacts
from indexer.people.person_reader import read_person
from indexer.people.record_flags import flagged
from indexer.records.raw import object_from

__all__ = ["PEOPLE", "incoming_person", "stored_facts"]

_encode = Encoder().encode


def incoming_person(person: Person) -> Incoming:
    """A person as it is saved; raises `Refused` for a text that is not Unicode."""
    changed = last_change(person.updated_at, (person.created_at,), int(time.time()))
    return Incoming(person.id, stored_form(_encode, person), person.created_at, changed.at, ahead=changed.ahead)


def stored_facts(stored: Stored) -> PersonFacts:
    """All that is stored of a person."""
    companies = tuple(map(company_from, stored.linked))
    events = {summary.name: summary for summary in map(summary_from, stored.summaries)}
    return PersonFacts(flagged(person_from(stored.payload), stored.saved_at), companies, events)


def _incoming(payload: bytes) -> Incoming:
    return incoming_person(read_person(object_from(payload), Catalogue()).person)


def _document(stored: Stored, computation: Computation, version: int) -> bytes:
    return _encode(person_document(stored_facts(stored), computation.workspace_id, version, MODEL))


PEOPLE = Dataset(
    name="people",
    entity=Noun("person", "people"),
    key_field="id",
    lists=("data", "contacts", "users", "visitors"),
    incoming=_incoming,
    document=_document,
    definitions_version=PERSON_VERSION,
    within_office_hours=False,
    fields=PERSON_FIELDS.fields,
    inputs=("linked", "summaries"),
)
