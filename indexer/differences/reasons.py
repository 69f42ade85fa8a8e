"""Explaining differences: finds the rules which, if switched, turn one side's values into the other's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer.conversation import Conversation
from indexer.differences.candidates import across, between_copies, between_pipelines
from indexer.differences.pair import Pair, pipeline_of
from indexer.differences.reason import Reason
from indexer.differences.search import Aim, Near, RuleSet, fewest, that_matter, values_at
from indexer.differences.switched_rules import Inputs, Rule, as_of, bot_interrupts
from indexer.differences.variants import FACTS, Variants
from indexer.metrics import METRICS_VERSION
from indexer.office_hours import OfficeHours

Document = Mapping[str, Any]

_IDENTITY = {"workspace_id", "metrics_version", "office_hours_id"}
"""What a document is and how it was made, which no rule changes."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Office hours at hand: those in force, and others known by name."""

    current: OfficeHours
    others: Mapping[str, OfficeHours]


@dataclass(frozen=True, slots=True)
class Finding:
    """One differing pair: the smallest set of rules that explains it, (UNEXPLAINED,) if none does, and a sentence."""

    pair: Pair
    reasons: tuple[Reason, ...]
    words: str


def reasons_of(  # noqa: PLR0917  (two documents, and what is needed to compute them)
    conversation: Conversation,
    hours: Hours,
    left: Document,
    right: Document,
    differing: Sequence[Pair],
    tolerances: Near,
) -> list[Finding]:
    """One finding for each of the differing pairs, in their order.

    `left` and `right` are whole documents, or the parts that exist; `conversation` is the one stored now. The search is
    for the fewest rules that explain the conversation as a whole, applied to either side's definition; a pair has those
    of them that matter for it.
    """
    to_right = _aim(left, right, differing, tolerances, of_right=True)
    to_left = _aim(left, right, differing, tolerances, of_right=False)
    inputs = Inputs(conversation, hours.current)
    if across(differing):
        return _across(to_right, to_left, Variants(_inputs_behind(left, inputs, hours.others)))
    variants = Variants(inputs)
    candidates = between_copies(conversation, hours.others, left, right)
    copies = _Copies(to_right, to_left, variants, _that_change_something(variants, candidates))
    versions = {document.get("metrics_version") for document in (left, right)} - {None}
    return _between_copies(copies, differing, versions)


def _inputs_behind(document: Document, inputs: Inputs, others: Mapping[str, OfficeHours]) -> Inputs:
    """The inputs of a document of two pipelines, if it names them: its own state, hours and reply rule."""
    for hours in others.values():
        if hours.id == document.get("office_hours_id"):
            inputs = replace(inputs, hours=hours)
    then, now = document.get("updated_at"), inputs.conversation.said.updated_at
    if isinstance(then, int) and now is not None and then < now:
        inputs = as_of(then).change(inputs)
    interrupted = bot_interrupts().change(inputs)
    given = document.get("reply_times")
    if given is not None and given != Variants(inputs).value("reply_times"):
        return interrupted if given == Variants(interrupted).value("reply_times") else inputs
    return inputs


def _aim(left: Document, right: Document, differing: Sequence[Pair], near: Near, *, of_right: bool) -> Aim:
    """The aim to compute one side's values by the other's definitions."""
    fields = {pair: pair.left if of_right else pair.right for pair in differing}
    own = {pair: pair.right if of_right else pair.left for pair in differing}
    return Aim(fields, values_at(right if of_right else left, own), dict(_in_both(left, right)), near)


