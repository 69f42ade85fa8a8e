"""A rating counts when it was given, which is often long after it was requested."""

from typing import Any

import pytest

from tests.builders import conversation, document_of, part

FIRST_OF_APRIL = 1_775_001_600
REQUESTED, CHANGED, UPDATED, REPLIED = (FIRST_OF_APRIL + days * 86_400 for days in (-1, 2, 3, 4))


def rated(*parts: dict[str, Any], **rating: Any) -> dict[str, Any]:
    return conversation(
        part("A", "close", REQUESTED - 5),
        *parts,
        at=REQUESTED - 1000,
        state="closed",
        conversation_rating={"created_at": REQUESTED, **rating},
    )


def changed(at: int) -> dict[str, Any]:
    return part("C", "conversation_rating_changed", at)


def test_the_latest_change_of_the_rating_is_when_it_was_given() -> None:
    raw = rated(changed(CHANGED), changed(CHANGED - 60), rating=5, remark="Great", updated_at=UPDATED)
    assert document_of(raw)["rating"] == {
        "score": 5,
        "remark": "Great",
        "requested_at": REQUESTED,
        "rated_at": CHANGED,
    }


@pytest.mark.parametrize(
    ("parts", "rating", "rated_at"),
    [
        ([changed(CHANGED)], {"replied_at": REPLIED, "updated_at": UPDATED}, REPLIED),
        ([], {"updated_at": UPDATED}, UPDATED),
        ([], {"updated_at": 0}, REQUESTED),
        ([], {"requested_at": REQUESTED - 9}, REQUESTED),
        ([], {"created_at": None, "requested_at": REQUESTED - 9}, None),
    ],
)
def test_without_it_the_rating_says_when(parts: list[Any], rating: dict[str, Any], rated_at: int | None) -> None:
    found = document_of(rated(*parts, rating=4, **rating))["rating"]
    assert found.get("rated_at") == rated_at
    assert found["requested_at"] == rating.get("requested_at", REQUESTED)


@pytest.mark.parametrize("score", [None, "", 0, 6, -1, 4.5, "five", True, [], 1e300])
def test_without_a_score_nothing_was_rated(score: object) -> None:
    document = document_of(rated(changed(CHANGED), rating=score, updated_at=UPDATED))
    assert document["rating"] == {"requested_at": REQUESTED}
    assert document.get("data_quality") == (None if score in (None, "") else ["rating_unknown"])


@pytest.mark.parametrize(("written", "score"), [("5", 5), (1.0, 1), (3, 3)])
def test_a_score_may_be_a_text_or_a_number_with_a_fraction_of_0(written: object, score: int) -> None:
    assert document_of(rated(rating=written))["rating"]["score"] == score
    assert document_of(conversation(ai_agent={"rating": written}))["ai"]["rating"] == score


def test_a_rating_of_the_ai_agent_that_is_not_one_is_left_out() -> None:
    document = document_of(conversation(ai_agent={"rating": 9, "last_answer_type": "ai_answer"}))
    assert document["ai"] == {"participated": True, "last_answer_type": "ai_answer"}
    assert document["data_quality"] == ["rating_unknown"]
