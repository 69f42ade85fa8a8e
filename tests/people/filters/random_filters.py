"""Filters made at random, every operator of every type."""

from datetime import date
from random import Random

from indexer.people.filters import Condition, Filter, FilterScope, Group, Subject
from indexer.people.filters.filter_scope import options, value_type
from indexer.people.filters.filter_values import LAST_DAY, OPERATORS_OF
from tests.people.filters.filter_workspace import CATALOGUE, COMPANIES, DAY, EVENTS, FLOATS, NUMBERS, TAGS, TEXTS, times

_STANDARD = (
    "email", "name", "role", "signed_up_at", "last_seen_at", "created_at", "session_count", "has_hard_bounced",
    "location.city", "id",
)  # fmt: skip
_SKIPPED = (date(2011, 12, 30) - date(1970, 1, 1)).days
"""The day that Samoa did not have."""

_MEASURES = ("first", "last", "count", "metadata.plan", "metadata.amount", "metadata.due_date", "metadata.never")


class RandomFilters:
    """Makes filters, always the same ones from the same seed."""

    def __init__(self, seed: int, scope: FilterScope) -> None:
        self.random = Random(seed)
        self.scope = scope
        self.times = times(Random(seed))
        self.subjects = self._subjects()

    def filter(self, depth: int = 0) -> Filter:
        """A filter of up to four levels."""
        if depth == 3 or self.random.random() < (0.15, 0.6, 0.8)[depth]:
            return self.condition()
        members = tuple(self.filter(depth + 1) for _ in range(self.random.choice((2, 2, 3))))
        return Group(self.random.choice(("and", "or")), members)

    def condition(self) -> Condition:
        """A condition."""
        subject = self.random.choice(self.subjects)
        operators = OPERATORS_OF[value_type(subject, self.scope)]
        if subject.source == "segment":
            operators = operators[:4]
        operator = self.random.choice(operators)
        if operator in {"is_unknown", "has_any_value"}:
            return Condition(subject, operator)
        number = self.random.choice((1, 2, 4)) if operator in {"in", "not_in"} else 1
        return Condition(subject, operator, tuple(self._value(subject, operator) for _ in range(number)))

    def _subjects(self) -> list[Subject]:
        standard = [Subject("attribute", name) for name in _STANDARD]
        custom = [
            Subject("attribute" if one.model == "contact" else "company_attribute", one.name)
            for one in CATALOGUE.attributes.values()
            if not one.archived
        ]
        company = [Subject("company_attribute", name) for name in ("name", "plan", "size", "monthly_spend", "industry")]
        events = [Subject("event", name, measure) for name in (*EVENTS, "never") for measure in _MEASURES]
        others = [Subject("tag"), Subject("company"), Subject("imported_segment")]
        segments = [Subject("segment")] if self.scope.segments else []
        return [*standard * 2, *custom * 2, *company, *self.random.sample(events, 14), *others * 2, *segments * 3]

    def _value(self, subject: Subject, operator: str) -> str | bool | int | float:
        choice = self.random.choice
        if operator.endswith("days_ago"):
            return choice((0, 1, 2, 7, 30, 31, 90, 365, -1, -2, -3, -30))
        if operator in {"after", "on", "before"}:
            return min(choice(self.times) // DAY, LAST_DAY) if self.random.random() < 0.9 else _SKIPPED
        if operator in {"contains", "does_not_contain", "starts_with", "ends_with", "contains_word"}:
            return self._part(operator)
        type_ = value_type(subject, self.scope)
        if operator in {"greater_than", "less_than", "at_least", "at_most"} and type_ == "metadata":
            type_ = "float"
        match type_:
            case "boolean":
                return self.random.random() < 0.5
            case "integer":
                return choice((2, 3, 4, 10)) if subject.measure == "count" else choice(NUMBERS)
            case "float":
                return choice(FLOATS)
            case "list":
                return choice(options(subject, CATALOGUE))
            case "metadata":
                return choice((choice(TEXTS), choice(NUMBERS), choice(FLOATS), True, False))
        match subject.source, subject.name:
            case "tag", _:
                return choice((*TAGS, "none"))
            case "company", _:
                return choice((*COMPANIES, "none"))
            case "imported_segment", _:
                return choice(("Active", "New", "none"))
            case "segment", _:
                return choice(sorted(self.scope.segments))
            case _, "role":
                return choice(("user", "lead", "visitor"))
        return choice(TEXTS)

    def _part(self, operator: str) -> str:
        """A piece of a text, in other capitals at times."""
        text = self.random.choice(TEXTS)
        start = self.random.randrange(len(text))
        piece = text[start : start + self.random.randint(1, 6)] if self.random.random() < 0.7 else text
        piece = self.random.choice((piece, piece.upper(), piece.lower()))
        return f"{piece}x" if operator == "contains_word" and not any(one.isalnum() for one in piece) else piece
