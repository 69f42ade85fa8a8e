"""A report's definition in words, for those who read its number."""

from indexer.reports.definition import Count, Definition, Scalar
from indexer.reports.dimensions import VOCABULARY


def in_words(definition: Definition) -> dict[str, str]:
    """What the report counts, when, of which documents and how it can be cut: a sentence or a list for each."""
    return {
        "name": definition.name,
        "title": definition.title,
        "about": definition.about,
        "number": _number(definition),
        "counted on": f"the local date of {definition.axis}",
        "only where": " and ".join(_condition(*item) for item in definition.where.items()) or "(all of them)",
        "grouped by": ", ".join(definition.group_by) or "(nothing)",
        "filtered by": ", ".join(VOCABULARY),
        "pipeline": definition.pipeline,
    }


def _number(definition: Definition) -> str:
    match definition.value:
        case Count(count=counted):
            return f"how many {counted}"


def _condition(field: str, wanted: Scalar | list[Scalar]) -> str:
    if isinstance(wanted, list):
        return f"{field} is one of {', '.join(map(_said, wanted))}"
    return f"{field} is {_said(wanted)}"


def _said(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
