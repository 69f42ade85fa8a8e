"""Receipts as the vendor's files and its API write them, and in the form in which they are stored."""

import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.datasets.dataset import newest_of
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS, incoming_receipt
from indexer.errors import Refused
from indexer.messages.receipt import Receipt, read_receipt, receipt_from, stored_receipt
from tests.messages.made_receipts import HOSTILE, T, receipt, receipts

FROM_THE_API: dict[str, Any] = {
    "user_id": "5f1",
    "user_external_id": 42,
    "company_id": -1,
    "email": "ada@example.com",
    "name": "Ada",
    "ruleset_id": 101,
    "content_id": 102,
    "content_type": "Email",
    "content_title": "Welcome",
    "ruleset_version_id": 103,
    "receipt_id": 9_007_199_254_740_991,
    "received_at": T,
    "series_id": -1,
    "series_title": "",
    "node_id": None,
    "last_state_changed_by": 7,
}
MEANT = Receipt(
    receipt_id="9007199254740991",
    received_at=T,
    user_id="5f1",
    user_external_id="42",
    email="ada@example.com",
    name="Ada",
    ruleset_id="101",
    content_id="102",
    content_type="Email",
    content_title="Welcome",
    ruleset_version_id="103",
    last_state_changed_by="7",
)


def as_cells(raw: dict[str, Any]) -> dict[str, str]:
    """The same as the cells of a CSV file."""
    return {name: "" if value is None else str(value) for name, value in raw.items()}


@pytest.mark.parametrize("raw", [FROM_THE_API, as_cells(FROM_THE_API), FROM_THE_API | {"type": "receipt"}])
def test_the_api_and_a_file_say_the_same_of_a_receipt(raw: dict[str, Any]) -> None:
    assert read_receipt(raw) == MEANT


@pytest.mark.parametrize(
    "said",
    [
        T,
        float(T),
        str(T),
        T * 1000,
        str(T * 1000),
        "2024-03-04T09:00:00Z",
        "2024-03-04 10:00:00+01:00",
        "2024-03-04T09:00:00.999Z",
    ],
)
def test_a_time_is_read_in_every_form(said: Any) -> None:
    assert read_receipt({"receipt_id": "1", "received_at": said}).received_at == T


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ({"received_at": T}, "receipt_id: is missing"),
        ({"receipt_id": "", "received_at": T}, "receipt_id: is missing"),
        ({"receipt_id": "a\0b", "received_at": T}, "receipt_id: holds a NUL character"),
        ({"receipt_id": "x" * 600, "received_at": T}, "receipt_id: .* is longer than 512 bytes"),
        ({"receipt_id": {}, "received_at": T}, "receipt_id: is an object, not an id"),
        ({"receipt_id": "1"}, "received_at: is missing"),
        ({"receipt_id": "1", "received_at": ""}, "received_at: is missing"),
        ({"receipt_id": "1", "received_at": -1}, "received_at: -1 is not a time"),
        ({"receipt_id": "1", "received_at": "yesterday"}, "received_at: 'yesterday' is neither"),
        ({"receipt_id": "1", "received_at": "2024-03-04 09:00:00"}, "has no time zone"),
        ({"receipt_id": "1", "received_at": T, "type": "call"}, "type: is 'call', not 'receipt'"),
    ],
)
def test_what_is_not_a_receipt_is_refused_with_the_name_at_fault(raw: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read_receipt(raw)


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_a_title_is_kept_to_the_letter(title: str) -> None:
    found = read_receipt({"receipt_id": "1", "received_at": T, "content_title": title})
    assert receipt_from(stored_receipt(found)).content_title == title


def test_a_person_without_any_id_but_one_is_a_recipient() -> None:
    for name in ("user_id", "user_external_id", "email"):
        found = read_receipt({"receipt_id": "1", "received_at": T, name: "x"})
        assert [getattr(found, one) for one in ("user_id", "user_external_id", "email")].count("x") == 1


def test_half_of_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(Refused, match="half of a surrogate pair"):
        stored_receipt(receipt(content_title="\ud800"))


@given(receipts())
def test_a_stored_receipt_reads_back_and_so_does_its_json_as_an_import(one: Receipt) -> None:
    assert receipt_from(stored_receipt(one)) == one
    incoming = MESSAGE_RECEIPTS.incoming(stored_receipt(one))
    assert (incoming.entity_id, incoming.created_at, incoming.precedence) == ("r1", T, one.precedence)
    assert incoming.payload == stored_receipt(one)


@given(st.lists(receipts(), min_size=2, max_size=4), st.integers(0, 3))
def test_of_receipts_with_one_id_the_same_is_kept_in_every_order(some: list[Receipt], later: int) -> None:
    some = [*some, receipt(received_at=T + later, ruleset_version_id="9"), receipt(ruleset_version_id="10")]

    def rank(one: Receipt) -> tuple[int, int, bytes]:
        version = one.ruleset_version_id or ""
        return int(version) if version.isdecimal() else 0, one.received_at, stored_receipt(one)

    kept = {
        newest_of([incoming_receipt(one) for one in order], force=False)["r1"].payload
        for order in permutations(some[:4])
    }
    assert kept == {stored_receipt(max(some[:4], key=rank))}


def test_versions_are_compared_as_numbers() -> None:
    ascending = [None, "1", "9", "10", "0100", "1" * 50]
    ranks = [receipt(ruleset_version_id=version).precedence.encode() for version in ascending]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)
    assert receipt(ruleset_version_id="draft").precedence == receipt().precedence
    assert receipt(received_at=T + 1).precedence > receipt().precedence


def test_a_receipt_of_the_future_does_not_count_as_the_newest_change() -> None:
    ahead = incoming_receipt(receipt(received_at=4_000_000_000))
    assert (ahead.created_at, ahead.updated_at, ahead.ahead) == (4_000_000_000, 0, 4_000_000_000)


def test_a_receipt_is_imported_from_the_vendors_json() -> None:
    assert receipt_from(MESSAGE_RECEIPTS.incoming(json.dumps(FROM_THE_API).encode()).payload) == MEANT
