"""Why pairs differ: the rules that, switched, make one side's values of the other's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.conversation import Conversation
from indexer.differences.candidates import across, between_copies, between_pipelines
from indexer.differences.fields import value_at
from indexer.differences.pair import Pair, pipeline_of
from indexer.differences.reason import Reason
from indexer.differences.rules import Rule
from indexer.differences.search import Aim, Near, RuleSet, fewest, that_matter, values_at
from indexer.differences.variants import FACTS, Variants
from indexer.metrics import METRICS_VERSION
from indexer.office_hours import OfficeHours

Document = Mapping[str, Any]


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


def reasons_of(
    conversation: Conversation,
    hours: Hours,
    left: Document,
    right: Document,
    differing: Sequence[Pair],
    workspace_id: str,
    tolerances: Near,
) -> list[Finding]:
    """One finding for each of the differing pairs, in their order.

    `left` and `right` are whole documents, or what there is of them; `conversation` is what is stored now. The fewest
    rules are sought that explain the conversation as a whole, applied to either side's definition; a pair has those of
    them that matter for it.
    """
    variants = Variants(conversation, hours.current, workspace_id)
    aims = [_aim(left, right, differing, tolerances, of_right) for of_right in (True, False)]
    if across(differing):
        return _across(aims, variants, differing)
    candidates = _that_change_something(variants, between_copies(conversation, hours.others, left, right))
    return _between_copies(aims, variants, differing, candidates, left, right)


def _aim(left: Document, right: Document, differing: Sequence[Pair], near: Near, of_right: bool) -> Aim:
    """To compute the one side's values by the other's definitions."""
    fields = {pair: pair.left if of_right else pair.right for pair in differing}
    own = {pair: pair.right if of_right else pair.left for pair in differing}
    return Aim(fields, values_at(right if of_right else left, own), dict(_in_both(left, right)), near)


def _in_both(left: Document, right: Document, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The fields that are the same on both sides and are computed."""
    for name in left.keys() & right.keys():
        mine, theirs = left[name], right[name]
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            if name not in FACTS:
                yield from _in_both(mine, theirs, f"{prefix}{name}.")
        elif mine == theirs and (prefix or name not in FACTS | {"metrics_version", "office_hours_id"}):
            yield prefix + name, mine


def _that_change_something(variants: Variants, candidates: list[Rule]) -> list[Rule]:
    """The rules that make another document of this conversation, or may explain a fact."""
    present = variants.document()
    return [rule for rule in candidates if rule.reason is Reason.STALE or variants.document((rule,)) != present]


def _across(aims: list[Aim], variants: Variants, differing: Sequence[Pair]) -> list[Finding]:
    """Definitions of different pipelines: the other side's own value must be what is computed now, too."""
    to_right, to_left = aims
    candidates = {
        pipelines: between_pipelines(*pipelines)
        for pipelines in {(pipeline_of(pair.left), pipeline_of(pair.right)) for pair in differing}
    }
    found = []
    for pair in differing:
        best: tuple[Aim, RuleSet] | None = None
        for aim, other in ((to_right, to_left), (to_left, to_right)):
            if variants.value(aim.fields[pair]) != other.values[pair]:
                continue
            one = Aim({pair: aim.fields[pair]}, {pair: aim.values[pair]}, {}, aim.near)
            rules, reached = fewest(one, variants, candidates[pipeline_of(pair.left), pipeline_of(pair.right)])
            if reached and (best is None or len(rules) < len(best[1])):
                best = one, rules
        found.append(_finding(pair, to_left.values[pair], to_right.values[pair], best[1] if best else None))
    return found


def _between_copies(
    aims: list[Aim],
    variants: Variants,
    differing: Sequence[Pair],
    candidates: list[Rule],
    left: Document,
    right: Document,
) -> list[Finding]:
    """Two documents of one shape: the one that the present code gives is right, and the other's rules are sought."""
    to_right, to_left = aims
    odd = min(aims, key=lambda aim: sum(aim.reached(pair, variants, ()) for pair in differing))
    straight = to_left if odd is to_right else to_right
    found: dict[Pair, RuleSet | None] = {}
    rules, _ = fewest(odd, variants, candidates)
    for pair in differing:
        found[pair] = that_matter(odd, pair, variants, rules) if straight.reached(pair, variants, ()) else None
    if None in found.values():
        _explain_both(found, odd, straight, variants, rules, candidates)
    versions = {document.get("metrics_version") for document in (left, right)}
    findings = []
    for pair in differing:
        reasons = found[pair]
        if not reasons and len(versions) == 2 and METRICS_VERSION in versions and straight.reached(pair, variants, ()):
            findings.append(_of_another_version(pair, to_left.values[pair], to_right.values[pair]))
        else:
            findings.append(_finding(pair, to_left.values[pair], to_right.values[pair], reasons))
    return findings


def _explain_both(
    found: dict[Pair, RuleSet | None],
    odd: Aim,
    straight: Aim,
    variants: Variants,
    rules: RuleSet,
    candidates: list[Rule],
) -> None:
    """Where neither side is what is computed now: each has its rules, and what only one of them has is the reason."""
    others, _ = fewest(straight, variants, candidates, most=2)
    if not others:
        return
    for pair, known in found.items():
        if known is None:
            mine = that_matter(odd, pair, variants, rules)
            theirs = that_matter(straight, pair, variants, others)
            if mine is not None and theirs is not None:
                found[pair] = tuple(set(mine) ^ set(theirs)) or None


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
    """A value in a sentence."""
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
