"""Events of people out of the vendor's JSON."""

from typing import Any

import pytest

from indexer.errors import Refused
from indexer.people.attribute_value import Value
from indexer.people.event_reader import MOST_KEYS, read_event

EVENT: dict[str, Any] = {"event_name": "placed-order", "created_at": 1_600_000_000, "user_id": "u1"}


def test_metadata_has_the_types_that_are_documented() -> None:
    read = read_event(
        {
            **EVENT,
            "metadata": {
                "Order_Date": 1_392_036_272,
                "source": "desktop",
                "load": 3.67,
                "items": 3,
                "gift": True,
                "article": {"url": "https://example.org/a", "value": "the first"},
                "price": {"currency": "eur", "amount": 34_999},
                "note": None,
            },
        }
    )
    assert read.refused == ()
    assert read.event.metadata == {
        "order_date": Value("datetime", 1_392_036_272),
        "source": Value("string", "desktop"),
        "load": Value("float", 3.67),
        "items": Value("integer", 3),
        "gift": Value("boolean", value=True),
        "article.url": Value("string", "https://example.org/a"),
        "article.value": Value("string", "the first"),
        "price.currency": Value("string", "eur"),
        "price.amount": Value("integer", 34_999),
    }


def test_a_value_that_cannot_be_taken_is_named_and_all_others_are_read() -> None:
    read = read_event(
        {
            **EVENT,
            "metadata": {
                "plan": "pro",
                "Plan": "free",
                "a.b": 1,
                "$set": 1,
                "nested": {"deep": 1},
                "list": [1],
                "long": "x" * 256,
                "day_date": "soon",
                "price": {"amount": -1, "currency": "eur"},
                "large": 1 << 60,
            },
        }
    )
    assert read.event.metadata == {"plan": Value("string", "pro"), "day_date": Value("string", "soon")}
    assert [each.attribute.removeprefix("metadata.") for each in read.refused] == [
        "Plan", "a.b", "$set", "nested", "list", "long", "price", "large",
    ]  # fmt: skip


def test_the_first_keys_are_kept_and_the_others_are_named() -> None:
    read = read_event({**EVENT, "metadata": {f"k{ordinal}": ordinal for ordinal in range(MOST_KEYS + 2)}})
    assert list(read.event.metadata) == [f"k{ordinal}" for ordinal in range(MOST_KEYS)]
    assert [each.attribute for each in read.refused] == ["metadata.k10", "metadata.k11"]


@pytest.mark.parametrize(
    ("said", "person"),
    [
        ({"id": "p1"}, ("p1", None, None)),
        ({"user_id": 7, "email": "a@example.com"}, (None, "7", "a@example.com")),
        ({"type": "event", "id": "e1", "intercom_user_id": "p1", "user_id": "u1"}, ("p1", "u1", None)),
        ({"type": "event", "id": "e1", "user_id": "u1"}, (None, "u1", None)),
        ({"type": "event", "id": "p1"}, ("p1", None, None)),
    ],
)
def test_the_person_is_named_as_the_vendor_does(said: dict[str, Any], person: tuple[Any, ...]) -> None:
    event = read_event({"event_name": "export", "created_at": "2026-01-01T00:00:00Z", **said}).event
    assert (event.id, event.external_id, event.email) == person
    assert event.at == 1_767_225_600


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"event_name": None}, "event_name"),
        ({"event_name": 5}, "event_name"),
        ({"event_name": "a\nb"}, "event_name"),
        ({"event_name": "x" * 191}, "event_name"),
        ({"created_at": None}, "created_at"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"user_id": None}, ""),
        ({"user_id": "a\0"}, "user_id"),
        ({"type": "contact"}, "type"),
    ],
)
def test_without_a_name_a_time_and_a_person_there_is_no_event(change: dict[str, Any], path: str) -> None:
    with pytest.raises(Refused) as caught:
        read_event({**EVENT, **change})
    assert caught.value.path == path
