"""Reads the text of a filter."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Final, Literal

from indexer.did_you_mean import did_you_mean, near_names
from indexer.people.filters.filter_errors import FilterError, Misfit
from indexer.people.filters.filter_phrases import PHRASES, Written, meant, read_phrase
from indexer.people.filters.filter_scope import FilterScope
from indexer.people.filters.filter_size import MOST_DEPTH, check_size
from indexer.people.filters.filter_subjects import SubjectReader
from indexer.people.filters.filter_tokens import Token, tokens
from indexer.people.filters.filter_tree import Condition, Filter, Group, Subject
from indexer.people.filters.filter_values import checked

MOST_TEXT: Final = 20_000
"""Characters of a filter's text."""

WINDOWS: Final = (
    "events are kept as first time, last time and count of all time, so a count within some days is not known"
)
WINDOWS_REMEDY: Final = 'ask for the last time: event "…" last less than 7 days ago'

_UNITS: Final = {"day": 1, "days": 1, "week": 7, "weeks": 7}
_OTHER_UNITS: Final = tuple(f"{unit}{s}" for unit in ("second", "minute", "hour", "month", "year") for s in ("", "s"))


def parse_filter(text: str, scope: FilterScope) -> Filter:
    """The filter that a text is; raises `FilterError` with the place of the mistake."""
    if len(text) > MOST_TEXT:
        raise FilterError(MOST_TEXT, f"the filter is longer than {MOST_TEXT:,} characters", text=text)
    return _Parser(text, scope).parse()


