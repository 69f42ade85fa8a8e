"""Writes a filter as the text that people type."""

from indexer.people.attribute_value import Scalar, date_of
from indexer.people.filters.filter_tree import Condition, Filter, Operator
from indexer.people.filters.filter_words import WORDS, quoted, subject_text


def print_filter(found: Filter) -> str:
    """The text of a filter, in the one form in which it is printed; reading it gives the same filter."""
    if isinstance(found, Condition):
        return condition_text(found)
    members = (
        f"({print_filter(one)})" if not isinstance(one, Condition) else condition_text(one) for one in found.members
    )
    return f" {found.joined_by} ".join(members)


def condition_text(condition: Condition) -> str:
    """The text of one condition."""
    subject, operator = condition.subject, condition.operator
    if subject.measure == "count" and operator in {"has_any_value", "is_unknown"}:
        return f"event {quoted(subject.name)} has {'' if operator == 'has_any_value' else 'not '}happened"
    values = [value_text(one, operator) for one in condition.values]
    written = f"({', '.join(values)})" if operator in {"in", "not_in"} else "".join(values)
    return " ".join(one for one in (subject_text(subject), WORDS[operator], written) if one)


def value_text(value: Scalar, operator: Operator) -> str:
    """A value as filters write it beside an operator."""
    match operator:
        case "more_than_days_ago" | "less_than_days_ago" | "exactly_days_ago":
            return f"{value} days ago"
        case "after" | "on" | "before":
            return day_text(int(value))
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case _:
            return repr(value)


def day_text(day: int) -> str:
    """A day since 1970-01-01 as `YYYY-MM-DD`."""
    return date_of(day).isoformat()
