"""Segments within filters: no circles, and no more than can be asked."""

import pytest

from indexer.people.filters import Filter, FilterError, check_segment, parse_filter, segments_named
from tests.people.filters.filter_workspace import scope

PLAIN = parse_filter('tag is "vip"', scope())


def of(name: str) -> Filter:
    return parse_filter(f'segment is "{name}"', scope(**{name: PLAIN}))


def test_a_segment_that_leads_back_to_itself_is_refused_with_its_way() -> None:
    circle = scope(A=of("B"), B=of("C"), C=of("A"))
    with pytest.raises(FilterError, match="A > B > C > A leads back"):
        parse_filter('segment is "A"', circle)


def test_a_filter_cannot_be_saved_under_a_name_that_it_leads_to() -> None:
    known = scope(A=PLAIN, B=of("A"))
    found = parse_filter('segment is "B" or plan is "x"', known)
    check_segment("C", found, known)
    with pytest.raises(FilterError, match="A > B > A leads back"):
        check_segment("A", found, known)


def test_segments_are_counted_with_their_conditions() -> None:
    many = parse_filter(" or ".join(['tag is "vip"'] * 70), scope())
    known = scope(A=many, B=many, C=many)
    parse_filter('segment in ("A", "B")', known)
    with pytest.raises(FilterError, match="more than 200 conditions"):
        parse_filter('segment in ("A", "B", "C")', known)


def test_segments_within_segments_are_levels() -> None:
    known = {"s0": PLAIN}
    for level in range(1, 9):
        known[f"s{level}"] = of(f"s{level - 1}")
    parse_filter('segment is "s7"', scope(**known))
    with pytest.raises(FilterError, match="nested more than 8 deep"):
        parse_filter('segment is "s8"', scope(**known))


def test_the_segments_that_a_filter_names_are_listed_once() -> None:
    known = scope(A=PLAIN, B=of("A"))
    assert segments_named(parse_filter('segment in ("B", "A") or (plan is "x" and segment is not "B")', known)) == (
        "B",
        "A",
    )
