"""Ids that a data frame has turned into numbers with a fraction of 0 are the ids that they were."""

from copy import deepcopy
from typing import Any

import orjson
import pytest

from indexer.conversation import parse_conversation
from indexer.errors import Refused
from tests.builders import conversation, document_of, part

START = 1_772_442_000


def with_ids(one: Any, other: Any, own: Any = "1") -> dict[str, Any]:
    admin = {"type": "admin", "id": one}
    return conversation(
        part("C", "comment", START + 30, author={"type": "user", "id": other}, id=other),
        part("A", "assignment", START + 50, author=admin, assigned_to={"type": "team", "id": other}),
        part("A", "comment", START + 60, author=admin, id=one),
        part("A", "close", START + 90, author=admin),
        at=START,
        id=own,
        state="closed",
        admin_assignee_id=one,
        team_assignee_id=other,
        tags={"tags": [{"id": one}]},
        contacts={"contacts": [{"id": other, "companies": {"data": [{"id": one}]}}]},
        company={"id": other},
        conversation_rating={"rating": 5, "created_at": START + 95, "teammate": admin},
    )


def test_a_float_is_the_whole_number_that_it_is() -> None:
    document = document_of(with_ids(11.0, 77.0, 215470001234567.0))
    assert document == document_of(with_ids("11", "77", "215470001234567"))
    assert document["participating_teammate_ids"] == ["11"]
    assert (document["teammate_assigned_id"], document["team_assigned_id"]) == ("11", "77")
    assert document["closed_on_first_contact"] is True
    assert document["conversation_id"] == "215470001234567"


@pytest.mark.parametrize("unreadable", [1.5, 1e17, True, False, ["11"], {"id": "11"}, -0.5])
def test_what_cannot_be_an_id_is_left_out_with_a_flag(unreadable: object) -> None:
    document = document_of(with_ids(unreadable, "77"))
    nobody = document_of(with_ids(None, "77"))
    assert document == nobody | {"data_quality": [*nobody.get("data_quality", []), "unreadable_id"]}


@pytest.mark.parametrize("unreadable", [1.5, 1e17, True, ["11"], {"id": "11"}])
def test_if_a_conversation_has_an_unreadable_id_the_refusal_says_what_it_is(unreadable: object) -> None:
    with pytest.raises(Refused, match=r"^id: is .*not a") as refused:
        parse_conversation(orjson.dumps(with_ids("11", "77", unreadable)))
    assert "missing" not in refused.value.reason


def test_0_is_not_an_id_and_not_a_flag() -> None:
    raw = with_ids(11, 77)
    zero = deepcopy(raw)
    zero["team_assignee_id"], raw["team_assignee_id"] = 0.0, None
    assert document_of(zero) == document_of(raw)
