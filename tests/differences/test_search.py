"""The search for the fewest rules, over values that follow from the rules by a table."""

from typing import Any

import pytest

from indexer.conversation import parse_conversation
from indexer.differences.pair import same
from indexer.differences.reason import Reason
from indexer.differences.search import Aim, RuleSet, fewest, that_matter
from indexer.differences.switched_rules import Inputs, Rule
from indexer.differences.tolerance import EXACT, Tolerance
from indexer.differences.variants import ANYTHING, Variants
from indexer.office_hours import ALWAYS_OPEN

A, B, KEPT = same("a"), same("b"), "kept"


def rule(words: str, reason: Reason) -> Rule:
    return Rule(reason, lambda given: given, words)


R, S, T, U = (
    rule(words, reason)
    for words, reason in zip(
        "rstu", (Reason.STALE, Reason.TIME_SHIFT, Reason.CLOCK_START, Reason.BEFORE_ANCHOR), strict=True
    )
)
R2, R3, R4, R5 = (rule(words, Reason.STALE) for words in ("r2", "r3", "r4", "r5"))


class Table(Variants):
    """The value of a field is the words of the switched rules that concern it, or ANYTHING if the table says so."""

    def __init__(self, concerned: dict[str, str]) -> None:
        super().__init__(Inputs(parse_conversation(b'{"id":"1","created_at":5}'), ALWAYS_OPEN))
        self._concerned = {path: words.split() for path, words in concerned.items()}

    def value(self, path: str, rules: Any = ()) -> Any:
        switched = [one.words for one in rules]
        if "anything" in self._concerned[path] and switched:
            return ANYTHING
        return " ".join(word for word in self._concerned[path] if word in switched)


def search(
    candidates: RuleSet, concerned: dict[str, str], *, a: str, b: str | None = None, kept: str | None = None
) -> tuple[str, int]:
    """The words of the rules found, and how many of the aims they reach."""
    aims = {A: a} | ({} if b is None else {B: b})
    aim = Aim({pair: pair.left for pair in aims}, aims, {} if kept is None else {KEPT: kept}, EXACT)
    rules, reached = fewest(aim, Table(concerned), candidates)
    return " ".join(one.words for one in rules), reached


def test_nothing_is_switched_for_a_value_that_is_there_already() -> None:
    assert search((R, S), {"a": "r s"}, a="") == ("", 1)


@pytest.mark.parametrize("needed", ["s", "r s", "s t", "r s t"])
def test_no_more_rules_are_switched_than_are_needed(needed: str) -> None:
    assert search((R, S, T, U), {"a": needed}, a=needed) == (needed, 1)


def test_at_most_three_rules_are_switched() -> None:
    assert search((R, S, T, U), {"a": "r s t u"}, a="r s t u") == ("", 0)
    assert search((R, S, T, U), {"a": "r s t u", "b": "t"}, a="r s t u", b="t") == ("t", 1)


def test_two_rules_of_one_reason_are_never_switched_together() -> None:
    assert search((R, R2, S), {"a": "r r2"}, a="r r2") == ("", 0)
    assert search((R, R2, S), {"a": "r s"}, a="r s") == ("r s", 1)
    assert search((R, R2, S), {"a": "r2 s"}, a="r2 s") == ("r2 s", 1)


@pytest.mark.parametrize(("alternatives", "found"), [((R2, R3, R4), ("r s", 1)), ((R2, R3, R4, R5), ("", 0))])
def test_rules_of_a_reason_that_has_many_are_switched_alone_only(alternatives: RuleSet, found: tuple[str, int]) -> None:
    assert search((R, *alternatives, S), {"a": "r s"}, a="r s") == found
    assert search((R, *alternatives, S), {"a": "r"}, a="r") == ("r", 1)


def test_a_rule_that_changes_a_field_which_both_sides_share_is_not_switched() -> None:
    concerned = {"a": "r s", KEPT: "r"}
    assert search((R, S), concerned, a="r", kept="") == ("", 0)
    assert search((R, S), concerned, a="r s", kept="") == ("", 0)
    assert search((R, S), concerned, a="s", kept="") == ("s", 1)
    assert search((R, S), concerned | {KEPT: "r anything"}, a="r", kept="") == ("r", 1)


def test_of_rules_that_reach_as_many_values_the_first_is_switched() -> None:
    assert search((R, R2), {"a": "r", "b": "r2"}, a="r", b="r2") == ("r", 1)
    assert search((R, S), {"a": "r", "b": "s"}, a="r", b="s") == ("r s", 2)


def test_each_value_has_the_fewest_of_the_rules_found_and_none_if_they_do_not_give_it() -> None:
    table = Table({"a": "r s t"})

    def matter(wanted: object, rules: RuleSet) -> RuleSet | None:
        return that_matter(Aim({A: "a"}, {A: wanted}, {}, EXACT), A, table, rules)

    assert matter("s", (R, S, T)) == (S,)
    assert matter("r t", (R, S, T)) == (R, T)
    assert matter("", (R, S, T)) == ()
    assert matter("u", (R, S, T)) is None


def test_a_fact_whose_history_is_not_known_and_a_value_near_enough_are_reached() -> None:
    assert Aim({A: "a"}, {A: "x"}, {}, EXACT).reached(A, Table({"a": "anything"}), (R,))
    assert not Aim({A: "a"}, {A: "x"}, {}, EXACT).reached(A, Table({"a": "anything"}), ())
    fixed = Variants(Inputs(parse_conversation(b'{"id":"1","created_at":5}'), ALWAYS_OPEN))
    created = same("legacy.conversation_created_at")
    for seconds, is_near in ((2, True), (1, False)):
        aim = Aim({created: created.left}, {created: 7}, {}, Tolerance(timestamp=seconds))
        assert aim.reached(created, fixed, ()) is is_near
