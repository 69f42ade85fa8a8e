"""Says clause by clause why a filter holds for a person or not."""

from datetime import datetime
from typing import NamedTuple

from indexer.people.attribute_value import Value
from indexer.people.filters.filter_days import BLOCK, start_of_day
from indexer.people.filters.filter_matching import condition_holds, matches, values_seen
from indexer.people.filters.filter_scope import FilterScope
from indexer.people.filters.filter_size import segment_filter, segments_of
from indexer.people.filters.filter_text import condition_text, day_text
from indexer.people.filters.filter_tree import NEGATIVE, Condition, Filter
from indexer.people.filters.filter_words import WORDS, quoted, subject_text
from indexer.people.folding import fold
from indexer.people.person_facts import PersonFacts


class Clause(NamedTuple):
    """A condition or group of a filter: whether it holds, the value that was seen, and the reason.

    `depth` counts the groups and segments around it. A group has no value.
    """

    depth: int
    text: str
    holds: bool
    seen: str = ""
    reason: str = ""


def why(found: Filter, facts: PersonFacts, scope: FilterScope, depth: int = 0) -> list[Clause]:
    """The clauses of a filter from top to bottom; those of a group or a segment stand below it, one deeper."""
    if isinstance(found, Condition):
        return _condition(found, facts, scope, depth)
    below = [clause for one in found.members for clause in why(one, facts, scope, depth + 1)]
    holding = sum(clause.holds for clause in below if clause.depth == depth + 1)
    text = "all of these" if found.joined_by == "and" else "at least one of these"
    held = matches(found, facts, scope)
    return [Clause(depth, text, held, reason=f"{holding} of {len(found.members)} hold"), *below]


def _condition(condition: Condition, facts: PersonFacts, scope: FilterScope, depth: int) -> list[Clause]:
    held = condition_holds(condition, facts, scope)
    text = condition_text(condition)
    if condition.subject.source == "segment":
        named = {one: segment_filter(one, scope) for one in segments_of(condition)}
        joined = [one for one, found in named.items() if matches(found, facts, scope)]
        reason = f"the person is in {', '.join(joined)}" if joined else f"the person is not in {', '.join(named)}"
        below = [clause for found in named.values() for clause in why(found, facts, scope, depth + 1)]
        return [Clause(depth, text, held, ", ".join(joined), reason), *below]
    values = values_seen(condition.subject, facts)
    seen = ", ".join(_shown(value, scope) for value in values) or "no value"
    return [Clause(depth, text, held, seen, _reason(condition, values, held, facts))]


def _reason(condition: Condition, values: list[Value], held: bool, facts: PersonFacts) -> str:
    if not values:
        return _missing(condition, held, facts)
    if condition.operator in {"is", "in", "is_not", "not_in"} and _only_capitals_differ(condition, values):
        return f"“{WORDS[condition.operator]}” tells capitals apart"
    if len(values) > 1:
        some = "at least one" if held != (condition.operator in NEGATIVE) else "none"
        return f"{some} of the {len(values)} values meets {condition_text(_positive(condition))}"
    return "the value meets it" if held else "the value does not meet it"


def _positive(condition: Condition) -> Condition:
    return Condition(condition.subject, NEGATIVE.get(condition.operator, condition.operator), condition.values)


def _missing(condition: Condition, held: bool, facts: PersonFacts) -> str:
    subject = condition.subject
    match subject.source:
        case "event" if subject.name not in facts.events:
            missing = f"the person has no event {quoted(subject.name)}"
        case "company_attribute" if not facts.companies:
            missing = "the person has no company"
        case _:
            missing = f"{subject_text(subject)} has no value"
    if not held or condition.operator == "is_unknown":
        return missing
    return f"{missing}: “{WORDS[condition.operator]}” holds for people without it"


def _only_capitals_differ(condition: Condition, values: list[Value]) -> bool:
    wanted = [one for one in condition.values if isinstance(one, str)]
    seen = [value.value for value in values if isinstance(value.value, str)]
    return not set(wanted) & set(seen) and bool({fold(one) for one in wanted} & {fold(one) for one in seen})


def _shown(value: Value, scope: FilterScope) -> str:
    match value:
        case Value("datetime", int(instant)):
            return f"{_local(instant, scope)} ({_age(scope.now - instant)})"
        case Value("date", int(day)):
            return f"{day_text(day)} ({_age(scope.now - start_of_day(day, scope.zone))})"
        case Value(_, bool(flag)):
            return "true" if flag else "false"
        case Value(_, str(text)):
            return quoted(text)
        case _:
            return str(value.value)


def _local(instant: int, scope: FilterScope) -> str:
    try:
        return datetime.fromtimestamp(instant, scope.zone).isoformat(" ", "seconds")
    except (ValueError, OverflowError, OSError):
        return str(instant)


def _age(seconds: int) -> str:
    days = abs(seconds) / BLOCK
    return f"{days:,.1f} days ago" if seconds >= 0 else f"in {days:,.1f} days"
