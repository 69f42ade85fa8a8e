"""Filters evaluated a second time, from the description in docs/filters.md and with code of its own.

An instant is turned into the day that a calendar on the wall shows, and days are compared; no bounds are computed.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from indexer.people.filters import Condition, Filter, Subject
from indexer.people.filters.filter_tree import Operator
from indexer.people.person_facts import PersonFacts

_EPOCH = date(1970, 1, 1)
_OWN = ("id", "role", "created_at", "updated_at")
_QUARTER = 900

_OPPOSITES: dict[str, Operator] = {
    "is_not": "is",
    "not_in": "in",
    "does_not_contain": "contains",
    "is_unknown": "has_any_value",
}

Typed = tuple[str, Any]
"""A kind (text, number, flag, time, day) and a value."""

_KINDS = {
    "string": "text",
    "list": "text",
    "integer": "number",
    "float": "number",
    "boolean": "flag",
    "date": "day",
    "datetime": "time",
}


class Oracle:
    """The people of a workspace, and the sets of those for whom filters hold; a set is a number with a bit for each."""

    def __init__(self, people: Sequence[PersonFacts], now: int, segments: dict[str, Filter]) -> None:
        self._people = people
        self._now = now
        self._segments = segments
        self._everybody = (1 << len(people)) - 1
        self._seen: dict[Subject, dict[Typed, int]] = {}

    def set_of(self, asked: Filter, zone: ZoneInfo) -> int:
        """The people for whom a filter holds."""
        if not isinstance(asked, Condition):
            sets = [self.set_of(one, zone) for one in asked.members]
            found = sets[0]
            for one in sets[1:]:
                found = found & one if asked.joined_by == "and" else found | one
            return found
        if asked.operator in _OPPOSITES:
            positive = Condition(asked.subject, _OPPOSITES[asked.operator], asked.values)
            return self._everybody & ~self.set_of(positive, zone)
        found = 0
        if asked.subject.source == "segment":
            for name in asked.values:
                found |= self.set_of(self._segments[str(name)], zone)
            return found
        for value, members in self._by_value(asked.subject).items():
            if self._meets(value, asked, zone):
                found |= members
        return found

    def _by_value(self, subject: Subject) -> dict[Typed, int]:
        """The people who have each value, some of them several."""
        if subject not in self._seen:
            groups: dict[Typed, int] = defaultdict(int)
            for ordinal, facts in enumerate(self._people):
                for one in _values(subject, facts):
                    groups[one] |= 1 << ordinal
            self._seen[subject] = {one: members for one, members in groups.items() if one[1] != ""}
        return self._seen[subject]

    def _meets(self, value: Typed, asked: Condition, zone: ZoneInfo) -> bool:
        kind, seen = value
        if asked.operator == "has_any_value":
            return True
        if asked.operator in ("is", "in"):
            return any(_kind(one) == kind and one == seen for one in asked.values)
        wanted = asked.values[0]
        if asked.operator in _TEXT:
            return kind == "text" and _TEXT[asked.operator](seen.casefold(), str(wanted).casefold())
        if asked.operator in _NUMBERS:
            return kind == "number" and _NUMBERS[asked.operator](seen, wanted)
        if kind not in ("time", "day"):
            return False
        if asked.operator in _DAYS:
            shown = _calendar_day(seen, zone) if kind == "time" else _EPOCH + timedelta(days=seen)
            return _DAYS[asked.operator](shown, _EPOCH + timedelta(days=int(wanted)))
        age = self._now - (seen if kind == "time" else _midnight(seen, zone))
        return _AGES[asked.operator](age / 86_400, int(wanted))


_TEXT: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda seen, wanted: wanted in seen,
    "starts_with": lambda seen, wanted: seen[: len(wanted)] == wanted,
    "ends_with": lambda seen, wanted: seen[len(seen) - len(wanted) :] == wanted if len(seen) >= len(wanted) else False,
    "contains_word": lambda seen, wanted: _has_words(re.findall(r"\w+", seen), re.findall(r"\w+", wanted)),
}
_NUMBERS: dict[str, Callable[[Any, Any], bool]] = {
    "greater_than": lambda seen, wanted: seen > wanted,
    "less_than": lambda seen, wanted: seen < wanted,
    "at_least": lambda seen, wanted: seen >= wanted,
    "at_most": lambda seen, wanted: seen <= wanted,
}
_DAYS: dict[str, Callable[[date, date], bool]] = {
    "after": lambda shown, wanted: shown > wanted,
    "on": lambda shown, wanted: shown == wanted,
    "before": lambda shown, wanted: shown < wanted,
}
_AGES: dict[str, Callable[[float, int], bool]] = {
    "more_than_days_ago": lambda age, days: age > days,
    "less_than_days_ago": lambda age, days: age < days,
    "exactly_days_ago": lambda age, days: days <= age < days + 1,
}


def _has_words(seen: list[str], wanted: list[str]) -> bool:
    return any(seen[start : start + len(wanted)] == wanted for start in range(len(seen)))


def _kind(value: object) -> str:
    return "flag" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"


@cache
def _calendar_day(instant: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(instant, zone).date()


@cache
def _midnight(day: int, zone: ZoneInfo) -> int:
    """The first quarter of an hour at which the calendar shows the day or, if it was skipped, a later one."""
    wanted = _EPOCH + timedelta(days=day)
    at = int(datetime(wanted.year, wanted.month, wanted.day, tzinfo=UTC).timestamp()) - 26 * 3600
    while _calendar_day(at, zone) < wanted:
        at += _QUARTER
    return at


def _values(subject: Subject, facts: PersonFacts) -> list[Typed]:
    person = facts.person
    match subject.source:
        case "attribute":
            return _of(person, subject.name)
        case "company_attribute":
            return [value for company in facts.companies for value in _of(company, subject.name)]
        case "tag":
            return [("text", one) for one in person.tags]
        case "company":
            return [("text", one) for one in person.companies]
        case "imported_segment":
            return [("text", one) for one in person.segments]
    event = facts.events.get(subject.name)
    if event is None:
        return []
    if subject.measure in ("first", "last"):
        return [("time", getattr(event, subject.measure))]
    if subject.measure == "count":
        return [("number", event.count)]
    found = event.metadata.get(subject.measure.split(".", 1)[1])
    return [(_KINDS[found.type], found.value)] if found else []


def _of(record: Any, name: str) -> list[Typed]:
    if name in record.custom:
        return [(_KINDS[record.custom[name].type], record.custom[name].value)]
    value = getattr(record, name) if name in _OWN else record.standard.get(name)
    if value is None:
        return []
    return [("time" if name.endswith("_at") else _kind(value), value)]
