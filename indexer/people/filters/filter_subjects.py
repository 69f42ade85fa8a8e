"""Reads what a condition is about: an attribute, an event, a tag, a segment, a company."""

from collections.abc import Sequence
from typing import Final

from indexer.people.filters.filter_errors import FilterError, Misfit
from indexer.people.filters.filter_phrases import read_phrase
from indexer.people.filters.filter_scope import MODELS, FilterScope, attribute_type
from indexer.people.filters.filter_tokens import Token
from indexer.people.filters.filter_tree import Source, Subject
from indexer.people.filters.filter_words import quoted

_WORDS: Final[dict[str, Source]] = {
    "tag": "tag",
    "segment": "segment",
    "imported_segment": "imported_segment",
    "company": "company",
}


class SubjectReader:
    """Reads one subject that begins at a token."""

    def __init__(self, text: str, tokens: Sequence[Token], at: int, scope: FilterScope) -> None:
        self._text: Final = text
        self._tokens: Final = tokens
        self._scope: Final = scope
        self._at = at

    def read(self) -> tuple[Subject, int]:
        """The subject, and the place of the token after it; raises `FilterError`."""
        token = self._take()
        if token.kind == "text":
            return self._attribute("attribute", str(token.value), token), self._at
        if token.kind != "word":
            raise self._error(token, "a condition begins with a name", 'write plan is "free"')
        word = token.text
        if word.lower() == "event":
            return self._event(), self._at
        if word.lower() in _WORDS:
            return Subject(_WORDS[word.lower()]), self._at
        if word.lower() == "not":
            raise self._error(
                token, "not cannot stand before a condition", "write is not, not in, does not contain, is unknown"
            )
        if word.lower() in {"and", "or"}:
            raise self._error(token, f"a condition is missing before {word}")
        return self._named(token), self._at

    def _named(self, token: Token) -> Subject:
        source: Source = "attribute"
        name = token.text
        if name.startswith("company."):
            source, name = "company_attribute", name.removeprefix("company.")
        name = name.removeprefix("custom.")
        if name.endswith(".") or not name:
            name += self._joined(token)
        return self._attribute(source, name, token)

    def _joined(self, token: Token) -> str:
        """The quoted rest of a name that ends with a dot."""
        rest = self._tokens[self._at]
        if rest.kind != "text" or rest.position != token.position + len(token.text):
            raise self._error(
                rest,
                f"a name is missing after {token.text}",
                'write it after the dot, in quotes if it has spaces: custom."my plan"',
            )
        self._at += 1
        return str(rest.value)

    def _attribute(self, source: Source, name: str, token: Token) -> Subject:
        try:
            attribute_type(MODELS[source], name, self._scope.catalogue)
        except Misfit as misfit:
            raise self._error(token, misfit.message, misfit.remedy) from None
        return Subject(source, name)

    def _event(self) -> Subject:
        named = self._take()
        if named.kind != "text":
            raise self._error(named, "the name of the event is missing here", 'write event "export" count > 3')
        name = str(named.value)
        if not name:
            raise self._error(named, "an event has a name")
        return self._measure(name)

    def _measure(self, event: str) -> Subject:
        token = self._tokens[self._at]
        example = f"write event {quoted(event)} count > 3"
        if token.kind != "word":
            raise self._error(token, "count, first, last or has happened is missing here", example)
        if self._happened():
            return Subject("event", event, "count")
        self._at += 1
        kind, dot, key = token.text.partition(".")
        match kind.lower(), dot:
            case ("first" | "last" | "count") as measure, "":
                if measure != "count" and self._tokens[self._at].text.lower() == "time":
                    self._at += 1
                return Subject("event", event, measure)
            case "metadata", ".":
                whole = key + self._joined(token) if token.text.endswith(".") else key
                return Subject("event", event, f"metadata.{whole.lower()}")
        remedy = "write count, first, last, metadata.KEY, has happened or has not happened"
        raise self._error(token, f"{token.text} is not a number or time of an event", remedy)

    def _happened(self) -> bool:
        phrase = read_phrase([one.text for one in self._tokens[self._at : self._at + 3]])
        return phrase is not None and phrase[0] in {"happened", "not_happened"}

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _error(self, token: Token, message: str, remedy: str = "") -> FilterError:
        return FilterError(token.position, message, remedy, text=self._text)
