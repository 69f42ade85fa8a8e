"""The facts beside this file against the vendor's own description of its API, if the machine has it."""

import re
from typing import Any

import pytest

from tests.vendor import document
from tests.vendor.facts import SOME_OF, elsewhere, published

pytestmark = pytest.mark.skipif(
    not document.PATH.exists(), reason=f"needs the vendor's description of its API, edition 2.16, as {document.PATH}"
)


HOLDERS = {
    "call": "value",
    "conversation": "value",
    "conversation_part_author": "author",
    "conversation_source": "source",
    "reference": "assigned_to",
}
"""Under which key an example has the object, whose `type` is told from all other types by it."""


def agrees(fact: Any, description: Any) -> bool:
    """Whether a fact says the same as the description; of an object it may leave out fields."""
    if isinstance(fact, dict) and SOME_OF in fact:
        return set(fact[SOME_OF]) <= set(description)
    if isinstance(fact, dict):
        return isinstance(description, dict) and all(
            name in description and agrees(one, description[name]) for name, one in fact.items()
        )
    if isinstance(fact, list):
        return isinstance(description, list) and set(fact) == set(description)
    return isinstance(description, str) and set(fact.split(" | ")) == set(description.split(" | "))


@pytest.mark.parametrize("name", published()["objects"])
def test_an_object_is_as_the_vendor_describes_it(name: str) -> None:
    description = document.described(name)
    for field, fact in published()["objects"][name].items():
        assert field in description, f"{name}.{field}"
        assert agrees(fact, description[field]), f"{name}.{field}: {fact} here, {description[field]} there"


@pytest.mark.parametrize("name", elsewhere()["objects"])
def test_an_object_from_elsewhere_is_one_that_the_vendor_does_not_describe(name: str) -> None:
    assert name not in document.schemas()


def test_a_field_from_elsewhere_is_one_that_the_vendor_does_not_describe() -> None:
    described = [
        f"{name}.{field}"
        for name, by_source in elsewhere()["fields"].items()
        if name in document.schemas()
        for fields in by_source.values()
        for field in fields
        if field in document.described(name)
    ]
    assert described == []


@pytest.mark.parametrize("name", elsewhere()["corrections"])
def test_a_correction_says_something_else_than_the_vendor(name: str) -> None:
    description = document.described(name)
    for field, fact in elsewhere()["corrections"][name]["here"].items():
        assert field not in description or not agrees(fact, description[field])


def test_every_published_literal_is_in_the_description() -> None:
    missing = [
        f"{place}: {word}" for place, words in published()["words"].items() for word in words if not occurs(place, word)
    ]
    assert missing == []


def test_a_literal_from_elsewhere_is_not_in_the_description() -> None:
    found = [
        f"{place}: {word}"
        for place, by_source in elsewhere()["words"].items()
        for source, words in by_source.items()
        if source != "ours"
        for word in words
        if occurs(place, word)
    ]
    assert found == []


def occurs(place: str, word: str) -> bool:
    """Whether the field has this value in an example, or the text quotes it as one of its values."""
    name, _, field = place.partition(".")
    holder = HOLDERS[name] if field == "type" else None
    if any((holder or key, field, word) == (key, *rest) for key, *rest in document.examples()):
        return True
    own = document.schemas().get(name, {}).get("properties", {}).get(field, {})
    quoted = re.search(rf"<code>{word}</code>|\b{place.removeprefix('conversation_')}\b.*`{word}`", document.text())
    return own.get("example") == word or quoted is not None
