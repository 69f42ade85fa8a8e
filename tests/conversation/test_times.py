"""The forms in which a time may be written, and texts that are not times."""

from typing import Any

import orjson
import pytest

from indexer.conversation import parse_conversation
from indexer.conversation.values import epoch_seconds
from indexer.errors import Refused
from tests.builders import conversation, document_of, parsed, part

PARTS = "conversation_parts.conversation_parts"
TIME = 1_709_588_400


@pytest.mark.parametrize(
    "time",
    [
        TIME, TIME + 0.5, float(TIME), str(TIME), f"{TIME}.999", TIME * 1000, TIME * 1000 + 999, f"{TIME}999",
        TIME * 1000.0, "2024-03-04T21:40:00Z", "2024-03-04T22:40:00+01:00", "2024-03-04 21:40:00.25+00:00",
    ],
)  # fmt: skip
def test_a_time_may_be_seconds_milliseconds_or_iso_8601_as_number_or_text(time: object) -> None:
    raw = conversation(part("A", "comment", 5, created_at=time), at=TIME - 9)
    assert [event.at for event in parsed(raw).events] == [TIME - 9, TIME]
    assert document_of(conversation(at=TIME - 9) | {"updated_at": time})["updated_at"] == TIME
    assert parsed({"id": "1", "created_at": time}).said.created_at == TIME


NO_TIMES = [
    "5", "99999999", "123456789012", "1709588400 ", "1_709_588_400", "1e9", "-1709588400", "nan", "\u0661709588400",
    "2024-03-04T21:40:00", "2024-03-04", "1969-12-31T23:59:59Z", "soon", True, False, [], {}, -1, -0.5, 4_102_444_800,
    1_709_588_400_000.5, 99_999_999_999, 999_999_999_999, 4_102_444_800_000, 1e300, "4102444800000", "99999999999",
]  # fmt: skip


@pytest.mark.parametrize("odd", [{}, {"tags": 0}], ids=["typed", "tolerant"])
@pytest.mark.parametrize("time", [*NO_TIMES, None, 0, 0.0, 0.5, "", "0", "000000000", "1970-01-01T00:00:00Z"])
def test_a_value_that_is_not_a_time_is_refused_if_one_is_needed(time: object, odd: dict[str, Any]) -> None:
    raw = conversation(part("A", "comment", 5, created_at=time), state="open", at=TIME)
    bare = conversation(state="open", at=TIME) | {"created_at": time}
    for one, path in ((raw, PARTS + "[0].created_at"), (bare, "created_at")):
        with pytest.raises(Refused) as refused:
            parse_conversation(orjson.dumps(one | odd))
        assert refused.value.path == path


def with_time(path: str, time: object) -> dict[str, Any]:
    """A conversation with a time at that path."""
    raw = conversation(state="open", at=TIME, conversation_rating={"rating": 5}, ai_agent={"rating": 5})
    *holders, name = path.split(".")
    holder = raw
    for one in holders:
        holder = holder[one]
    holder[name] = time
    return raw


OPTIONAL_TIMES = [
    "updated_at", "source.created_at", "conversation_rating.created_at", "conversation_rating.requested_at",
    "conversation_rating.replied_at", "conversation_rating.updated_at", "ai_agent.created_at", "ai_agent.updated_at",
]  # fmt: skip


@pytest.mark.parametrize("odd", [{}, {"tags": 0}], ids=["typed", "tolerant"])
@pytest.mark.parametrize("path", OPTIONAL_TIMES)
def test_a_time_of_the_facts_is_read_like_any_other_and_0_is_none(path: str, odd: dict[str, Any]) -> None:
    seconds = document_of(with_time(path, TIME + 9) | odd)
    assert document_of(with_time(path, (TIME + 9) * 1000) | odd) == seconds
    nothing = document_of(with_time(path, None) | odd)
    for none in (0, 0.0, "", "0", "1970-01-01T00:00:00+00:00"):
        assert document_of(with_time(path, none) | odd) == nothing
    assert nothing != seconds
    for time in NO_TIMES:
        with pytest.raises(Refused) as refused:
            parsed(with_time(path, time) | odd)
        assert refused.value.path == path


@pytest.mark.parametrize("number", [10**400, -(10**400), 2**53, 10**18])
def test_a_number_too_large_for_a_float_is_refused_like_any_other_that_is_too_large(number: int) -> None:
    with pytest.raises(Refused, match=rf"p: {str(number)[:16]}.* is not a time between 1970 and 2100"):
        epoch_seconds(number, "p")
