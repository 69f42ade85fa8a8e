"""The items of a report: conversations or actions at instants, in one workspace."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tests.reports.plain.reading import Document, Test, everything, values


class Item(NamedTuple):
    """A conversation, or an action of it, and when it counts; `sign` is -1 where it is taken off.

    `named` is the action of a conversation that words such as team and teammate mean, where the conversation counts.
    """

    at: int
    document: Document
    action: Document | None = None
    sign: int = 1
    named: Document | None = None


@dataclass(frozen=True, slots=True)
class Conversations:
    """Conversations at the instant that a field of theirs says."""

    axis: str
    scope: Test = everything

    def __call__(self, documents: Iterable[Document]) -> Iterator[Item]:
        for document in documents:
            for at in values(document, self.axis):
                if self.scope(document):
                    yield Item(at, document)


@dataclass(frozen=True, slots=True)
class Actions:
    """Actions, each at its own instant."""

    scope: Test

    def __call__(self, documents: Iterable[Document]) -> Iterator[Item]:
        for document in documents:
            for action in values(document, "actions"):
                if self.scope(action):
                    yield Item(action["at"], document, action)


@dataclass(frozen=True, slots=True)
class ActionsOf:
    """Actions, each at the instant that a field of its conversation says."""

    axis: str
    scope: Test

    def __call__(self, documents: Iterable[Document]) -> Iterator[Item]:
        for at, document, *_ in Conversations(self.axis)(documents):
            for action in values(document, "actions"):
                if self.scope(action):
                    yield Item(at, document, action)


@dataclass(frozen=True, slots=True)
class Answered:
    """Conversations at the instant that a field of theirs says, with the action that first answered them."""

    axis: str

    def __call__(self, documents: Iterable[Document]) -> Iterator[Item]:
        for at, document, *_ in Conversations(self.axis)(documents):
            for action in values(document, "actions"):
                if action.get("first_response"):
                    yield Item(at, document, named=action)


@dataclass(frozen=True, slots=True)
class During:
    """Conversations at any instant within the ranges that a field of theirs has."""

    ranges: str

    def at(self, instant: int, documents: Iterable[Document]) -> Iterator[Item]:
        for document in documents:
            for span in values(document, self.ranges):
                if span["gte"] <= instant and ("lt" not in span or instant < span["lt"]):
                    yield Item(instant, document)
                    break


@dataclass(frozen=True, slots=True)
class Changes:
    """Conversations that left a state between two instants, and, taken off, those that came into it."""

    ranges: str

    def between(self, before: int, after: int, documents: Iterable[Document]) -> Iterator[Item]:
        documents = list(documents)
        during = During(self.ranges)
        earlier = [item.document for item in during.at(before, documents)]
        later = [item.document for item in during.at(after, documents)]
        ids = [{document["conversation_id"] for document in found} for found in (earlier, later)]
        yield from (Item(after, document) for document in earlier if document["conversation_id"] not in ids[1])
        yield from (Item(after, document, sign=-1) for document in later if document["conversation_id"] not in ids[0])


@dataclass(frozen=True, slots=True)
class Now:
    """Conversations as they stand at an instant."""

    scope: Callable[[Document, int], bool]

    def at(self, instant: int, documents: Iterable[Document]) -> Iterator[Item]:
        for document in documents:
            if self.scope(document, instant):
                yield Item(instant, document)


Source = Conversations | Actions | ActionsOf | Answered | During | Changes | Now


class Workspace:
    """The documents of one workspace, out of those of all."""

    def __init__(self, name: str, documents: Iterable[Document]) -> None:
        self.name = name
        self.documents = [document for document in documents if document["workspace_id"] == name]
        self._items: dict[Source, list[Item]] = {}

    def items(self, source: Conversations | Actions | ActionsOf | Answered) -> list[Item]:
        """What the source finds, looked for once."""
        if source not in self._items:
            self._items[source] = list(source(self.documents))
        return self._items[source]
