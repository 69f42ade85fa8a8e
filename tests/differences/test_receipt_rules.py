"""The reasons why two sides have different first events of a receipt."""

import pytest

from indexer.differences.pair import same
from indexer.differences.reason import Reason
from indexer.differences.receipt_rules import EventRange, receipt_reasons
from indexer.differences.tally import Difference
from indexer.differences.tolerance import EXACT, Tolerance
from indexer.keys import EntityKey
from indexer.messages.event import MessageEvent
from tests.messages.made_receipts import T, event, receipt

ALWAYS = EventRange(None, None)
FIRST_DAY = EventRange(T, T + 86_400)
DAY = 86_400


def reasons(
    path: str, left: int | None, right: int | None, *happened: MessageEvent, counted: EventRange = ALWAYS
) -> tuple[tuple[Reason, ...], str]:
    """Why the sides have these values, in seconds after the receipt."""
    values = [None if value is None else T + value for value in (left, right)]
    difference = Difference(EntityKey("w", "r1"), same(path), *values)
    [found] = receipt_reasons(receipt(), happened, [difference], EXACT, counted)
    assert found[:4] == difference[:4]
    return found.reasons, found.words


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize(
    ("path", "ours", "theirs", "happened", "reason"),
    [
        ("first_click_at", 2 * DAY, None, [event("click", 2 * DAY)], [Reason.OUTSIDE_RANGE]),
        ("first_click_at", -5, 60, [event("click", -5), event("click", 60)], [Reason.OUTSIDE_RANGE]),
        ("first_open_at", -5, 60, [event("open", -5), event("open", 60)], [Reason.OUTSIDE_RANGE]),
        ("first_open_at", 60, 30, [event("open", 60), event("open", 30, machine=True)], [Reason.MACHINE_EVENT]),
        ("first_dismissal_at", None, 30, [event("dismissal", 30)], [Reason.IMPOSSIBLE_EVENT]),
        (
            "first_dismissal_at",
            None,
            60,
            [event("dismissal", -5), event("dismissal", 60)],
            [Reason.OUTSIDE_RANGE, Reason.IMPOSSIBLE_EVENT],
        ),
        ("first_open_at", 60, 90, [event("open", 60), event("open", 90)], [Reason.LATER_OPEN]),
        (
            "first_click_at",
            2 * DAY,
            90,
            [event("click", 2 * DAY), event("click", -3, machine=True), event("click", 90, machine=True)],
            [Reason.OUTSIDE_RANGE, Reason.MACHINE_EVENT],
        ),
        ("first_click_at", 60, 61, [event("click", 60), event("open", 61)], [Reason.UNEXPLAINED]),
        ("content_title", 1, 2, [], [Reason.UNEXPLAINED]),
    ],
)
def test_a_difference_has_the_reason_that_makes_it(
    path: str, ours: int | None, theirs: int | None, happened: list[MessageEvent], reason: list[Reason], is_turned: bool
) -> None:
    sides = (theirs, ours) if is_turned else (ours, theirs)
    assert reasons(path, *sides, *happened, counted=FIRST_DAY)[0] == tuple(reason)


def test_without_a_range_no_event_lies_outside_of_it() -> None:
    assert reasons("first_click_at", 2 * DAY, None, event("click", 2 * DAY))[0] == (Reason.UNEXPLAINED,)


def test_the_words_name_both_values_and_the_rule() -> None:
    _, words = reasons("first_click_at", 2 * DAY, None, event("click", 2 * DAY), counted=FIRST_DAY)
    assert words == f"{T + 2 * DAY} and none: computed with the events in the range alone, the one gives the other."
    _, words = reasons("first_open_at", 90, 60, event("open", 60), event("open", 90))
    assert words == f"{T + 90} and {T + 60}: the one is the first open, the other a later one."
    _, words = reasons("first_open_at", 60, 30, event("open", 60), event("open", 30, machine=True))
    assert words == f"{T + 60} and {T + 30}: computed with the events that machines made, the one gives the other."
    dismissed = event("dismissal", -5), event("dismissal", 60)
    _, words = reasons("first_dismissal_at", None, 60, *dismissed, counted=FIRST_DAY)
    assert words == (
        f"none and {T + 60}: computed with the events in the range alone, with the events that the content type "
        "cannot have, the one gives the other."
    )
    _, words = reasons("content_title", 1, 2)
    assert words == f"{T + 1} and {T + 2}: {Reason.UNEXPLAINED.about}"


def test_values_within_the_tolerance_are_the_same_value() -> None:
    difference = Difference(EntityKey("w", "r1"), same("first_open_at"), T + 60, T + 91)
    happened = event("open", 60), event("open", 90)
    [exact] = receipt_reasons(receipt(), happened, [difference], EXACT, ALWAYS)
    [near] = receipt_reasons(receipt(), happened, [difference], Tolerance(1, 0), ALWAYS)
    assert (exact.reasons, near.reasons) == ((Reason.UNEXPLAINED,), (Reason.LATER_OPEN,))


def test_a_rule_that_changes_nothing_is_no_reason_for_values_on_both_sides_of_ours() -> None:
    difference = Difference(EntityKey("w", "r1"), same("first_click_at"), T + 59, T + 61)
    [found] = receipt_reasons(receipt(), [event("click", 60)], [difference], Tolerance(1, 0), FIRST_DAY)
    assert found.reasons == (Reason.UNEXPLAINED,)


def test_a_bound_of_the_range_counts_from_the_first_second_to_before_the_last() -> None:
    assert [FIRST_DAY.has(at) for at in (T - 1, T, T + DAY - 1, T + DAY)] == [False, True, True, False]
