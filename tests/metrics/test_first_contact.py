"""Closed on first contact: exactly one close after the anchor, and exactly one teammate who took part."""

from typing import Any

import pytest

from tests.builders import conversation, document_of, part


@pytest.mark.parametrize(
    ("parts", "closed"),
    [
        ([part("A", "comment", 5), part("A", "close", 9)], True),
        ([part("A", "comment", 5), part("O", "close", 9)], True),
        ([part("A", "close", 9)], False),
        ([part("O", "comment", 5), part("O", "close", 9)], False),
        ([part("A", "comment", 5), part("B", "close", 9, body=True)], False),
        ([part("A", "comment", 5)], False),
        ([part("A", "comment", 5), part("A", "close", 9), part("A", "close", 10)], False),
    ],
    ids=["one teammate", "closed by a bot", "nobody", "only a bot", "two teammates", "not closed", "closed twice"],
)
def test_one_close_and_one_teammate_who_took_part(parts: list[Any], *, closed: bool) -> None:
    assert document_of(conversation(*parts))["closed_on_first_contact"] is closed
