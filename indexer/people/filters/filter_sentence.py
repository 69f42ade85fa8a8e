"""A filter as a sentence for readers, which says whom "is not" includes."""

from indexer.people.filters.filter_text import print_filter
from indexer.people.filters.filter_tree import Condition, Filter, Operator, Subject
from indexer.people.filters.filter_words import WORDS, quoted

_INCLUDING: tuple[Operator, ...] = ("is_not", "not_in", "does_not_contain")


def sentence(found: Filter) -> str:
    """The filter in words, wherever one is shown: people without a value are named if a condition includes them."""
    notes = dict.fromkeys(note for one in conditions(found) if (note := _note(one)))
    return " ".join((f"People for whom {print_filter(found)}.", *notes))


def conditions(found: Filter) -> list[Condition]:
    """All conditions of a filter, in the order of its text."""
    if isinstance(found, Condition):
        return [found]
    return [condition for one in found.members for condition in conditions(one)]


def _note(condition: Condition) -> str:
    if condition.operator not in _INCLUDING or condition.subject.source == "segment":
        return ""
    return f"\u201c{WORDS[condition.operator].capitalize()}\u201d includes people {_without(condition.subject)}."


def _without(subject: Subject) -> str:
    match subject.source:
        case "attribute":
            return f"without {subject.name}"
        case "company_attribute":
            return f"without a company that has {subject.name}"
        case "event":
            metadata = " or its metadata" if subject.measure.startswith("metadata.") else ""
            return f"without the event {quoted(subject.name)}{metadata}"
        case "tag":
            return "without tags"
        case "company":
            return "without companies"
        case _:
            return "without segments"
