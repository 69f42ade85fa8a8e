"""The people that a question's conditions and groups are about: their ids, which are read before the search."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from indexer.reports.dimensions import Dimension
from indexer.reports.question_conditions import Clause
from indexer.reports.search_filters import Body, all_of, any_of, none_of, nothing

NO_PERSON = "(no person known)"
"""The group of documents whose people are all unknown, or that name none."""

_MOST_TERMS = 65_536
"""The most values that Elasticsearch takes in one condition."""


class PeopleByGroup(NamedTuple):
    """The ids of people by the name of their group; a person may be in several. `without` are those in none."""

    groups: Mapping[str, Sequence[str]] = {}
    without: Sequence[str] = ()


class KnownPeople(NamedTuple):
    """What is known of the people of one question.

    `meeting` has the ids of the people that meet a condition, by its text as `equal_to` writes it. `by_group` are the
    groups that the question asks for; without such groups it is None.
    """

    meeting: Mapping[str, Sequence[str]] = {}
    by_group: PeopleByGroup | None = None


def equal_to(clause: Clause) -> str:
    """The condition without its negation, as text: people are read by what they have, never by what they lack."""
    return str(clause._replace(operator="=") if clause.operator == "!=" else clause)


def people_filters(dimension: Dimension, clauses: Sequence[Clause], people: KnownPeople | None) -> list[Body]:
    """Filters for conditions on one word about people: one of several `=` is enough, all others must hold.

    A document meets a condition if one of its people does, and a negative one if none does; so unknown people meet
    negative conditions. Until the people are known (None), words stand in place of their ids.
    """

    def met(clause: Clause) -> Body:
        written = equal_to(clause)
        ids = [f"ids of people with {written}"] if people is None else people.meeting[written]
        return with_ids(dimension.field, ids)

    alternatives = [met(clause) for clause in clauses if clause.operator == "="]
    found = [any_of(alternatives) if len(alternatives) > 1 else alternatives[0]] if alternatives else []
    others = [clause for clause in clauses if clause.operator != "="]
    return [*found, *(none_of(met(clause)) if clause.operator == "!=" else met(clause) for clause in others)]


def group_filter(dimension: Dimension, group: str | None, people: KnownPeople | None) -> Body:
    """The filter for a group of people; None is that of documents whose known people are in no group."""
    if people is None or people.by_group is None:
        return with_ids(dimension.field, [f"ids of people by {dimension.name}"])
    groups, without = people.by_group
    if group is None:
        return all_of([with_ids(dimension.field, without), none_of(*_any_group(dimension, groups))])
    if group == NO_PERSON:
        return none_of(*_any_group(dimension, groups), with_ids(dimension.field, without))
    return with_ids(dimension.field, groups.get(group, ()))


def others_filter(dimension: Dimension, than: Sequence[str], people: KnownPeople | None) -> Body:
    """The filter for all groups with a name but some, together."""
    if people is None or people.by_group is None:
        return group_filter(dimension, None, people)
    ids = dict.fromkeys(one for name, found in people.by_group.groups.items() if name not in than for one in found)
    unknown = [] if NO_PERSON in than else [group_filter(dimension, NO_PERSON, people)]
    return any_of([with_ids(dimension.field, list(ids)), *unknown])


def names_of_groups(people: KnownPeople | None) -> list[str]:
    """The names that groups of people can have, in their order, with that of unknown people."""
    return [*sorted(people.by_group.groups if people and people.by_group else ()), NO_PERSON]


def with_ids(field: str, ids: Sequence[str]) -> Body:
    """The filter for documents with one of the ids in the field, however many ids there are."""
    chunks = [list(ids[start : start + _MOST_TERMS]) for start in range(0, len(ids), _MOST_TERMS)]
    if not chunks:
        return nothing()
    found: list[Body] = [{"terms": {field: chunk}} for chunk in chunks]
    return found[0] if len(found) == 1 else any_of(found)


def _any_group(dimension: Dimension, groups: Mapping[str, Sequence[str]]) -> Iterator[Body]:
    """Filters for the people of all groups; a person in several of them is asked for once."""
    if ids := list(dict.fromkeys(one for found in groups.values() for one in found)):
        yield with_ids(dimension.field, ids)
