"""What filters are asked in: the attributes of a workspace, its zone, the moment, its segments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from zoneinfo import ZoneInfo

from indexer.did_you_mean import did_you_mean, near_names
from indexer.people.attribute import OWNERS, Attribute, Catalogue, Model
from indexer.people.attribute_value import DataType
from indexer.people.filters.filter_errors import Misfit
from indexer.people.filters.filter_tree import Filter, Subject
from indexer.people.person import ROLES
from indexer.people.standard import STANDARD

ValueType = DataType | Literal["name", "metadata"]
"""The type of the values that a condition compares with.

A `name` is that of a tag, segment or company. `metadata` of events has no declared type: the condition decides.
"""

MODELS: Final[Mapping[str, Model]] = {"attribute": "contact", "company_attribute": "company"}
"""The sources that are attributes, each with its model."""

_ROLE: Final = Subject("attribute", "role")


@dataclass(frozen=True, slots=True)
class FilterScope:
    """What filters are asked in.

    `zone` is that of absolute days, `now` the moment that days ago count from (epoch seconds); `segments` are the saved
    filters by name.
    """

    catalogue: Catalogue
    zone: ZoneInfo
    now: int
    segments: Mapping[str, Filter] = field(default_factory=dict)


def value_type(subject: Subject, scope: FilterScope) -> ValueType:
    """The type of the values of a subject; raises `Misfit` if the workspace does not have it."""
    match subject.source:
        case "attribute" | "company_attribute":
            return attribute_type(MODELS[subject.source], subject.name, scope.catalogue)
        case "event":
            return _measure_type(subject)
        case _:
            return "name"


def attribute_type(model: Model, name: str, catalogue: Catalogue) -> DataType:
    """The type of an attribute, standard or custom; raises `Misfit` for one that is archived or does not exist."""
    if standard := STANDARD[model].get(name):
        return standard.type
    found = catalogue.get(model, name)
    if found is None:
        raise _unknown(model, name, catalogue)
    if found.archived:
        raise Misfit("subject", f"the attribute {name} is archived", "ask another one, or declare it again")
    return found.type


def options(subject: Subject, catalogue: Catalogue) -> tuple[str, ...]:
    """The values that a list or the role allows; empty for everything else."""
    if subject == _ROLE:
        return ROLES
    model = MODELS.get(subject.source)
    found = catalogue.get(model, subject.name) if model else None
    return found.options if found else ()


def _measure_type(subject: Subject) -> ValueType:
    match subject.measure.partition("."):
        case ("first" | "last", "", _):
            return "datetime"
        case ("count", "", _):
            return "integer"
        case ("metadata", ".", key) if key:
            return "metadata"
    raise Misfit(
        "subject",
        f"{subject.measure or 'nothing'} is not a number or time of an event",
        f'write event "{subject.name}" count, first, last or metadata.KEY',
    )


def _unknown(model: Model, name: str, catalogue: Catalogue) -> Misfit:
    known = [*STANDARD[model], *_names(model, catalogue.attributes.values())]
    remedy = did_you_mean(near_names(name, known))
    if not remedy and model == "contact" and _exists("company", name, catalogue):
        remedy = f"companies have one: company.{name}"
    return Misfit(
        "subject", f"{OWNERS[model]} have no attribute {name}", remedy or "`indexer people attribute list` shows all"
    )


def _exists(model: Model, name: str, catalogue: Catalogue) -> bool:
    return name in STANDARD[model] or catalogue.get(model, name) is not None


def _names(model: Model, attributes: Iterable[Attribute]) -> list[str]:
    return [one.name for one in attributes if one.model == model and not one.archived]
