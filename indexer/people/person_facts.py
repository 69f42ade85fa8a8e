"""All that is known of one person: what filters are evaluated on and documents are made of."""

from collections.abc import Mapping
from typing import NamedTuple

from indexer.people.person import Company, Person
from indexer.people.person_event import EventSummary


class PersonFacts(NamedTuple):
    """A person, the companies of the person that are known, and the summaries of events by name."""

    person: Person
    companies: tuple[Company, ...] = ()
    events: Mapping[str, EventSummary] = {}