def _in_both(left: Document, right: Document, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The computed fields that are the same on both sides."""
    for name in (left.keys() & right.keys()) - FACTS - _IDENTITY:
        mine, theirs = left[name], right[name]
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            yield from _in_both(mine, theirs, f"{prefix}{name}.")
        elif mine == theirs:
            yield prefix + name, mine


def _that_change_something(variants: Variants, candidates: list[Rule]) -> list[Rule]:
    """The rules that change this conversation's document, or may explain a fact."""
    present = variants.document()
    return [rule for rule in candidates if rule.reason is Reason.STALE or variants.document((rule,)) != present]


def _across(to_right: Aim, to_left: Aim, variants: Variants) -> list[Finding]:
    """Explain fields of different pipelines."""
    candidates = {
        pipelines: between_pipelines(*pipelines)
        for pipelines in {(pipeline_of(pair.left), pipeline_of(pair.right)) for pair in to_right.fields}
    }
    found = []
    for pair in to_right.fields:
        rules = _rules_between(
            pair, (to_right, to_left), variants, candidates[pipeline_of(pair.left), pipeline_of(pair.right)]
        )
        found.append(_finding(pair, to_left.values[pair], to_right.values[pair], rules))
    return found


def _rules_between(pair: Pair, aims: tuple[Aim, Aim], variants: Variants, candidates: Sequence[Rule]) -> RuleSet | None:
    """The fewest rules that turn one side's value, which must be the one computed now, into the other's."""
    for aim, other in (aims, aims[::-1]):
        if variants.value(aim.fields[pair]) == other.values[pair]:
            one = Aim({pair: aim.fields[pair]}, {pair: aim.values[pair]}, {}, aim.near)
            rules, reached = fewest(one, variants, candidates)
            if reached:
                return rules
    return None


def _between_copies(copies: "_Copies", differing: Sequence[Pair], versions: set[Any]) -> list[Finding]:
    """Explain two documents of one shape; an unexplained difference may come from another version of the code."""
    found = copies.explained(differing)
    straight = copies.odd_and_straight()[1]
    findings = []
    for pair in differing:
        values = copies.to_left.values[pair], copies.to_right.values[pair]
        of_the_present = straight.reached(pair, copies.variants, ())
        if not found[pair] and len(versions) == 2 and METRICS_VERSION in versions and of_the_present:
            findings.append(_of_another_version(pair, *values))
        else:
            findings.append(_finding(pair, *values, found[pair]))
    return findings


@dataclass(frozen=True, slots=True)
class _Copies:
    """Two documents of one shape, and the rules to try."""

    to_right: Aim
    to_left: Aim
    variants: Variants
    candidates: list[Rule]

    def odd_and_straight(self) -> tuple[Aim, Aim]:
        """The side that the present code reproduces less, and the other one."""
        left, right = (
            sum(aim.reached(pair, self.variants, ()) for pair in aim.fields) for aim in (self.to_left, self.to_right)
        )
        return (self.to_left, self.to_right) if left < right else (self.to_right, self.to_left)

    def explained(self, differing: Sequence[Pair]) -> dict[Pair, RuleSet | None]:
        """The rules of each pair, if the other side is the value computed now.

        If neither side is, each has rules of its own, and those that only one of them has are the reason.
        """
        (odd, straight), variants = self.odd_and_straight(), self.variants
        rules, _ = fewest(odd, variants, self.candidates)
        found = {
            pair: that_matter(odd, pair, variants, rules) if straight.reached(pair, variants, ()) else None
            for pair in differing
        }
        unknown = [pair for pair, known in found.items() if not known and not straight.reached(pair, variants, ())]
        others, _ = fewest(straight, variants, self.candidates, most=2) if unknown else ((), 0)
        for pair in unknown if others else ():
            mine = that_matter(odd, pair, variants, rules)
            theirs = that_matter(straight, pair, variants, others)
            if mine is not None and theirs is not None:
                found[pair] = tuple(set(mine) ^ set(theirs)) or None
        return found


def _finding(pair: Pair, left: Any, right: Any, rules: RuleSet | None) -> Finding:
    if not rules:
        return Finding(pair, (Reason.UNEXPLAINED,), f"{Reason.UNEXPLAINED.about} ({_said(left)}, {_said(right)})")
    ordered = sorted(rules, key=lambda rule: list(Reason).index(rule.reason))
    reasons = tuple(dict.fromkeys(rule.reason for rule in ordered))
    how = ", ".join(rule.words for rule in ordered)
    return Finding(pair, reasons, f"{_said(left)} and {_said(right)}: computed {how}, the one gives the other.")


def _of_another_version(pair: Pair, left: Any, right: Any) -> Finding:
    words = f"{_said(left)} and {_said(right)}: version {METRICS_VERSION} of the definitions, at hand, gives only one."
    return Finding(pair, (Reason.METRICS_VERSION,), words)


def _said(value: Any) -> str:
    """A value for a sentence."""
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
