"""A report's definition in words, for those who read its number."""

from indexer.reports.definition import ACTIONS, END_OF_PERIOD, NOW, Definition
from indexer.reports.dimensions import CUSTOM_ANY
from indexer.reports.parameters import Parameter
from indexer.reports.parts import labels
from indexer.reports.values import (
    Age,
    AtEnd,
    Count,
    Distribution,
    Heatmap,
    Max,
    Mean,
    Median,
    Min,
    NetOutflow,
    Percentile,
    Range,
    Rate,
    Share,
    Sum,
    TimeIn,
)

_AXES = {
    ACTIONS: "the local date of the action",
    END_OF_PERIOD: "the last second of each period",
    NOW: "the moment it is asked for",
}


def in_words(definition: Definition) -> dict[str, str]:
    """What the report counts, when, of which documents and how it can be cut: a sentence or a list for each."""
    return {
        "name": definition.name,
        "title": definition.title,
        "about": definition.about,
        "category": definition.category,
        "number": _number(definition),
        "unit": definition.unit,
        "counted on": _counted_on(definition),
        "only where": " and ".join(_conditions(definition)) or "(all of them)",
        "grouped by": _groups(definition),
        "filtered by": ", ".join(definition.vocabulary),
        "parameters": "; ".join(map(_parameter, definition.parameters.items())) or "(none)",
        "office hours": "can be asked for" if definition.measures_durations else "make no difference",
        "pipeline": definition.pipeline,
    }


def _groups(definition: Definition) -> str:
    if not definition.group_by:
        return "(nothing)"
    default = definition.group_by_default
    names = [f"{name} (by default)" if name == default else name for name in definition.group_by]
    found = ", ".join([*names, CUSTOM_ANY] if definition.takes_attributes else names)
    if definition.counts_actions or not definition.action:
        return found
    return f"{found}; words of an action mean the one where {' and '.join(_of_action(definition, 'its '))}"


def _parameter(named: tuple[str, Parameter]) -> str:
    name, parameter = named
    bounds = f"{parameter.minimum:,} to {parameter.maximum:,} {parameter.unit}"
    return f"{name}: {parameter.about} ({bounds}, {parameter.default:,} by default)"


def _counted_on(definition: Definition) -> str:
    if isinstance(definition.value, TimeIn):
        return "every period it overlaps, with the time spent in that period"
    of_conversation = " of its conversation" if definition.counts_actions else ""
    return _AXES.get(definition.axis, f"the local date of {definition.axis}{of_conversation}")


def _conditions(definition: Definition) -> list[str]:
    found = [condition.in_words(field) for field, condition in definition.where.items()]
    return [*found, *(_of_action(definition, "the action's ") if definition.counts_actions else ())]


def _of_action(definition: Definition, whose: str) -> list[str]:
    return [condition.in_words(f"{whose}{field}") for field, condition in definition.action.items()]


def _number(definition: Definition) -> str:  # noqa: PLR0911, PLR0912 (one for each kind of value)
    match definition.value:
        case Count(count="conversations") if definition.counts_actions:
            return "how many conversations, each once"
        case Count(count=counted):
            return f"how many {counted}"
        case Mean(mean=field):
            return f"the mean of {field}"
        case Median(median=field):
            return f"the median of {field}"
        case Min(min=field):
            return f"the smallest {field}"
        case Max(max=field):
            return f"the largest {field}"
        case Sum(sum=field):
            return f"the sum of {field}"
        case Range(range=field):
            return f"the difference between the largest and the smallest {field}"
        case Percentile(percentile=wanted):
            return f"the {wanted.percent}th percentile of {wanted.field}"
        case Rate(rate=conditions):
            met = " and ".join(condition.in_words(field) for field, condition in conditions.items())
            return f"percent of these where {met}"
        case Share():
            return "percent of the period's conversations that are in the group"
        case Distribution(distribution=wanted):
            return f"percent with {wanted.field} {', '.join(labels(wanted.bounds))}, of those that have it"
        case Age(age=wanted):
            return f"percent in each part of the time since {wanted.field}: {', '.join(labels(wanted.bounds))}"
        case NetOutflow(net_outflow=field):
            state = field.removesuffix("_during")
            return f"how many fewer conversations are {state} at the end of the period than at its beginning"
        case Heatmap(heatmap=counted):
            return f"how many {counted} in each hour of the week"
        case TimeIn():
            return "time spent within the period, in seconds, added up; a state that goes on counts up to now"
        case AtEnd(at_end=state):
            return f"how many conversations are {state.removesuffix('_during')} then"
