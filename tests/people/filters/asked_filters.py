"""The filters, and the people that they are asked about, always the same ones."""

from functools import cache

from indexer.people.filters import Filter, FilterScope
from indexer.people.person_facts import PersonFacts
from tests.people.filters.filter_workspace import ZONES, RandomPeople, scope
from tests.people.filters.random_filters import RandomFilters

PEOPLE_ASKED = 5_000
FILTERS = 2_000


@cache
def people_asked() -> list[PersonFacts]:
    """People with everything that a person can have, or lack."""
    return RandomPeople(20).people(PEOPLE_ASKED)


@cache
def segments_asked() -> dict[str, Filter]:
    """Segments, of which the later ones ask for the former ones."""
    plain = RandomFilters(1, scope())
    first = {f"plain {ordinal}": plain.filter(2) for ordinal in range(4)}
    above = RandomFilters(2, scope(**first))
    return {**first, **{f"of segments {ordinal}": above.filter(1) for ordinal in range(4)}}


@cache
def asked_filters() -> list[tuple[Filter, FilterScope]]:
    """Filters, each with the zone that it is asked in."""
    scopes = [scope(zone, **segments_asked()) for zone in ZONES]
    makers = [RandomFilters(100 + ordinal, one) for ordinal, one in enumerate(scopes)]
    return [(makers[n % len(makers)].filter(), scopes[n % len(scopes)]) for n in range(FILTERS)]
