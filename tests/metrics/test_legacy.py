"""The legacy pipeline where it differs from the others."""

import pytest

from tests.builders import conversation, document_of, part


@pytest.mark.parametrize(
    ("delivered_as", "message_type"),
    [
        ("admin_initiated", "AdminMessage"),
        ("campaigns_initiated", "Campaign"),
        ("automated", "Automated"),
        ("operator_initiated", "Operator"),
        ("something_new", None),
        (None, None),
    ],
)
def test_an_outbound_message_has_the_type_of_its_sender(delivered_as: str, message_type: str | None) -> None:
    document = document_of(conversation(part("C", "comment", 10), by="A", delivered_as=delivered_as))
    assert document["legacy"].get("message_type") == message_type
    assert document["started_by"] == "reply"


def test_a_part_that_claims_to_be_earlier_than_the_conversation_took_no_time() -> None:
    raw = conversation(
        part("A", "assignment", 40, to="A"), part("A", "comment", 45), part("A", "close", 50), part("A", "close", 107),
        at=100,
    )  # fmt: skip
    legacy = document_of(raw)["legacy"]
    assert (legacy["first_assignment_at"], legacy["first_admin_reply_at"], legacy["first_close_at"]) == (40, 45, 50)
    for name in ("time_to_first_assignment", "time_to_admin_reply", "time_to_first_close"):
        assert (legacy[name], legacy[name + "_ooo"]) == (0, 0)
    assert (legacy["time_to_last_close"], legacy["time_to_last_close_ooo"]) == (7, 7)
