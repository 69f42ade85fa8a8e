"""Random filters over random people: `matches`, text and JSON agree with the second evaluation."""

from random import Random

from indexer.people.filters import filter_as_json, filter_from_json, matches, parse_filter, print_filter
from tests.people.filters.asked_filters import PEOPLE_ASKED, asked_filters, people_asked, segments_asked
from tests.people.filters.filter_oracle import Oracle
from tests.people.filters.filter_workspace import NOW


def test_matches_agrees_with_the_description() -> None:
    people = people_asked()
    oracle = Oracle(people, NOW, segments_asked())
    random = Random(4)
    for one, within in asked_filters():
        expected = oracle.set_of(one, within.zone)
        for ordinal in random.sample(range(PEOPLE_ASKED), 8):
            assert matches(one, people[ordinal], within) == bool(expected >> ordinal & 1), print_filter(one)


def test_each_filter_survives_text_and_json() -> None:
    for one, within in asked_filters():
        text = print_filter(one)
        read = parse_filter(text, within)
        assert repr(read) == repr(one), text
        assert repr(filter_from_json(filter_as_json(read), within)) == repr(one), text
        assert print_filter(filter_from_json(filter_as_json(read), within)) == text
