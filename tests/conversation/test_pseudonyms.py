"""Erased people in a conversation: pseudonyms in their places, and their addresses nowhere (docs/decisions/0041)."""

from typing import Any

import orjson
import pytest

from indexer.conversation.pseudonyms import addresses_in, hide_texts, people_in, with_pseudonyms
from indexer.errors import Refused
from tests.builders import conversation, document_of, part

Json = dict[str, Any]

START = 1_772_442_000


def by(kind: str, id_: object, email: str | None = None) -> Json:
    return {"type": kind, "id": id_, "email": email}


RAW = conversation(
    part("C", "comment", START + 5, author=by("user", "u1", "Ada@example.com")),
    part("A", "comment", START + 9, author=by("admin", "7", "staff@example.com")),
    part("C", "comment", START + 20, author=by("lead", 8)),
    part("O", "close", START + 30, author=by("bot", "9")),
    part("A", "note", START + 40, author=None),
    at=START,
    state="closed",
    source={"type": "email", "author": by("contact", "u2", "bob@example.com")},
    contacts={"contacts": [{"id": "u1"}, {"id": 3}, {"id": None}]},
    custom_attributes={"plan": "Pro", "asked by": "ADA@example.com", "copies": ["x ada@example.com y", 5, None]},
)
PEOPLE = {
    ("u1", "Ada@example.com"), ("u2", "bob@example.com"), ("8", None), ("u1", None), ("3", None), (None, None),
}  # fmt: skip


def without(raw: Json, pseudonyms: dict[str, str], *hidden: str) -> Json:
    found: Json = orjson.loads(with_pseudonyms(orjson.dumps(raw), pseudonyms, hidden))
    return found


def authors(raw: Json) -> list[tuple[str, object] | None]:
    parts = raw["conversation_parts"]["conversation_parts"]
    return [(one["author"]["type"], one["author"].get("id")) if one.get("author") else None for one in parts]


def test_the_people_are_the_contacts_and_the_authors_that_are_not_staff() -> None:
    assert people_in(orjson.dumps(RAW)) == PEOPLE
    assert people_in(orjson.dumps(RAW | {"user": {"id": "u9"}})) == PEOPLE


def test_a_conversation_may_be_without_people() -> None:
    nobody = {"id": "1", "created_at": START, "state": "open", "source": {}, "contacts": None}
    for parts in ({}, {"conversation_parts": {"total_count": 3}}, {"conversation_parts": []}):
        assert people_in(orjson.dumps(nobody | parts)) == set()


def test_pseudonyms_stand_in_the_places_of_those_people_and_all_others_stay() -> None:
    left = without(RAW, {"u1": "p1", "8": "p8", "3": "p3", "7": "no person"})
    assert authors(left) == [("user", "p1"), ("admin", "7"), ("lead", "p8"), ("bot", "9"), None]
    assert left["source"]["author"]["id"] == "u2"
    assert [one.get("id") for one in left["contacts"]["contacts"]] == ["p1", "p3", None]
    assert without(RAW, {"u2": "p2"})["source"]["author"]["id"] == "p2"


def test_the_numbers_stay_and_only_the_ids_and_the_content_change() -> None:
    before, after = document_of(RAW), document_of(without(RAW, {"u1": "p1", "8": "p8"}, "ada@example.com"))
    assert after["contact_ids"] == ["p1", "3"]
    assert before["contact_ids"] == ["u1", "3"]
    for document in (before, after):
        del document["contact_ids"], document["custom"]
    assert after == before


def test_a_hidden_text_is_nowhere_in_the_attributes_however_it_is_written() -> None:
    left = without(RAW, {"u1": "p1"}, "ada@example.com", "Pr")
    assert left["custom_attributes"] == {
        "plan": "[redacted]o",
        "asked by": "[redacted]",
        "copies": ["x [redacted] y", 5, None],
    }
    assert without(RAW, {"u1": "p1"})["custom_attributes"] == RAW["custom_attributes"]
    assert "custom_attributes" not in without(conversation(at=START, state="open"), {"u1": "p1"}, "ada@example.com")


def test_a_hidden_text_is_taken_by_the_letter() -> None:
    payload = orjson.dumps({"a+b@example.com": ["A+B@EXAMPLE.com, aab@example.com", {"x": "a+b@exampleXcom", "n": 1}]})
    assert orjson.loads(hide_texts(payload, ["a+b@example.com", "nothing"])) == {
        "a+b@example.com": ["[redacted], aab@example.com", {"x": "a+b@exampleXcom", "n": 1}]
    }


def test_with_nothing_to_hide_the_bytes_are_the_same() -> None:
    payload = b'{ "a" : "Ada@example.com" }'
    assert hide_texts(payload, []) is payload


def test_addresses_are_found_in_any_text_in_lower_case() -> None:
    said = {"a": "Ada@Example.com, or bob.b+x@mail.example.org.", "b": [{"c": "no @ here"}, "eve@example.com", 5, None]}
    assert addresses_in(orjson.dumps(said)) == {"ada@example.com", "bob.b+x@mail.example.org", "eve@example.com"}


@pytest.mark.parametrize("payload", [b"", b"[]", b'{"id":"1"}'])
def test_what_is_not_a_conversation_is_refused(payload: bytes) -> None:
    with pytest.raises(Refused):
        people_in(payload)
    with pytest.raises(Refused):
        with_pseudonyms(payload, {}, [])
