"""A report's definition in words, for readers of its number."""

from indexer.reports.definition import END_OF_PERIOD, NOW, Definition
from indexer.reports.parameters import Parameter

_AXES = {
    END_OF_PERIOD: "the last second of each period",
    NOW: "the moment it is asked for",
}


def in_words(definition: Definition) -> dict[str, str]:
    """What the report counts, when, in which documents and how it can be grouped: a sentence or a list for each."""
    return {
        "name": definition.name,
        "title": definition.title,
        "about": definition.about,
        "category": definition.category,
        "number": definition.value.in_words(definition),
        "unit": definition.unit,
        "counted on": _counted_on(definition),
        "only where": " and ".join(_conditions(definition)) or "(all of them)",
        "grouped by": _groups(definition),
        "filtered by": ", ".join(definition.words),
        "parameters": "; ".join(map(_parameter, definition.parameters.items())) or "(none)",
        "office hours": "can be asked for" if definition.measures_durations else "make no difference",
        "pipeline": definition.pipeline,
    }


def _groups(definition: Definition) -> str:
    if not definition.group_by:
        return "(nothing)"
    default = definition.group_by_default
    found = ", ".join(f"{name} (by default)" if name == default else name for name in definition.groups)
    if definition.counts_actions or not definition.action:
        return found
    item = _one(definition.nested_path)
    met = " and ".join(_of_action(definition, "its "))
    return f"{found}; words of an {item} mean the one where {met}"


def _parameter(named: tuple[str, Parameter]) -> str:
    name, parameter = named
    bounds = f"{parameter.minimum:,} to {parameter.maximum:,} {parameter.unit}"
    return f"{name}: {parameter.about} ({bounds}, {parameter.default:,} by default)"


def _counted_on(definition: Definition) -> str:
    if definition.value.counted_on is not None:
        return definition.value.counted_on
    if definition.by_day_of_action:
        return f"the local date of the {_one(definition.nested_path)}"
    of_conversation = f" of its {_one(definition.documents)}" if definition.counts_actions else ""
    return _AXES.get(definition.axis, f"the local date of {definition.axis}{of_conversation}")


def _conditions(definition: Definition) -> list[str]:
    found = [condition.in_words(field) for field, condition in definition.where.items()]
    whose = f"the {_one(definition.nested_path)}'s "
    return [*found, *(_of_action(definition, whose) if definition.counts_actions else ())]


def _of_action(definition: Definition, whose: str) -> list[str]:
    return [condition.in_words(f"{whose}{field}") for field, condition in definition.action.items()]


def _one(words: str) -> str:
    """One of the things that the word means: an action of `actions`."""
    return words.removesuffix("s")
