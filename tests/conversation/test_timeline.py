"""The events by their roles, and those after the anchor (decisions 1 and 15)."""

from typing import Any

import pytest

from indexer.conversation import Event, Roles, Timeline, timeline_of
from tests.builders import conversation, parsed, part


def line(*parts: dict[str, Any], by: str = "A") -> Timeline:
    """Of a conversation that a teammate began, unless it says otherwise."""
    delivered_as = "customer_initiated" if by == "C" else "admin_initiated"
    return timeline_of(parsed(conversation(*parts, by=by, delivered_as=delivered_as)).events)


def at(events: list[Event]) -> list[int]:
    return [event.at for event in events]


def roles(found: Roles) -> dict[str, list[int]]:
    return {
        "replies": at(found.replies),
        "assignments": at(found.assignments),
        "closes": at(found.closes),
        "reopens": at(found.reopens),
    }


ROUND = ("comment", "assignment", "close", "open", "assign_and_reopen")


def test_each_event_has_the_roles_of_its_type_and_its_author() -> None:
    parts = [part("A", kind, 5 + place, body=kind == "close") for place, kind in enumerate(ROUND)]
    found = line(*parts, part("C", "comment", 20), part("O", "comment", 21), part("C", "open", 22, body=True))
    assert roles(found.whole) == {
        "replies": [5, 7],
        "assignments": [6, 9],
        "closes": [7],
        "reopens": [8, 9, 22],
    }
    assert at(found.contact_messages) == [20, 22]


def test_only_what_is_later_than_the_first_contact_message_is_after_it() -> None:
    of_one_second = [part("A", kind, 9, body=kind == "close") for kind in ROUND]
    first, second = part("C", "comment", 9), part("C", "comment", 10)
    found = line(*of_one_second, first, *of_one_second, second, part("A", "comment", 11))
    assert found.anchor is found.events[len(ROUND)]
    assert at(found.contact_messages) == [9, 10]
    assert roles(found.after) == {
        "replies": [9, 9, 11],
        "assignments": [9, 9],
        "closes": [9],
        "reopens": [9, 9],
    }


@pytest.mark.parametrize("kind", ["open", "close", "assignment"])
def test_a_contact_message_that_is_the_anchor_is_not_after_itself(kind: str) -> None:
    found = line(part("A", "comment", 5), part("C", kind, 6, body=True))
    assert found.anchor is not None
    assert found.anchor.at == 6
    assert roles(found.after) == {"replies": [], "assignments": [], "closes": [], "reopens": []}


def test_everything_is_after_the_customers_first_message_if_it_is_the_source() -> None:
    found = line(part("A", "comment", 0), part("C", "comment", 4), part("A", "close", 5), by="C")
    assert found.anchor is found.events[0]
    assert at(found.contact_messages) == [0, 4]
    assert found.after == found.whole
    assert roles(found.after) == {"replies": [0], "assignments": [], "closes": [5], "reopens": []}


def test_a_part_from_before_the_creation_is_not_after_the_source() -> None:
    found = timeline_of(parsed(conversation(part("A", "close", 99), part("A", "open", 100), at=100)).events)
    assert roles(found.whole) == {"replies": [], "assignments": [], "closes": [99], "reopens": [100]}
    assert roles(found.after) == {"replies": [], "assignments": [], "closes": [], "reopens": [100]}


def test_without_a_contact_message_nothing_is_after_it() -> None:
    found = line(part("A", "comment", 5), part("A", "close", 6))
    assert (found.anchor, found.contact_messages) == (None, [])
    assert roles(found.after) == {"replies": [], "assignments": [], "closes": [], "reopens": []}
    assert roles(found.whole) == {"replies": [5], "assignments": [], "closes": [6], "reopens": []}
