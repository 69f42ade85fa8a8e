"""A time of 0 stands for "never": a part or a conversation that has it is refused, and does not date from 1970."""

import orjson
import pytest

from indexer.conversation import parse_conversation
from indexer.errors import Refused
from tests.builders import conversation, part

START = 1_772_442_000


@pytest.mark.parametrize("name", ["conversation_parts", "ticket_parts"])
@pytest.mark.parametrize("zero", [0, 0.0, "0", "1970-01-01T00:00:00Z"])
def test_a_part_at_0_is_refused_with_its_place(name: str, zero: object) -> None:
    raw = conversation(part("C", "comment", START + 1), part("A", "comment", START + 300), at=START, state="open")
    parts = raw.pop("conversation_parts")["conversation_parts"]
    parts[1]["created_at"] = zero
    with pytest.raises(Refused) as refused:
        parse_conversation(orjson.dumps(raw | {name: {name: parts}}))
    assert refused.value.path == f"{name}.{name}[1].created_at"


def test_a_conversation_that_was_created_at_0_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        parse_conversation(orjson.dumps(conversation(state="open") | {"updated_at": 86_400}))
    assert (refused.value.path, refused.value.reason) == ("created_at", "0 is not a time")
