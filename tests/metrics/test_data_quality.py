"""The flags for values that the document cannot have or the index cannot find."""

import pytest

from indexer.metrics.data_quality import MOST_ACTIONS
from tests.builders import conversation, document_of, part


@pytest.mark.parametrize(("notes", "flags"), [(MOST_ACTIONS - 1, None), (MOST_ACTIONS, ["actions_cut"])])
def test_a_document_has_the_first_ten_thousand_actions_and_the_numbers_of_all(
    notes: int, flags: list[str] | None
) -> None:
    noted = [part("A", "note", 10 + number) for number in range(notes)]
    document = document_of(conversation(*noted, part("A", "close", 50_000), state="closed"))
    assert len(document["actions"]) == MOST_ACTIONS
    assert document["actions"][0]["at"] == 10
    assert document.get("data_quality") == flags
    assert document["statistics"]["count_conversation_parts"] == notes + 1
    assert document["statistics"]["last_close_at"] == 50_000


@pytest.mark.parametrize(
    "more",
    [
        {"title": "t" * 8_192},
        {"tags": {"tags": [{"id": "1", "name": "Billing"}, {"id": "2", "name": "\N{GRINNING FACE}" * 4_096}]}},
        {"sla_applied": {"sla_name": "s" * 8_192, "sla_status": "hit"}},
        {"ai_agent": {"source_title": "s" * 8_192}},
        {"contacts": {"contacts": [{"id": "c", "location": {"country": "c" * 8_192}}]}},
        {"custom_attributes": {"a": ["v" * 8_192]}},
    ],
    ids=lambda more: next(iter(more)),
)
def test_a_text_that_is_too_long_to_be_found_has_a_flag(more: dict[str, object]) -> None:
    assert document_of(conversation(**more))["data_quality"] == ["value_too_long"]


def test_a_text_at_the_limit_has_none() -> None:
    longest = "t" * 8_191
    tags = {"tags": [{"id": "1", "name": "\N{GRINNING FACE}" * 4_095}]}
    document = document_of(conversation(title=longest, tags=tags, custom_attributes={"a": longest}))
    assert "data_quality" not in document