class _Parser:
    def __init__(self, text: str, scope: FilterScope) -> None:
        self._text: Final = text
        self._scope: Final = scope
        self._tokens: Final = list(tokens(text))
        self._at = 0
        self._depth = 0

    def parse(self) -> Filter:
        if self._next.kind == "end":
            raise self._error(self._next, "the filter is empty", 'write a condition such as role is "user"')
        found = self._group("or")
        if self._at < len(self._tokens) - 1:
            raise self._unexpected()
        try:
            check_size(found, self._scope)
        except Misfit as misfit:
            raise FilterError(0, misfit.message, misfit.remedy, text=self._text) from None
        return found

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _error(self, token: Token, message: str, remedy: str = "") -> FilterError:
        return FilterError(token.position, message, remedy, text=self._text)

    def _is_word(self, *words: str) -> bool:
        return self._next.kind == "word" and self._next.text.lower() in words

    def _is_sign(self, sign: str) -> bool:
        return self._next.kind == "sign" and self._next.text == sign

    def _group(self, joined_by: Literal["and", "or"]) -> Filter:
        """Filters joined by one word; `and` binds more tightly than `or`."""
        members = [self._group("and") if joined_by == "or" else self._member()]
        while self._is_word(joined_by):
            self._take()
            members.append(self._group("and") if joined_by == "or" else self._member())
        return members[0] if len(members) == 1 else Group(joined_by, tuple(members))

    def _member(self) -> Filter:
        if not self._is_sign("("):
            return self._condition()
        opened = self._take()
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise self._error(opened, f"parentheses are nested more than {MOST_DEPTH} deep")
        found = self._group("or")
        if not self._is_sign(")"):
            if self._next.kind == "end":
                raise self._error(opened, "this parenthesis is not closed")
            raise self._unexpected()
        self._take()
        self._depth -= 1
        return found

    def _condition(self) -> Condition:
        began = self._next
        subject = SubjectReader(self._text, self._tokens, self._at, self._scope)
        found, self._at = subject.read()
        operator = self._next
        written = self._operator(found)
        values, beside = self._values(written)
        condition = self._meant(found, written, operator, values, beside)
        try:
            return checked(condition, self._scope)
        except Misfit as misfit:
            place = {"subject": began, "operator": operator}.get(misfit.part, operator)
            if misfit.part == "value" and values:
                place = values[min(misfit.ordinal, len(values) - 1)]
            raise self._error(place, misfit.message, misfit.remedy) from None

    def _operator(self, subject: Subject) -> Written:
        words = [
            one.text
            for one in takewhile(lambda one: one.kind in {"word", "sign"}, self._tokens[self._at : self._at + 4])
        ]
        found = read_phrase(words)
        if found is None:
            if words and words[0].lower() == "between":
                raise self._error(self._next, "between is not an operator", "write seats >= 3 and seats <= 5")
            near = near_names(" ".join(words[:2]), PHRASES) or near_names(words[0] if words else "", PHRASES)
            raise self._error(
                self._next, "an operator is missing here", did_you_mean(near) or "write is, is not, contains, >, < …"
            )
        written, length = found
        if written in {"happened", "not_happened"} and (subject.source, subject.measure) != ("event", "count"):
            raise self._error(self._next, "only events happen", "write has any value, is unknown")
        self._at += length
        return written

    def _values(self, written: Written) -> tuple[list[Token], Literal["value", "day", "days_ago"]]:
        if written in {"is_unknown", "has_any_value", "happened", "not_happened"}:
            return [], "value"
        if written in {"in", "not_in"}:
            return self._list(), "value"
        value = self._value()
        if value.kind == "number" and self._is_word(*_UNITS):
            return [self._days_ago(value)], "days_ago"
        if value.kind == "number" and self._is_word(*_OTHER_UNITS):
            raise self._unexpected()
        return [value], "day" if value.kind == "day" else "value"

    def _days_ago(self, number: Token) -> Token:
        factor = _UNITS[self._take().text.lower()]
        if not self._is_word("ago"):
            remedy = "write 30 days ago, and -30 days ago for times to come"
            raise self._error(self._next, "ago is missing here", remedy)
        self._take()
        return number._replace(value=number.value * factor) if isinstance(number.value, int) else number

    def _list(self) -> list[Token]:
        if self._is_word("the", "last"):
            remedy = "write less than 7 days ago, which includes times to come; exactly 0 days ago is the last 24 hours"
            raise self._error(self._next, "times are asked for in days ago", remedy)
        if not self._is_sign("("):
            raise self._error(self._next, "a list begins with a parenthesis", 'write in ("free", "pro")')
        self._take()
        values = [self._value()]
        while self._is_sign(","):
            self._take()
            values.append(self._value())
        if not self._is_sign(")"):
            raise self._error(self._next, "a comma or the closing parenthesis of the list is missing here")
        self._take()
        return values

    def _value(self) -> Token:
        token = self._next
        if token.kind in {"text", "number", "day"}:
            return self._take()
        if self._is_word("true", "false"):
            return self._take()._replace(value=token.text.lower() == "true")
        if token.kind == "word":
            raise self._error(token, "a value is missing here", f'put a text in quotes: "{token.text}"')
        raise self._error(
            token, "a value is missing here", "write a text in quotes, a number, or a day such as 2026-01-31"
        )

    def _meant(
        self,
        subject: Subject,
        written: Written,
        operator: Token,
        values: Sequence[Token],
        beside: Literal["value", "day", "days_ago"],
    ) -> Condition:
        found = meant(written, beside)
        if found is None:
            remedy = "write before, after, on 2026-01-31; more than, less than, exactly 30 days ago"
            noun = "days ago" if beside == "days_ago" else "a day"
            raise self._error(operator, f"this operator does not compare with {noun}", remedy)
        return Condition(subject, found, tuple(one.value for one in values))

    def _is_window(self) -> bool:
        """Whether words such as `in the last` stand here."""
        after = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
        return self._is_word("in") and (after.kind == "number" or after.text.lower() in {"the", "last", "past"})

    def _unexpected(self) -> FilterError:
        token = self._next
        if self._is_word("within", "during") or self._is_window():
            return self._error(token, WINDOWS, WINDOWS_REMEDY)
        if self._is_word(*_OTHER_UNITS):
            return self._error(
                token, f"times are counted in days, not in {token.text}", "write 30 days ago, or 2 weeks ago"
            )
        if token.kind == "word" and token.text.lower() not in {"and", "or"}:
            return self._error(token, f"and, or is missing before {token.text}")
        return self._error(token, f"{token.text or 'the end'} cannot stand here", "join conditions by and, or")
