"""The people of a conversation, and the same conversation without some of them: its numbers stay, nobody is known."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.json import Decoder, Encoder

from indexer.conversation import wire
from indexer.conversation.parsing import parse_conversation
from indexer.conversation.redaction import PLACEHOLDER, redacted

_PEOPLE = frozenset({"user", "lead", "contact", "visitor"})

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")

_decode = Decoder(wire.Conversation).decode
_encode = Encoder().encode


def people_in(payload: bytes) -> set[tuple[str | None, str | None]]:
    """The ids and e-mail addresses of contacts and authors; raises `Refused` like `parse_conversation`."""
    said = parse_conversation(payload).said
    found = {(_text(author.id), author.email) for author in _authors(said)}
    found.update((_text(contact.id), None) for contact in _contacts(said))
    return found


def with_pseudonyms(payload: bytes, pseudonyms: Mapping[str, str], hidden: Sequence[str]) -> bytes:
    """The conversation without content, and with pseudonyms in place of the ids of people.

    Attributes lose the `hidden` texts, such as an address. The reporting document changes as by `redacted`, and in the
    ids. Raises `Refused` like `parse_conversation`.
    """
    said = _decode(redacted(payload))
    for author in _authors(said):
        author.id = pseudonyms.get(_text(author.id) or "", author.id)
    for contact in _contacts(said):
        contact.id = pseudonyms.get(_text(contact.id) or "", contact.id)
    if said.custom_attributes:
        said.custom_attributes = msgspec.Raw(hide_texts(bytes(said.custom_attributes), hidden))
    return _encode(said)


def addresses_in(payload: bytes) -> set[str]:
    """The e-mail addresses that stand in the texts of a JSON value, in lower case."""
    return {found.lower() for text in _texts(msgspec.json.decode(payload)) for found in _ADDRESS.findall(text)}


def hide_texts(payload: bytes, hidden: Sequence[str]) -> bytes:
    """The same JSON with a placeholder for these texts, wherever they stand in a text and however they are written."""
    if not hidden:
        return payload
    pattern = re.compile("|".join(map(re.escape, hidden)), re.IGNORECASE)
    return _encode(_without(msgspec.json.decode(payload), pattern))


def _authors(said: wire.Conversation) -> Iterator[wire.Author]:
    parts = said.conversation_parts
    listed = () if parts is msgspec.UNSET or parts.conversation_parts is None else parts.conversation_parts
    for author in (said.source.author, *(part.author for part in listed)):
        if author is not None and author.type in _PEOPLE:
            yield author


def _contacts(said: wire.Conversation) -> Sequence[wire.Contact]:
    return (said.contacts.contacts if said.contacts is not None else None) or ()


def _text(id_: str | int | None) -> str | None:
    return None if id_ is None else str(id_)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if "@" in value:
            yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, pattern) for name, one in value.items()}
    if isinstance(value, list):
        return [_without(one, pattern) for one in value]
    return pattern.sub(PLACEHOLDER, value) if isinstance(value, str) else value
