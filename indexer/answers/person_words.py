"""What readers of reports ask about the people of documents: a condition as a filter, and what makes their groups."""

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from indexer.people.attribute_model import ValueKey
from indexer.people.attribute_models.value_groups import group_field, group_name
from indexer.people.attribute_value import DataType
from indexer.people.filters import Filter, FilterScope, parse_filter
from indexer.people.filters.filter_errors import FilterError, Misfit
from indexer.people.filters.filter_query import value_key
from indexer.people.filters.filter_scope import attribute_type
from indexer.people.filters.filter_tree import Group, Subject
from indexer.people.filters.filter_words import quoted
from indexer.people.standard import NETWORKS
from indexer.reports import InvalidQuestion
from indexer.reports.dimensions import CUSTOM, PERSON
from indexer.reports.question_conditions import Clause

if TYPE_CHECKING:
    from indexer.people.attribute import Model

SEGMENT: Final = "segment"
AUDIENCE: Final = "audience"
"""The words for saved filters, and for people who were kept."""

_COMPANY: Final = "company."
_LISTS: Final = {"tag": "tags", "company": "companies", "imported_segment": "segments"}
"""The words for lists of names that people have, with their fields."""

_NAME_ONE: Final = frozenset(
    {"id", "external_id", "email", "name", "pseudonym", "phone", "formatted_phone", "avatar"}
    | {f"social_profiles.{network}" for network in NETWORKS}
)
"""Attributes that are nearly different for each person. Readers of reports are not to list people by them."""

ADDRESSES: Final = "(e-mail addresses)"
"""The one group of all people whose value is an e-mail address, whatever attribute or list it is a value of."""

_ADDRESS: Final = re.compile(r"\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*")
_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_OF_DAYS: Final = {"=": "on", ">": "after", "<": "before"}


class GroupField(NamedTuple):
    """The field by whose values people are divided into groups, and how a group is called."""

    field: str
    key: ValueKey
    type: DataType

    def name(self, found: Any) -> str:
        """The name of the group with this value; no reader of reports is shown an e-mail address."""
        name = group_name(self.key, self.type, found)
        return ADDRESSES if _ADDRESS.fullmatch(name) else name


def names_one(clause: Clause) -> bool:
    """Whether a condition compares an attribute that tells one person from another: the answer says who is there."""
    attribute = clause.name.removeprefix(PERSON).removeprefix(CUSTOM)
    return clause.name.startswith(PERSON) and clause.wanted is not None and attribute in _NAME_ONE


def filter_names_one(found: Filter) -> bool:
    """Whether a filter has such a condition: the number of people who meet it says who is there."""
    if isinstance(found, Group):
        return any(map(filter_names_one, found.members))
    compares = found.operator not in {"has_any_value", "is_unknown"}
    return compares and found.subject.source == "attribute" and found.subject.name in _NAME_ONE


def filter_of(clause: Clause, scope: FilterScope) -> Filter:
    """The filter that holds for the people with what `clause` asks for, its negation left aside.

    Raises `InvalidQuestion` for words, values and comparisons that there are not.
    """
    try:
        return parse_filter(_text(clause, scope), scope)
    except FilterError as error:
        raise InvalidQuestion("where", f"{clause}: {error.reason}{_hint(error.remedy)}") from error


def group_field_of(name: str, scope: FilterScope) -> GroupField:
    """The field of the groups that `name` asks for, a word but `person.segment`; raises `InvalidQuestion`."""
    word = name.removeprefix(PERSON)
    if word in _LISTS:
        return GroupField(_LISTS[word], ValueKey("standard", word), "string")
    subject = _attribute(word)
    try:
        type_ = _type(subject, scope)
    except Misfit as misfit:
        raise InvalidQuestion("group_by", f"{name}: {misfit.message}{_hint(misfit.remedy)}") from misfit
    if subject.source == "attribute" and subject.name in _NAME_ONE:
        raise InvalidQuestion("group_by", f"{name} tells one person from another, and is not for groups")
    if type_ == "datetime":
        raise InvalidQuestion("group_by", f"{name} is a time, and people cannot be grouped by it")
    key = value_key(subject)
    return GroupField(group_field(key), key, type_)


def _text(clause: Clause, scope: FilterScope) -> str:
    word = clause.name.removeprefix(PERSON)
    operator = "=" if clause.operator == "!=" else clause.operator
    if word == SEGMENT or word in _LISTS:
        subject, type_ = word, "string"
    else:
        attribute = _attribute(word)
        try:
            type_ = _type(attribute, scope)
        except Misfit as misfit:
            raise InvalidQuestion("where", f"{clause.name}: {misfit.message}{_hint(misfit.remedy)}") from misfit
        of_company = attribute.source == "company_attribute"
        subject = f"{_COMPANY if of_company else CUSTOM}{quoted(attribute.name)}"
    if clause.wanted is None:
        return f"{subject} has any value"
    return f"{subject} {_comparison(clause, operator, clause.wanted, type_)}"


def _comparison(clause: Clause, operator: str, wanted: str, type_: str) -> str:
    match type_:
        case "date" | "datetime":
            if operator not in _OF_DAYS:
                raise InvalidQuestion("where", f"{clause.name} is compared with =, > or < and a day, not {operator}")
            # The value becomes a part of a filter's text: anything else could add conditions to it.
            if not _DAY.fullmatch(wanted):
                raise InvalidQuestion(
                    "where", f"{clause.name} is compared with a day such as 2026-01-31, not {wanted!r}"
                )
            return f"{_OF_DAYS[operator]} {wanted}"
        case "integer" | "float":
            if not _NUMBER.fullmatch(wanted):
                raise InvalidQuestion("where", f"{clause.name} is a number, and {wanted!r} is not")
            return f"{'is' if operator == '=' else operator} {wanted}"
        case "boolean":
            if wanted not in {"true", "false"}:
                raise InvalidQuestion("where", f"{clause.name} is true or false, not {wanted!r}")
            return f"{'is' if operator == '=' else operator} {wanted}"
    return f"{'is' if operator == '=' else operator} {quoted(wanted)}"


def _attribute(word: str) -> Subject:
    if word.startswith(_COMPANY):
        return Subject("company_attribute", word.removeprefix(_COMPANY).removeprefix(CUSTOM))
    return Subject("attribute", word.removeprefix(CUSTOM))


def _type(subject: Subject, scope: FilterScope) -> DataType:
    model: Model = "company" if subject.source == "company_attribute" else "contact"
    return attribute_type(model, subject.name, scope.catalogue)


def _hint(remedy: str) -> str:
    return f" ({remedy})" if remedy else ""
